"""Metrics within one process: what is recorded is shown, under labels from closed sets only."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import telemetry
from childindex.telemetry import Level, Stage, labels, metrics


def sample(name: str, **labelled: str) -> float | None:
    return metrics.current().registry.get_sample_value(f"childindex_{name}", labelled)


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    metrics.replace()
    telemetry.rules(())
    yield
    metrics.replace()


def test_a_call_is_counted_and_timed() -> None:
    telemetry.call("/childindex.v1.IndexService/ResolveChild", "OK", 0.004)
    telemetry.call("ResolveChild", "OK", 0.2)
    telemetry.call("ResolveChild", "NOT_FOUND", 9.0)
    assert sample("calls_total", method="ResolveChild", code="OK") == 2
    assert sample("calls_total", method="ResolveChild", code="NOT_FOUND") == 1
    assert sample("call_seconds_count", method="ResolveChild") == 3
    assert sample("call_seconds_sum", method="ResolveChild") == pytest.approx(9.204)
    assert sample("call_seconds_bucket", method="ResolveChild", le="0.005") == 1


def test_decisions_and_candidates() -> None:
    telemetry.decision("resolve", "MATCHED", 3)
    telemetry.decision("register", "UNMATCHED", 0)
    telemetry.decision("verify", "CONFIRMED")
    assert sample("decisions_total", operation="resolve", decision="MATCHED") == 1
    assert sample("decisions_total", operation="verify", decision="CONFIRMED") == 1
    assert sample("candidates_count") == 2
    assert sample("candidates_bucket", le="0.0") == 1


def test_the_writers_figures() -> None:
    telemetry.batch(7, 0.003)
    telemetry.conflict()
    for number, which in enumerate(Level, 1):
        telemetry.level(which, number * 1000)
    assert sample("commit_batch_size_bucket", le="8.0") == 1
    assert sample("commit_batch_size_bucket", le="4.0") == 0
    assert sample("commit_seconds_sum") == pytest.approx(0.003)
    assert sample("conflicts_total") == 1
    assert [sample(which.value) for which in Level] == [1000, 2000, 3000, 4000, 5000]


def test_stages_and_caps() -> None:
    telemetry.rules(["surname_year", "postcode"])
    telemetry.cap("surname_year")
    telemetry.cap("okafor")
    with telemetry.stage(Stage.SCORE):
        pass
    with pytest.raises(ValueError, match="stage"), telemetry.stage(Stage.SCORE):
        raise ValueError("a stage that fails")
    assert sample("blocking_caps_total", rule="surname_year") == 1
    assert sample("blocking_caps_total", rule="other") == 1
    assert sample("stage_seconds_count", stage="score") == 1


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_from_outside_becomes_a_label(method: str, code: str, operation: str, decided: str) -> None:
    metrics.replace()
    telemetry.call(f"/{method}", code, 0.1)
    telemetry.decision(operation, decided, 1)
    telemetry.cap(method)
    sets = (labels.METHODS, labels.CODES, labels.OPERATIONS, labels.DECISIONS, {labels.OTHER, "created"})
    allowed = frozenset().union(*sets)
    for family in metrics.current().registry.collect():
        for each in family.samples:
            assert {value for name, value in each.labels.items() if name not in ("le", "stage")} <= allowed


def test_every_metric_has_its_name() -> None:
    telemetry.call("Check", "OK", 0.1)
    names = {family.name for family in metrics.current().registry.collect()}
    assert names == {
        "childindex_calls",
        "childindex_call_seconds",
        "childindex_decisions",
        "childindex_candidates",
        "childindex_stage_seconds",
        "childindex_commit_batch_size",
        "childindex_commit_seconds",
        "childindex_conflicts",
        "childindex_blocking_caps",
        "childindex_log_fields_dropped",
        "childindex_map_used_bytes",
        "childindex_map_size_bytes",
        "childindex_journal_bytes",
        "childindex_journal_position",
        "childindex_workers",
    }
    assert b'childindex_calls_total{code="OK",method="Check"} 1.0' in telemetry.render()
