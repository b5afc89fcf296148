"""A served index, asked by the commands: real processes, real TLS, a real store."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest

from bench.population import Population, Settings, generate
from childindex.cli.faults import REFUSED, SOME_REJECTED
from childindex.client import Retry
from tests.canary import CANARY
from tests.cli.founded import Service, found, run, serve

SCHOOL, SURGERY, SOCIAL_CARE = "oakfield-school", "mill-lane-surgery", "borough-social-care"
CHILD = [
    *("given_name=Tamsin", "middle_names=Rosalba", "family_name=Quillfeather"),
    *("birth_date=2015-03-14", "sex=female", "postcode=ZE9 4QQ"),
]
RECORD = ["system=pupils", "record_type=school.pupil", "local_id=CANARY-7Q41", "source_version=1"]


@pytest.fixture(scope="module")
def population() -> Population:
    return generate(Settings(seed=11, children=120, rejected=0.03))


@pytest.fixture
def extracts(population: Population, tmp_path: Path) -> Path:
    population.write(tmp_path)
    return tmp_path


def stats(service: Service) -> dict[str, int]:
    code, out, err = run("stats", "--var", str(service.var), "--json")
    assert code == 0, err
    return dict(json.loads(out))


@pytest.fixture(scope="module")
def number(service: Service) -> str:
    """The canary's, registered by the school."""
    code, out, err = run("register", *service.as_(SCHOOL, purpose="education"), "--json", *RECORD, *CHILD)
    assert code == 0, err
    return str(json.loads(out)["number"])


def test_a_registered_child_is_resolved_under_another_spelling(service: Service, number: str, tmp_path: Path) -> None:
    details = dict(text.split("=", 1) for text in CHILD) | {"given_name": "Tamsim", "postcode": "LS6 2AB"}
    file = tmp_path / "child.json"
    file.write_text(json.dumps(details))
    code, out, _ = run("resolve", *service.as_(SOCIAL_CARE), "--from", str(file))
    assert (code, out.split()) == (0, ["MATCHED", number])
    code, out, _ = run("resolve", *service.as_(SOCIAL_CARE), "--from", "-", "--json", typed=json.dumps(details))
    assert (code, json.loads(out)["number"]) == (0, number)


def test_a_name_that_a_twin_might_bear_is_not_confirmed(service: Service, number: str) -> None:
    code, out, _ = run("resolve", *service.as_(SOCIAL_CARE), "given_name=Tasmin", *CHILD[1:5], "postcode=LS6 2AB")
    assert code == 0
    assert out.startswith("NOT CONFIRMED")
    assert number not in out


def test_a_machine_caller_is_told_no_more_than_advice(service: Service, number: str) -> None:
    code, out, _ = run("resolve", *service.as_(SCHOOL), "given_name=Zebedee", *CHILD[2:3], "postcode=ZE9 4QQ")
    assert code == 0
    assert out.startswith("NOT CONFIRMED")
    assert "add birth date" in out
    assert number not in out


def test_a_steward_sees_why_and_others_do_not(service: Service, number: str) -> None:
    code, out, _ = run("resolve", *service.as_(SOCIAL_CARE, "steward"), "--explain", *CHILD)
    assert code == 0
    assert [word for word in ("prior", "birth_date", "total", "rarity", "so far", number) if word not in out] == []
    code, out, err = run("resolve", *service.as_(SOCIAL_CARE), "--explain", *CHILD)
    assert (code, out) == (REFUSED, "")
    assert err.startswith("childindex: ACTOR_NOT_PERMITTED: ")
    code, _, err = run("resolve", *service.as_(SCHOOL, "steward"), "--explain", *CHILD)
    assert (code, err.split(":")[1]) == (REFUSED, " NO_AGREEMENT")


