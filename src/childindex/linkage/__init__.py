"""Linkage: whose record is this? Pure functions over values and codes; no I/O, no clock, no log, no key.

    model = linkage.shipped()
    record = model.normalise(linkage.children.source(demographics))
    query = model.features(record, vault.code)
    blocking = model.blocking(record)               # where to look, and what to write
    inquiry = model.inquire(query, candidates)      # what codes alone tell, once
    match = inquiry.match(strings)                  # of the codes inquiry.wanted(): decision, posteriors, and why

The room may not know the store, the vault, telemetry or time. A model is data (`model.toml`): nothing about a field
is wired into the scorer.
"""

from childindex.linkage import children, wording
from childindex.linkage.blocking import Blocking, Key
from childindex.linkage.candidate import Candidate, ProfileRow
from childindex.linkage.explanation import Chance, Change, Compared, Continuity, Decision, Match, Scored
from childindex.linkage.features import Coder, Features
from childindex.linkage.hearing import Hearing
from childindex.linkage.inquiry import Inquiry
from childindex.linkage.model import Model, shipped
from childindex.linkage.narrow import narrow_filter
from childindex.linkage.normalise import Record
from childindex.linkage.settling import Cluster, Resemblance, Settler
from childindex.linkage.validity import LiveRecord, Ruling, Validity, with_replaced

__all__ = [
    "Blocking",
    "Candidate",
    "Chance",
    "Change",
    "Cluster",
    "Coder",
    "Compared",
    "Continuity",
    "Decision",
    "Features",
    "Hearing",
    "Inquiry",
    "Key",
    "LiveRecord",
    "Match",
    "Model",
    "ProfileRow",
    "Record",
    "Resemblance",
    "Ruling",
    "Scored",
    "Settler",
    "Validity",
    "children",
    "narrow_filter",
    "shipped",
    "with_replaced",
    "wording",
]
