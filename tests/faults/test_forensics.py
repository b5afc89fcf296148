"""What a thief of the data files learns without the keyset: nothing personal, in any encoding we can think of."""

import asyncio
import base64
import hashlib
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from bench import hammer
from childindex import linkage, store
from childindex.demographics import Demographics, Identifier, IdentifierType
from childindex.errors import Error
from childindex.number import ChildNumber
from childindex.operations import list_own_records, resolve, withdraw
from childindex.pointer import WithdrawalReason
from childindex.store import Table
from childindex.vault import Vault
from tests.operations.documents import caller
from tests.operations.world import CHILD, World, declared, world

CHILDREN = 60
NHS = ("9990000018", "9990000026", "9990000034", "9990000042")
_HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256")


def texts(details: Demographics, local_id: str) -> Iterator[str]:
    """Every personal value of a declaration as given, in the forms that normalising makes of it."""
    born = details.birth_date
    iso = f"{born.year:04}-{born.month:02}-{born.day:02}"
    yield from (details.given_name, details.middle_names, details.family_name, details.postcode, local_id)
    yield from (iso, iso.replace("-", ""), f"{born.day:02}/{born.month:02}/{born.year:04}")
    yield from (identifier.value for identifier in details.identifiers)
    record = linkage.shipped().normalise(linkage.children.source(details))
    yield from (value for values in record.values for value in values if len(value) >= 5)


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
            present = np.isin(heads, self._windows[size])
            hits += [needle for needle, hit in zip(some, present, strict=True) if hit and needle in self.data]
        return hits


async def filled(here: World) -> list[tuple[Demographics, str]]:
    """Some children, each registered twice with equal details, some updated and withdrawn again."""
    known = []
    for number, spellings in enumerate(hammer.entries(CHILDREN, seed=5)):
        identifiers = (Identifier(IdentifierType.NHS_NUMBER, NHS[number]),) if number < len(NHS) else ()
        details = Demographics(
            given_name=spellings[0].given_name,
            middle_names=spellings[0].middle_names,
            family_name=spellings[0].family_name,
            birth_date=spellings[0].birth_date,
            postcode=spellings[0].postcode,
            identifiers=identifiers,
        )
        for custodian, local_id in (
            ("oakfield-school", f"PUPIL-{number:05}"),
            ("mill-lane-surgery", f"PATIENT-{number:05}"),
        ):
            await here.register(custodian, details, local_id=local_id)
            known.append((details, local_id))
        await resolve(here.index, caller("borough-social-care"), spellings[-1])
    key = declared("oakfield-school", CHILD, "PUPIL-00003").key
    await withdraw(here.index, caller(), key, WithdrawalReason.ENTERED_IN_ERROR)
    return known


@dataclass(frozen=True)
class Theft:
    known: list[tuple[Demographics, str]]
    numbers: list[str]
    files: Stolen


@pytest.fixture(scope="module")
def theft(tmp_path_factory: pytest.TempPathFactory) -> Theft:
    folder = tmp_path_factory.mktemp("stolen")

    async def steal() -> Theft:
        here = await world(folder)
        known = await filled(here)
        own = await list_own_records(here.index, caller("mill-lane-surgery"), 500)
        await here.index.store.close()
        store.copy(folder / "store", here.index.vault.keyset_id)
        return Theft(known, [r.number.value for r in own.records], Stolen(folder / "store"))

    return asyncio.run(steal())


def test_the_search_finds_what_is_there(theft: Theft) -> None:
    middle = theft.files.data[5000:5011]
    assert theft.files.found([middle, b"surely not in there"]) == [middle]


def test_no_personal_value_is_in_the_files(theft: Theft) -> None:
    values = {text for details, local_id in theft.known for text in texts(details, local_id) if len(text) >= 5}
    assert len(values) > 10 * CHILDREN
    needles = [needle for text in values for needle in encodings(text) if len(needle) >= 6]
    assert len(theft.files.data) > 100_000
    assert not theft.files.found(needles)


def test_no_birth_date_is_in_the_files_as_a_number(theft: Theft) -> None:
    """Small numbers are in any file, as page numbers or by chance: those of dates nobody was born on just as often."""
    born = {d.birth_date.bounds[0] for d, _ in theft.known}
    control = {day + timedelta(days=shift) for day in born for shift in (-3, 4)} - born
    for ours, others in zip(
        zip(*map(ordinals, born), strict=True), zip(*map(ordinals, control), strict=True), strict=True
    ):
        share, chance = (len(theft.files.found(group)) / len(group) for group in (ours, others))
        assert share < chance + 0.25


def test_no_custodian_and_no_number_is_in_the_files(theft: Theft) -> None:
    assert len(theft.numbers) == CHILDREN
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
        for table in (Table.BIRTH, Table.ENTRY, Table.RECORD, Table.NUMBER, Table.SEALED, Table.LEXICON, Table.REVIEW):
            for _, value in await view.scan(table, b"", b"", 100_000):
                for start in range(0, len(value) - 12, 4):
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
