import asyncio
import json
from pathlib import Path

import pytest

from childindex.cli.build import config_of, index_of
from childindex.cli.faults import PROBLEMS, REFUSED
from childindex.demographics import Demographics, PartialDate
from childindex.entry import EntryState
from childindex.number import NumberType
from childindex.operations import Index, register
from childindex.store import Table
from childindex.store.commit import Commit, Delete
from tests.canary import CANARY, leaks
from tests.cli.founded import found, run
from tests.operations.documents import caller
from tests.operations.world import declared

SCHOOL, SURGERY = "oakfield-school", "mill-lane-surgery"
OTHER = Demographics(
    given_name="Barnaby", family_name="Ostrander", birth_date=PartialDate(2012, 11, 2), postcode="ZE1 2AB"
)


async def filled(index: Index) -> None:
    """Two children, one of them with two records."""
    for custodian, details in ((SCHOOL, CANARY), (SURGERY, CANARY)):
        await register(index, caller(custodian), declared(custodian, details))
    await register(index, caller(SCHOOL), declared(SCHOOL, OTHER, "2"))


async def damaged(index: Index) -> None:
    """As a commit could do it that forgot something: the journal is whole, a child's file is not."""
    async with index.store.snapshot() as snapshot:
        (key, _), *_ = await snapshot.scan(Table.OWN, b"", b"", 1)
    await index.store.commit(Commit(deletes=(Delete(Table.OWN, key),)))


@pytest.fixture
def var(tmp_path: Path) -> Path:
    made = found(tmp_path / "var")
    with_index(made, filled)
    return made


def with_index(var: Path, act: object) -> None:
    async def run_it() -> None:
        index = index_of(config_of(var, {}), writer="local")
        try:
            await act(index)  # type: ignore[operator]  # one of the above
        finally:
            await index.store.close()

    asyncio.run(run_it())


def test_a_whole_index_is_sound(var: Path) -> None:
    code, out, err = run("fsck", "--var", str(var))
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == ["2 entries, 3 rows of features", "sound"]


def test_a_childs_file_that_is_not_whole_is_a_problem(var: Path) -> None:
    with_index(var, damaged)
    code, out, _ = run("fsck", "--var", str(var))
    assert code == PROBLEMS
    assert "record not listed among its custodian's own" in out
    assert not leaks(out)


def test_a_changed_byte_of_the_journal_is_a_problem(var: Path) -> None:
    (segment,) = (var / "store" / "journal").iterdir()
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    code, out, _ = run("fsck", "--var", str(var))
    assert code == PROBLEMS
    assert "sound" not in out


def test_counts_hold_nothing_personal(var: Path) -> None:
    code, out, err = run("stats", "--var", str(var), "--json")
    assert (code, err) == (0, "")
    counts = json.loads(out)
    assert {name: counts[name] for name in ("entries", "records", "rows active", "policy version")} == {
        "entries": 2, "records": 3, "rows active": 3, "policy version": 1
    }  # fmt: skip
    assert sum(counts[f"{kind.name.lower()}"] for kind in NumberType) == 2
    assert sum(counts[f"{state.name.lower().replace('_', ' ')}"] for state in EntryState) == 2
    assert counts["journal bytes"] > 0
    assert counts["index bytes"] > 0
    told = run("stats", "--var", str(var))[1]
    assert "entries" in told
    assert not leaks(told + out)


def test_an_index_without_a_policy_counts_as_version_0(tmp_path: Path) -> None:
    assert run("init", "--var", str(tmp_path / "var"), "--development")[0] == 0
    counts = json.loads(run("stats", "--var", str(tmp_path / "var"), "--json")[1])
    assert (counts["policy version"], counts["entries"]) == (0, 0)


def test_a_copy_is_verified_and_told(var: Path) -> None:
    code, out, _ = run("copy", "--var", str(var))
    assert code == 0
    position = json.loads(run("stats", "--var", str(var), "--json")[1])["journal position"]
    assert out == f"made  {var}/store/copies/{position:020d}/  position {position}\n"


@pytest.mark.parametrize("command", ["fsck", "stats", "copy", "serve"])
def test_where_no_index_is_every_command_says_so(tmp_path: Path, command: str) -> None:
    code, out, err = run(command, "--var", str(tmp_path))
    assert (code, out) == (REFUSED, "")
    assert "childindex init" in err


def test_without_its_keyset_nothing_is_read(var: Path) -> None:
    (var / "keys" / "keyset.json").unlink()
    for command in ("fsck", "stats", "copy"):
        assert run(command, "--var", str(var))[0] == REFUSED


def test_machines_are_told_counts_without_the_indent_of_the_table(var: Path) -> None:
    told = json.loads(run("stats", "--var", str(var), "--json")[1])
    assert {"entries", "live", "permanent", "shielded"} <= set(told)
    assert [name for name in told if name != name.strip()] == []
