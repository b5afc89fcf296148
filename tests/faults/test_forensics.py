"""What a thief of the data files learns without the keyset: nothing personal, in any encoding we can think of."""

import asyncio
import base64
import hashlib
import itertools
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from nhs_number.validate import is_valid

from bench import hammer
from bench.population import issued
from bench.population.draws import Draws
from childindex import linkage, store
from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, violations
from childindex.errors import Error
from childindex.number import ChildNumber
from childindex.operations import Settings, list_own_records, register_many, resolve, withdraw
from childindex.pointer import WithdrawalReason
from childindex.store import Table
from childindex.vault import Vault
from tests.operations.documents import POLICY, caller
from tests.operations.world import CHILD, START, World, declared, world

CHILDREN = 60
CROWD = 440
FIRST_BORN, DAYS_APART = date(2009, 9, 3), 7
VALUED = (
    Table.BIRTH,
    Table.ENTRY,
    Table.RECORD,
    Table.NUMBER,
    Table.SEALED,
    Table.LEXICON,
    Table.OWN,
    Table.CHANGE,
    Table.REVIEW,
    Table.POLICY,
    Table.KEY,
)
_HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256")


def texts(details: Demographics, local_id: str) -> Iterator[str]:
    """Every personal value of a declaration as given, in the forms that normalising makes of it."""
    born = details.birth_date
    iso = f"{born.year:04}-{born.month:02}-{born.day:02}"
    yield from (details.given_name, details.middle_names, details.family_name, details.known_as)
    yield from (*details.former_family_names, details.carer_family_name, details.postcode, details.uprn)
    yield from (iso, iso.replace("-", ""), f"{born.day:02}/{born.month:02}/{born.year:04}")
    yield from (text for each in details.identifiers for text in (each.value, *each.replaces))
    yield from (local_id, consent(local_id))
    record = linkage.shipped().normalise(linkage.children.source(details, test_range=True))
    yield from (value for values in record.values for value in values if len(value) >= 5)


def consent(local_id: str) -> str:
    """What a record refers to as its consent."""
    return f"CONSENT-FORM-{local_id}"


def encodings(text: str) -> Iterator[bytes]:
    for form in dict.fromkeys((text, text.lower(), text.upper(), text.replace(" ", ""), text[::-1])):
        plain = form.encode()
        yield plain
        yield form.encode("utf-16-le")
        yield form.encode("utf-16-be")
        yield plain.hex().encode()
        yield zlib.compress(plain)[2:-4]
        for shift in range(3):  # base64 of the text wherever it starts within a longer one
            yield base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4]
        for name in _HASHES:
            yield hashlib.new(name, plain).digest()[:8]
        yield hashlib.blake2b(plain, digest_size=8).digest()
        yield hashlib.blake2b(plain, digest_size=16).digest()[:8]


def ordinals(day: date) -> Iterator[bytes]:
    """A date as the numbers it might be kept as."""
    for number in (day.toordinal(), (day - date(1970, 1, 1)).days, int(day.strftime("%Y%m%d"))):
        yield from (struct.pack(form, number) for form in (">I", "<I", ">Q", "<Q"))


class Stolen:
    """The bytes of every data file, searched for many needles at once by their first 4, 6 or 8 bytes."""

    def __init__(self, folder: Path) -> None:
        self.data = b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
        whole = np.frombuffer(self.data + bytes(8), dtype=np.uint8)
        windows = np.lib.stride_tricks.sliding_window_view(whole, 8).copy().view("<u8").ravel()
        self._windows = {size: np.unique(windows & np.uint64(256**size - 1)) for size in (4, 6, 8)}

    def found(self, needles: Iterable[bytes]) -> list[bytes]:
        """The needles (4, 6 bytes or longer) that are in the files."""
        bysize: dict[int, list[bytes]] = {4: [], 6: [], 8: []}
        for needle in set(needles):
            size = max((size for size in bysize if size <= len(needle)), default=0)
            if size:
                bysize[size].append(needle)
        hits: list[bytes] = []
        for size, some in bysize.items():
            heads = np.array([int.from_bytes(needle[:size], "little") for needle in some], dtype=np.uint64)
            windows = self._windows[size]
            present = windows[np.minimum(np.searchsorted(windows, heads), len(windows) - 1)] == heads
            hits += [
                needle
                for needle, hit in zip(some, present, strict=True)
                if hit and (len(needle) == size or needle in self.data)
            ]
        return hits