def test_a_steward_has_it_explained_and_drawn(service: Service, number: str, tmp_path: Path) -> None:
    drawn = tmp_path / "why.svg"
    asked = ("explain", *service.as_(SOCIAL_CARE, "steward"), *CHILD)
    code, out, _ = run(*asked, "--picture", str(drawn))
    assert code == 0
    assert [
        said for said in ("MATCHED: ", "Had the ", "no child of the index", "it is SAME", number) if said not in out
    ] == []
    picture = drawn.read_text(encoding="utf-8")
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    given = [value.partition("=")[2] for value in CHILD]
    assert [value for value in (number, *given) if value in picture] == []
    code, out, _ = run(*asked, "--json")
    assert (code, json.loads(out)["candidates"][0]["number"]) == (0, number)
    code, out, err = run(*asked, "--picture", str(tmp_path / "why.png"))
    assert (code, out, "ends in .svg" in err) == (REFUSED, "", True)
    assert not (tmp_path / "why.png").exists()
    code, out, err = run("explain", *service.as_(SOCIAL_CARE), *CHILD, "--picture", str(tmp_path / "none.svg"))
    assert (code, out) == (REFUSED, "")
    assert err.startswith("childindex: ACTOR_NOT_PERMITTED: ")
    assert not (tmp_path / "none.svg").exists()


def test_the_weights_of_an_explanation_add_up(service: Service, number: str) -> None:
    code, out, _ = run("resolve", *service.as_(SOCIAL_CARE, "steward"), "--explain", "--json", *CHILD)
    assert code == 0
    explanation = json.loads(out)["explanation"]
    (first, *_) = explanation["candidates"]
    assert explanation["decision"] == "MATCHED"
    assert first["number"] == number
    total = first["prior_bits"] + sum(line["bits"] for line in first["comparisons"])
    assert total == pytest.approx(first["total_bits"], abs=0.01)


def test_verify_find_own_and_changes(service: Service, number: str) -> None:
    asked = [f"number={number}", "birth_date=2015-03-14"]
    assert run("verify", *service.as_(SCHOOL), *asked)[:2] == (0, "VERIFIED\n")
    assert run("verify", *service.as_(SCHOOL), asked[0], "birth_date=2015-03-15")[:2] == (0, "NOT CONFIRMED\n")
    code, out, _ = run("find", *service.as_(SOCIAL_CARE), *asked)
    assert code == 0
    assert "Oakfield School" in out
    assert "CANARY-7Q41" in out
    assert "Other services may hold records" in out
    own = ["system=pupils", "record_type=school.pupil", "local_id=CANARY-7Q41"]
    assert "Oakfield School" in run("find", *service.as_(SCHOOL), asked[0], *own)[1]
    code, _, err = run("find", *service.as_(SOCIAL_CARE), asked[0], "birth_date=2015-03-15")
    assert (code, "NOT_CONFIRMED" in err) == (REFUSED, True)
    code, out, _ = run("own", *service.as_(SCHOOL))
    assert (code, number in out) == (0, True)
    code, out, _ = run("own", *service.as_(SCHOOL), "--json")
    assert number in {json.loads(line)["number"] for line in out.splitlines()}
    code, out, _ = run("changes", *service.as_(SCHOOL), "--json")
    assert (code, set(json.loads(out.splitlines()[-1]))) == (0, {"next_cursor"})
    assert "next cursor" in run("changes", *service.as_(SCHOOL))[1]


def test_a_number_that_is_none_and_a_date_that_is_none_are_told_before_anything_is_sent(service: Service) -> None:
    code, _, err = run("verify", "--target", "localhost:1", *service.as_(SCHOOL)[:2], *service.as_(SCHOOL)[4:],
                       "number=C123", "birth_date=14.3.2015")  # fmt: skip
    assert code == REFUSED
    assert "  number: a child number has 11 symbols" in err
    assert "  birth_date: must be" in err


def test_what_the_index_refuses_is_told_by_field(service: Service) -> None:
    code, _, err = run("register", *service.as_(SCHOOL), *RECORD, "given_name=baby", "birth_date=2015-02-30")
    assert code == REFUSED
    assert "INVALID_FIELDS" in err
    assert "birth_date: is no date" in err


def test_a_record_is_withdrawn(service: Service, number: str) -> None:
    details = ["local_id=W1", *RECORD[:2], "source_version=1", *CHILD]
    assert run("register", *service.as_(SURGERY), "system=patients", "record_type=health.gp_patient",
               *details[:1], *details[3:])[0] == 0  # fmt: skip
    key = ["system=patients", "record_type=health.gp_patient", "local_id=W1"]
    code, _, err = run("withdraw", *service.as_(SURGERY), "--reason", "moved", *key)
    assert (code, "--reason" in err) == (REFUSED, True)
    end = ("--reason", "ended", "--ended", "2026-07-31")
    assert run("withdraw", *service.as_(SURGERY), *end, *key)[:2] == (0, "withdrawn\n")
    assert "ended" in run("own", *service.as_(SURGERY))[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--purpose", "curiosity"], "--purpose must be one of"),
        (["--as", "king:1"], "--as must be"),
        (["--as", "practitioner:a b"], "--as must be"),
        (["--credentials", "nowhere"], "has not the files"),
        (["--target", "localhost"], "--target must be host:port"),
        (["--target", "localhost:"], "--target must be host:port"),
    ],
)
def test_who_asks_must_be_said_properly(service: Service, options: list[str], told: str) -> None:
    code, _, err = run("resolve", *service.as_(SCHOOL), *options, *CHILD)
    assert (code, told in err) == (REFUSED, True), err


