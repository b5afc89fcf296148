"""The scrape configuration and the alerts: sound, about metrics and labels that exist, each seen to fire."""

import re

import pytest

from childindex.telemetry.labels import CODES, DECISIONS, METHODS, OPERATIONS
from childindex.telemetry.metrics import current
from tests.deploy.tools import DEPLOY, run, tool

RULES = (DEPLOY / "prometheus" / "rules.yml").read_text()
TESTS = (DEPLOY / "prometheus" / "rules_test.yml").read_text()
LABELS = {"method": METHODS, "code": CODES, "operation": OPERATIONS, "decision": DECISIONS}


SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("", "_bucket", "_sum", "_count")}


def sample_names() -> set[str]:
    """The names of all samples that this program can show, and of histograms as such."""
    families = current().registry.collect()
    return {family.name + suffix for family in families for suffix in SUFFIXES[family.type]}


@pytest.mark.parametrize("text", [RULES, TESTS], ids=["rules", "tests of rules"])
def test_every_metric_named_exists(text: str) -> None:
    named = set(re.findall(r"\bchildindex_[a-z_]+", text))
    assert named
    assert named <= sample_names()


@pytest.mark.parametrize("text", [RULES, TESTS], ids=["rules", "tests of rules"])
def test_every_label_value_named_exists(text: str) -> None:
    found = re.findall(r'\b(method|code|operation|decision)=~?"([^"]*)"', text)
    assert found
    for label, values in found:
        assert set(values.split("|")) <= LABELS[label], label


def test_the_scrape_goes_where_metrics_are_served_by_default() -> None:
    from childindex.config import Config

    defaults = Config.model_fields
    target = f"{defaults['metrics_address'].default}:{defaults['metrics_port'].default}"
    assert f'targets: ["{target}"]' in (DEPLOY / "prometheus" / "prometheus.yml").read_text()


def test_every_alert_says_what_to_do_and_is_seen_to_fire() -> None:
    alerts = re.split(r"\n +- alert: ", RULES)[1:]
    assert len(alerts) >= 10
    for alert in alerts:
        name = alert.split("\n", 1)[0]
        assert re.search(r"labels: \{severity: (page|ticket)\}", alert), name
        assert "summary: " in alert, name
        assert "action: " in alert, name
        assert f'alertname="{name}",alertstate="firing"' in TESTS, name


def test_prometheus_accepts_the_configuration_and_the_rules() -> None:
    done = run(tool("promtool", "prometheus"), "check", "config", "prometheus/prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_fires_for_its_cause_and_is_silent_without() -> None:
    done = run(tool("promtool", "prometheus"), "test", "rules", "prometheus/rules_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr
