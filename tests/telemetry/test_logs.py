"""Logs: one JSON line an event, and no way for a child's details to get into one."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import telemetry
from childindex.errors import Error, Reason
from childindex.telemetry import Log, labels, logs, metrics
from childindex.telemetry.traces import trace

SECRET = "Wrzeszczykiewicz"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def everything(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(logs, "_least", 0)
    metrics.replace()
    yield
    metrics.replace()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def dropped() -> float | None:
    return metrics.current().registry.get_sample_value("childindex_log_fields_dropped_total")


def failing(secret: str) -> Exception:
    try:
        try:
            int(secret)
        except ValueError as error:
            error.add_note(secret)
            raise Error(Reason.STORE_DAMAGED, f"about {secret}") from error
    except Error as error:
        return error
    raise AssertionError


def test_an_event_is_a_line_of_json(lines: Lines) -> None:
    telemetry.log(Log.SERVING, port=50051, workers=4)
    telemetry.log(Log.CALL_SLOW, method="/childindex.v1.IndexService/FindRecords", code="OK", seconds=1.23456789)
    first, second = lines()
    assert first.pop("time").endswith("Z")
    assert first == {
        "event": "SERVING",
        "level": "info",
        "sentence": "the service accepts calls",
        "port": 50051,
        "workers": 4,
    }
    assert (second["method"], second["code"], second["seconds"]) == ("FindRecords", "OK", 1.234568)


@pytest.mark.parametrize("event", Log)
def test_every_event_has_a_level_and_a_sentence_of_its_own(event: Log, lines: Lines) -> None:
    telemetry.log(event)
    (line,) = lines()
    assert (line["event"], line["sentence"]) == (event.name, event.value[1])
    assert line["level"] in {"info", "warning", "error"}
    assert sum(other.value[1] == event.value[1] for other in Log) == 1


class Sneaky(StrEnum):
    NAME = SECRET


class Number(int):
    def __repr__(self) -> str:
        return SECRET


@pytest.mark.parametrize("field", [*logs._FIELDS, "family_name", "message", "event", "sentence", "level", "time"])
@pytest.mark.parametrize("value", [SECRET, SECRET.encode(), [SECRET], {SECRET: 1}, Sneaky.NAME, object(), None])
def test_hostile_values_are_withheld_and_counted(field: str, value: object, lines: Lines) -> None:
    if field == "event":
        field = "name"  # the event itself is a positional argument
    telemetry.log(Log.SERVING, **{field: value})
    (line,) = lines()
    assert SECRET not in json.dumps(line)
    if field == "method" and isinstance(value, str):
        assert line["method"] == labels.OTHER
    else:
        assert (line["withheld"], dropped()) == (1, 1)
        assert set(line) == {"event", "level", "sentence", "time", "withheld"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", 65536),
        ("pid", 9434765919),
        ("count", -1),
        ("count", True),
        ("count", 1.0),
        ("count", Number(3)),
        ("seconds", True),
        ("seconds", float("nan")),
        ("seconds", float("inf")),
        ("seconds", 9434765919),
        ("seconds", 10**400),
        ("incident", "9434765919x"),
        ("incident", "abc123\n"),
        ("code", "ok"),
        ("reason", "BECAUSE"),
        ("library", "okafor.child"),
    ],
)
def test_values_out_of_bounds_are_withheld(field: str, value: object, lines: Lines) -> None:
    telemetry.log(Log.SERVING, **{field: value})
    (line,) = lines()
    assert field not in line
    assert line["withheld"] == 1


def test_all_that_is_withheld_is_counted() -> None:
    telemetry.log(Log.SERVING, port=1, family_name=SECRET, given_name=SECRET)
    telemetry.log(Log.SERVING, pid=SECRET)
    assert dropped() == 3


@given(st.dictionaries(st.text(max_size=12) | st.sampled_from(sorted(logs._FIELDS)), st.text(min_size=33)))
def test_no_text_gets_through(fields: dict[str, str]) -> None:
    kept = logs._allowed(fields)
    assert set(kept) <= {"method", "withheld"}
    assert not any(value in json.dumps(kept) for value in fields.values())


def test_a_fault_is_told_by_type_and_place(lines: Lines) -> None:
    telemetry.incident("abc123", "ResolveChild", failing(SECRET))
    (line,) = lines()
    assert SECRET not in json.dumps(line)
    assert (line["event"], line["incident"], line["method"]) == ("CALL_FAILED", "abc123", "ResolveChild")
    assert line["reason"] == "STORE_DAMAGED"
    assert [each["type"] for each in line["trace"]] == ["childindex.errors.Error", "builtins.ValueError"]
    assert all(frame.split(":")[1] == "failing" for each in line["trace"] for frame in each["frames"])


def test_traces_hold_code_names_only_and_end() -> None:
    hostile = type(f"{SECRET} born 1.2.2019", (Exception,), {"__module__": f"{SECRET}!"})
    source = compile("raise error", SECRET, "exec")
    try:
        exec(source, {"error": hostile(), "__name__": f"Anna {SECRET}"})
    except Exception as error:
        told = trace(error)
    assert told[0]["type"] == "?"
    assert "?:<module>:1" in str(told)
    assert SECRET not in str(told)
    loop = ValueError()
    loop.__context__ = KeyError()
    loop.__context__.__context__ = loop
    assert len(trace(loop)) == 2


def test_groups_are_opened_and_deep_stacks_cut() -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise ExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)])

    try:
        deep(90)
    except ExceptionGroup as error:
        told = trace(error)
    assert [each["type"] for each in told] == [
        "builtins.ExceptionGroup",
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert len(str(told[0]["frames"]).split(",")) == 30


def test_in_a_library_only_warnings_are_written(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    telemetry.log(Log.SERVING)
    telemetry.log(Log.WORKER_DIED, pid=7)
    assert [line["event"] for line in lines()] == ["WORKER_DIED"]


def test_a_closed_stream_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        monkeypatch.setattr(sys, "stderr", full)
        telemetry.log(Log.SERVING)
        monkeypatch.undo()
        with pytest.raises(OSError, match="space"):
            full.flush()
        full.close = lambda: None  # type: ignore[method-assign]  # what is left in it cannot be written
    monkeypatch.setattr(sys, "stderr", None)


def test_what_others_would_print_is_taken_over() -> None:
    program = textwrap.dedent(f"""
        import asyncio, gc, logging, threading, warnings
        from childindex import telemetry
        secret = "{SECRET}"
        telemetry.take_over()
        logging.getLogger("grpc._cython").error("bad %s", secret)
        logging.getLogger("asyncio").info("hidden")
        try:
            int(secret)
        except ValueError:
            logging.getLogger("asyncio").exception("while %s", secret)
        warnings.warn(secret)

        class Dying:
            def __del__(self):
                raise KeyError(secret)

        Dying()

        async def lost():
            asyncio.get_running_loop().create_task(int_of(secret))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            gc.collect()

        async def int_of(text):
            return int(text)

        asyncio.run(lost())
        thread = threading.Thread(target=lambda: int(secret))
        thread.start()
        thread.join()
        raise RuntimeError(secret)
    """)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert SECRET not in ended.stdout + ended.stderr
    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(line["event"], line.get("library")) for line in told] == [
        ("FOREIGN", None),  # grpc is not loaded here, so even its name is not known
        ("FOREIGN", "asyncio"),
        ("FOREIGN", None),
        ("UNCAUGHT", None),
        ("FOREIGN", "asyncio"),
        ("UNCAUGHT", None),
        ("UNCAUGHT", None),
    ]
    types = [line["trace"][0]["type"] if "trace" in line else "" for line in told]
    assert types == [
        "",
        "builtins.ValueError",
        "",
        "builtins.KeyError",
        *["builtins.ValueError"] * 2,
        "builtins.RuntimeError",
    ]