def test_an_index_that_is_not_there_is_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.client.client.Retry", lambda: Retry(attempts=1))
    options = [*service.as_(SCHOOL), "--target", "localhost:1"]
    code, _, err = run("resolve", *options, *CHILD)
    assert (code, err.startswith("childindex: UNAVAILABLE")) == (REFUSED, True)


def test_an_extract_is_loaded_once_and_its_rejects_are_told(
    service: Service, population: Population, extracts: Path
) -> None:
    file = extracts / f"{SURGERY}.csv"
    spoilt = population.extracts[SURGERY].spoilt
    rows = len(population.extracts[SURGERY].rows)
    code, out, err = run("load", str(file), *service.to(SURGERY), "--batch-size", "20")
    assert code == SOME_REJECTED, err
    assert f"{rows - len(spoilt):,} records registered" in out
    told = [line.split(",", 2) for line in (extracts / f"{SURGERY}.csv.rejects").read_text().splitlines()[1:]]
    assert {int(line) for line, _, _ in told} == {place + 2 for place in spoilt}
    assert all(column and reason for _, column, reason in told)
    before = stats(service)
    assert "nothing to do" in run("load", str(file), *service.to(SURGERY))[1]
    code, out, _ = run("load", str(file), *service.to(SURGERY), "--afresh")
    assert (code, f"{rows - len(spoilt):,} records registered" in out) == (SOME_REJECTED, True)
    after = stats(service)
    same = ("entries", "records", "rows active", "rows of history", "provisional", "reviews open")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_a_load_that_is_killed_goes_on_and_registers_nothing_twice(
    service: Service, population: Population, extracts: Path
) -> None:
    """Killed at once after the first rows are there, again and again until the load is done."""
    file, before = extracts / f"{SCHOOL}.csv", stats(service)["records"]
    rows = len(population.extracts[SCHOOL].rows) - len(population.extracts[SCHOOL].spoilt)
    words = [sys.executable, "-m", "childindex", "load", str(file), *service.to(SCHOOL), "--batch-size", "10"]
    for stop in (signal.SIGKILL, signal.SIGINT):
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seen, deadline = stats(service)["records"], time.monotonic() + 30
        while stats(service)["records"] <= seen and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(stop)
        process.communicate()
        assert process.returncode in (-stop, 130, SOME_REJECTED)
    code, _, err = run(*words[3:])
    assert code == SOME_REJECTED, err
    assert stats(service)["records"] == before + rows
    assert run("fsck", "--var", str(service.var))[0] == 0


def test_an_extract_of_records_that_are_not_the_callers_is_told_row_by_row(service: Service, extracts: Path) -> None:
    code, _, _ = run("load", str(extracts / f"{SOCIAL_CARE}.csv"), *service.to(SCHOOL))
    assert code == SOME_REJECTED
    assert "NO_AGREEMENT" in (extracts / f"{SOCIAL_CARE}.csv.rejects").read_text()


def test_a_caller_without_an_agreement_loads_nothing(service: Service, extracts: Path) -> None:
    code, _, err = run("load", str(extracts / f"{SCHOOL}.csv"), *service.to("harbour-trust"))
    assert (code, "NO_AGREEMENT" in err) == (REFUSED, True)


def test_metrics_are_those_of_all_processes(service: Service, number: str) -> None:
    with urlopen(f"http://127.0.0.1:{service.metrics_port}/metrics") as answer:
        lines = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[:1] != "#")
    assert float(lines['childindex_calls_total{code="OK",method="RegisterRecord"}']) >= 1
    assert float(lines["childindex_journal_position"]) > 1
    assert float(lines["childindex_map_used_bytes"]) > 0
    assert float(lines["childindex_commit_batch_size_count"]) > 1
    assert float(lines["childindex_workers"]) == 1


