"""Every metric and every log event, by name; it knows the nouns' reasons and nothing of any child.

Labels and fields come from closed sets only (`labels`). Other rooms call the functions below and never the libraries.
"""

from childindex.telemetry.exposition import Endpoint, prepare, render, serve, worker_died
from childindex.telemetry.labels import Level, Stage
from childindex.telemetry.logs import Log, fault, incident, log, take_over
from childindex.telemetry.metrics import batch, call, cap, conflict, decision, level, rules, stage

__all__ = [
    "Endpoint",
    "Level",
    "Log",
    "Stage",
    "batch",
    "call",
    "cap",
    "conflict",
    "decision",
    "fault",
    "incident",
    "level",
    "log",
    "prepare",
    "render",
    "rules",
    "serve",
    "stage",
    "take_over",
    "worker_died",
]