def health_numbers(first: str) -> list[str]:
    """As many well-formed numbers from the first on as there are children."""
    numbers = (str(number) for number in itertools.count(int(first)))
    return list(itertools.islice(filter(is_valid, numbers), CHILDREN))


def children(seed: int = 5) -> list[Demographics]:
    """Children with a value in every field, no two born on one day; in part also as others spell them."""
    draws = Draws(seed, "forensics")
    names = [spellings[0] for spellings in hammer.entries(CHILDREN * 2, seed)]
    nhs, ulns = issued.nhs_numbers(CHILDREN, draws), issued.learner_numbers(CHILDREN, draws)
    scottish, irish = health_numbers("1706150000"), health_numbers("3201230000")
    upns = issued.pupil_numbers(np.full(CHILDREN, 15), draws)
    return [
        replace(
            child,
            known_as=other.given_name,
            former_family_names=(other.family_name, other.middle_names),
            carer_family_name=f"{other.family_name}-{child.middle_names}",
            birth_date=PartialDate.of(FIRST_BORN + timedelta(days=number * DAYS_APART)),
            uprn=f"{900_000_000_000 + number * 7_654_321}",
            identifiers=(
                Identifier(IdentifierType.NHS_NUMBER, nhs[number]),
                Identifier(IdentifierType.CHI_NUMBER, scottish[number]),
                Identifier(IdentifierType.HSC_NUMBER, irish[number]),
                Identifier(IdentifierType.UPN, upns[number]),
                Identifier(IdentifierType.ULN, ulns[number]),
            ),
        )
        for number, (child, other) in enumerate(zip(names[:CHILDREN], names[CHILDREN:], strict=True))
    ]


async def filled(here: World) -> list[tuple[Demographics, str]]:
    """Some children, registered twice with equal details; some promoted, some in doubt, one withdrawn; two policies."""
    known = []
    for number, details in enumerate(children()):
        first = "borough-social-care" if number % 3 == 0 else "mill-lane-surgery"  # it issues no permanent number
        for custodian in (first, "oakfield-school"):
            local_id = f"{custodian.upper()}-{number:05}"
            await here.register(custodian, details, local_id=local_id, consent_reference=consent(local_id))
            known.append((details, local_id))
        misspelt = replace(details, family_name=details.family_name[:-1], identifiers=())
        await resolve(here.index, caller("borough-social-care"), misspelt)
    for number in (50, 52):  # a record that turns into another child's is left to a steward
        (slip, _), local_id = known[2 * number + 2], known[2 * number + 1][1]
        await here.register("oakfield-school", slip, local_id=local_id, version=2)
    key = declared("oakfield-school", CHILD, "OAKFIELD-SCHOOL-00003").key
    await withdraw(here.index, caller(), key, WithdrawalReason.ENTERED_IN_ERROR)
    await here.adopt(POLICY.replace("version = 1", "version = 2"))
    return known


async def crowd(here: World) -> set[date]:
    """Many more children, each born on a day of its own; the days."""
    born = {FIRST_BORN + timedelta(days=number * DAYS_APART) for number in range(CHILDREN, CHILDREN + CROWD)}
    named = children()
    given = []
    for number, day in enumerate(sorted(born)):
        one, other = named[number % CHILDREN], named[(number * 7 + 1) % CHILDREN]
        details = Demographics(
            given_name=one.given_name, family_name=other.carer_family_name, birth_date=PartialDate.of(day)
        )
        given.append(declared("oakfield-school", details, f"CROWD-{number:05}"))
    told = [
        answer
        for start in range(0, CROWD, 40)
        for answer in await register_many(here.index, caller(), given[start : start + 40])
    ]
    assert not [answer for answer in told if isinstance(answer, Error)]
    return born