def test_one_directory_has_one_supervisor(service: Service) -> None:
    code, _, err = run("serve", "--var", str(service.var))
    assert (code, "is already served, by process" in err) == (REFUSED, True)


def test_a_policy_is_adopted_while_the_service_runs(service: Service, tmp_path: Path) -> None:
    """The last test of the served index: it closes the voluntary trust's way in and opens another's."""
    document = tmp_path / "next.toml"
    text = (service.var.parent / "var-policy.toml").read_text().replace("version = 1", "version = 2")
    document.write_text(text.replace('parties = ["borough-social-care"]', 'parties = ["harbour-trust"]'))
    for name in ("first", "second"):
        run("policy", "sign", str(document), "--key", str(service.var / "signers" / f"{name}.pem"))
    assert run("resolve", *service.as_("harbour-trust"), *CHILD)[0] == REFUSED
    assert run("policy", "adopt", str(document), "--var", str(service.var))[:2] == (0, "policy version 2 is in force\n")
    assert run("resolve", *service.as_("harbour-trust"), *CHILD)[0] == 0
    code, _, err = run("resolve", *service.as_(SOCIAL_CARE), *CHILD)
    assert (code, "NO_AGREEMENT" in err) == (REFUSED, True)


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("unserved") / "var")


class TestWhatKeepsAServiceFromStarting:
    """Every fault is one line and exit code 2."""

    @pytest.fixture
    def copied(self, unserved: Path, tmp_path: Path) -> Path:
        return Path(shutil.copytree(unserved, tmp_path / "var"))

    def refused(self, var: Path, told: str) -> None:
        code, _, err = run("serve", "--var", str(var))
        assert (code, len(err.splitlines())) == (REFUSED, 1), err
        assert told in err

    def refused_by_a_process(self, var: Path, told: str) -> None:
        words = [sys.executable, "-m", "childindex", "serve", "--var", str(var)]
        ran = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
        lines = [line for line in ran.stderr.splitlines() if not line.startswith("{")]
        assert (ran.returncode, len(lines)) == (REFUSED, 1), ran.stderr
        assert told in lines[0]

    def test_no_index(self, tmp_path: Path) -> None:
        self.refused(tmp_path, "there is no index in")

    def test_a_port_already_served(self, service: Service, copied: Path) -> None:
        config = copied / "childindex.toml"
        config.write_text(config.read_text().replace("listen_port = 0", f"listen_port = {service.port}"))
        self.refused(copied, "Address already in use")

    def test_a_metrics_port_already_served(self, service: Service, copied: Path) -> None:
        config = copied / "childindex.toml"
        config.write_text(config.read_text().replace("metrics_port = 0", f"metrics_port = {service.metrics_port}"))
        self.refused_by_a_process(copied, "metrics cannot be served")

    def test_another_keyset(self, copied: Path, tmp_path: Path) -> None:
        other = found(tmp_path / "other")
        shutil.copy(other / "keys" / "keyset.json", copied / "keys" / "keyset.json")
        self.refused(copied, "another keyset")

    def test_no_keyset(self, copied: Path) -> None:
        (copied / "keys" / "keyset.json").unlink()
        self.refused(copied, "the keyset file is gone")

    def test_a_store_of_another_format(self, copied: Path) -> None:
        shutil.rmtree(copied / "store" / "journal")
        self.refused(copied, "there is no store")

    def test_a_missing_certificate(self, copied: Path) -> None:
        (copied / "tls" / "server.pem").unlink()
        self.refused(copied, "server.pem")

    def test_an_unknown_key(self, copied: Path) -> None:
        with (copied / "childindex.toml").open("a") as config:
            config.write("budjet = 1\n")
        self.refused(copied, "budjet")


@pytest.mark.slow
def test_a_stopped_service_starts_again_with_all_it_knew(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    first = serve(var)
    code, out, _ = run("register", *first.as_(SCHOOL, purpose="education"), "--json", *RECORD, *CHILD)
    assert (code, first.stop()) == (0, 0)
    second = serve(var)
    try:
        told = run("resolve", *second.as_(SURGERY), "--json", *CHILD)[1]
    finally:
        assert second.stop() == 0
    assert json.loads(told)["number"] == json.loads(out)["number"]


def test_the_canary_of_these_tests_is_the_canary() -> None:
    assert CHILD[0].endswith(CANARY.given_name)
