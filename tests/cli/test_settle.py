"""`childindex settle`: foresees by default, carries out with --apply, and tells counts alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from childindex.cli.build import config_of, index_of
from childindex.cli.faults import REFUSED
from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.number import ChildNumber, NumberType
from childindex.operations import Index, register
from childindex.operations.child import RULINGS, child_of, entry_of
from childindex.pointer import Ruling
from childindex.store import Commit, Put, Table, layout, lineage
from tests.cli.founded import found, run
from tests.operations.documents import caller
from tests.operations.world import declared

NHS = Identifier(IdentifierType.NHS_NUMBER, "9990000018")
UPN = Identifier(IdentifierType.UPN, "H801200001001")
ULN = Identifier(IdentifierType.ULN, "9990000009")
BEFORE = Demographics(
    given_name="Oliver",
    middle_names="Jasper",
    family_name="Quillfeather",
    birth_date=PartialDate(2015, 3, 14),
    sex=Sex.MALE,
    postcode="ZE9 4QQ",
    carer_family_name="Featherstone",
    identifiers=(NHS, ULN),
)
AFTER = replace(
    BEFORE,
    middle_names="Hugo",
    family_name="Abernethystoke",
    sex=Sex.UNSPECIFIED,
    postcode="AB12 9XY",
    carer_family_name="Wolstenholme",
    identifiers=(UPN,),
)
BETWEEN = replace(BEFORE, middle_names="", postcode="AB12 9XY", carer_family_name="", identifiers=(NHS, ULN, UPN))


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return found(tmp_path / "var")


@pytest.fixture
def numbers(var: Path) -> list[ChildNumber]:
    """Two entries of one child, which a third record shows to be one."""
    told: list[ChildNumber] = []

    async def two_entries(index: Index) -> None:
        given = [("mill-lane-surgery", BEFORE), ("oakfield-school", AFTER), ("borough-social-care", BETWEEN)]
        for custodian, details in given:
            told.append((await register(index, caller(custodian), declared(custodian, details))).number)

    inside(var, two_entries)
    assert told[0] == told[2] != told[1]
    return told


def inside(var: Path, act: Callable[[Index], Awaitable[None]]) -> None:
    async def run_it() -> None:
        index = index_of(config_of(var, {}), writer="local")
        try:
            await act(index)
        finally:
            await index.store.close()

    asyncio.run(run_it())


def counts(var: Path, *words: str) -> dict[str, int]:
    code, out, err = run("settle", "--var", str(var), "--json", *words)
    assert (code, err) == (0, "")
    told: dict[str, int] = json.loads(out)
    return told


def test_without_apply_nothing_changes(var: Path, numbers: list[ChildNumber]) -> None:
    told = {"entries": 2, "merged": 1, "together": 0, "apart": 0, "known": 0, "closed": 0, "forgotten": 0}
    told |= {"large": 0, "left": 0}
    assert counts(var) == counts(var) == told
    code, out, _ = run("settle", "--var", str(var))
    assert code == 0
    assert "would be merged" in out
    assert not any(secret in out for secret in ("Oliver", *(str(n) for n in numbers), *(n.value for n in numbers)))


def test_with_apply_duplicates_become_one(var: Path, numbers: list[ChildNumber]) -> None:
    assert counts(var, "--apply")["merged"] == 1
    assert counts(var, "--apply") == {
        "entries": 1,
        "merged": 0,
        "together": 0,
        "apart": 0,
        "known": 0,
        "closed": 0,
        "forgotten": 0,
        "large": 0,
        "left": 0,
    }
    assert run("fsck", "--var", str(var))[0] == 0
    assert '"superseded": 1' in run("stats", "--var", str(var), "--json")[1]
    code, out, _ = run("settle", "--var", str(var), "--apply")
    assert code == 0
    assert "would be" not in out


def test_one_childs_component_by_its_number(var: Path, numbers: list[ChildNumber]) -> None:
    for number in (numbers[1], numbers[0]):
        assert counts(var, "--number", str(number))["merged"] == 1
    assert counts(var, "--apply", "--number", numbers[1].value)["merged"] == 1
    assert counts(var, "--number", str(numbers[1])) == counts(var, "--number", str(numbers[0]))


@pytest.mark.usefixtures("numbers")
def test_an_unknown_number_and_one_that_is_none_are_refused(var: Path) -> None:
    for number in (str(ChildNumber.draw(NumberType.PERMANENT)), "C12"):
        code, out, err = run("settle", "--var", str(var), "--number", number)
        assert (code, out) == (REFUSED, "")
        assert number not in err


def test_rulings_that_contradict_each_other_stop_nobody_else(var: Path, numbers: list[ChildNumber]) -> None:
    other = Demographics(
        given_name="Wilhelmina", family_name="Ostrander", birth_date=PartialDate(2012, 11, 2), postcode="ZE1 2AB"
    )
    knotted: list[ChildNumber] = []

    async def knot(index: Index) -> None:
        for custodian in ("mill-lane-surgery", "oakfield-school"):
            given = declared(custodian, other, local_id="2")
            knotted.append((await register(index, caller(custodian), given)).number)
        keys = [declared(custodian, other, local_id="2").key for custodian in ("mill-lane-surgery", "oakfield-school")]
        async with index.store.snapshot() as view:
            entry = await entry_of(index, view, knotted[0])
            assert entry is not None
            child = await child_of(index, view, entry)
        rulings = [Ruling(keys[0], keys[1], same=True), Ruling(keys[0], keys[1], same=False)]
        name = layout.sealed_key(entry, layout.Part.RULINGS)
        sealed = child.key.seal_padded(RULINGS, lineage.encode_rulings(rulings), name)
        await index.commit(Commit(puts=(Put(Table.SEALED, name, sealed),)))

    inside(var, knot)
    for words in ((), ("--apply",)):
        told = counts(var, *words)
        assert (told["merged"], told["left"]) == (1, 1)


def test_a_number_that_is_none_is_told_by_its_option(var: Path) -> None:
    code, _, err = run("settle", "--var", str(var), "--number", "C123")
    assert (code, err) == (REFUSED, "childindex: --number: a child number has 11 symbols\n")