@dataclass(frozen=True)
class Theft:
    known: list[tuple[Demographics, str]]
    numbers: list[str]
    born: set[date]
    files: Stolen


@pytest.fixture(scope="module")
def theft(tmp_path_factory: pytest.TempPathFactory) -> Theft:
    folder = tmp_path_factory.mktemp("stolen")

    async def steal() -> Theft:
        here = await world(folder, Settings(accept_test_identifiers=True))
        known = await filled(here)
        own = await list_own_records(here.index, caller(), 500)
        born = {details.birth_date.bounds[0] for details, _ in known} | await crowd(here)
        await here.index.store.close()
        store.copy(folder / "store", here.index.vault.keyset_id)
        return Theft(known, [r.number.value for r in own.records], born, Stolen(folder / "store"))

    return asyncio.run(steal())


def test_the_search_finds_what_is_there(theft: Theft) -> None:
    middle = theft.files.data[5000:5011]
    assert theft.files.found([middle, b"surely not in there"]) == [middle]


def test_no_personal_value_is_in_the_files(theft: Theft) -> None:
    values = {text for details, local_id in theft.known for text in texts(details, local_id) if len(text) >= 5}
    assert len(values) > 20 * CHILDREN
    needles = [needle for text in values for needle in encodings(text) if len(needle) >= 6]
    assert len(theft.files.data) > 100_000
    assert not theft.files.found(needles)


def test_every_field_is_filled(theft: Theft) -> None:
    """So that none is forgotten above; an unborn child's date takes the place of a birth date."""
    for details, _ in theft.known:
        empty = {field.name for field in fields(Demographics) if not getattr(details, field.name)}
        assert empty == {"expected_birth_date"}
        assert {identifier.type for identifier in details.identifiers} == set(IdentifierType)
        assert not violations(details, START.date())


def test_no_birth_date_is_in_the_files_as_a_number(theft: Theft) -> None:
    """Small numbers are in any file, as page numbers or by chance: those of dates nobody was born on just as often."""
    born = theft.born
    assert len(born) == CHILDREN + CROWD
    control = {day + timedelta(days=shift) for day in born for shift in range(1, DAYS_APART)} - born
    for ours, others in zip(
        zip(*map(ordinals, born), strict=True), zip(*map(ordinals, control), strict=True), strict=True
    ):
        share, chance = (len(theft.files.found(group)) / len(group) for group in (ours, others))
        assert share < chance + 0.1


def test_no_custodian_and_no_number_is_in_the_files(theft: Theft) -> None:
    assert len(theft.numbers) == CHILDREN - 1  # one was withdrawn
    words = [
        "oakfield-school",
        "mill-lane-surgery",
        "borough-social-care",
        "Oakfield School",
        "school.pupil",
        "officer-7",
    ]
    words += [form for number in theft.numbers for form in (number, str(ChildNumber(number)))]
    assert not theft.files.found(needle for word in words for needle in encodings(word) if len(needle) >= 6)


async def test_equal_records_do_not_store_equal_bytes(tmp_path: Path) -> None:
    here = await world(tmp_path)
    await filled(here)
    values: Counter[bytes] = Counter()
    async with here.index.store.snapshot() as view:
        for table in VALUED:
            rows = await view.scan(table, b"", b"", 100_000)
            assert len(rows) > 1, table.name
            count = 4 if table is Table.LEXICON else 0  # of the entries that bear a value, in front of what is sealed
            for _, value in rows:
                for start in range(count, len(value) - 12, 4):
                    values[value[start : start + 12]] += 1
    await here.index.store.close()
    assert len(values) > 10_000
    assert max(values.values()) == 1


async def test_without_the_keyset_the_store_does_not_open(tmp_path: Path) -> None:
    here = await world(tmp_path)
    await here.index.store.close()
    other = Vault.create(tmp_path / "other-keys")
    with pytest.raises(Error):
        store.open_local(tmp_path / "store", other.keyset_id)
    with pytest.raises(Error):
        Vault.open(tmp_path / "no-keys")
