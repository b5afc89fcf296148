"""Small helpers to write records of invented children and to match them."""

from collections.abc import Sequence
from hashlib import blake2b

from childindex import linkage
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.linkage import Candidate, Features, Match, Model, ProfileRow


def code(kind: str, value: str) -> int:
    """A code as a vault would make it."""
    return int.from_bytes(blake2b(f"{kind}\x00{value}".encode(), digest_size=8).digest(), "little")


def child(given: str = "Oliver", family: str = "Braithwaite", born: str = "2014-05-17", **more: object) -> Demographics:
    """An invented child."""
    year, month, day = map(int, born.split("-")) if born else (0, 0, 0)
    details: dict[str, object] = {"postcode": "ZE1 1AA", "sex": Sex.MALE, **more}
    return Demographics(given_name=given, family_name=family, birth_date=PartialDate(year, month, day), **details)  # type: ignore[arg-type]  # by keyword


def features(model: Model, demographics: Demographics) -> Features:
    """The features of a record."""
    return model.features(model.normalise(linkage.children.source(demographics, test_range=True)), code)


def candidate(model: Model, entry: int, *records: Demographics, source: int = 0, active: bool = True) -> Candidate:
    """An entry with these records, as a store would give it: codes only."""
    rows = tuple(
        ProfileRow(slot, active, source, Features.decode(features(model, record).encode()))
        for slot, record in enumerate(records)
    )
    return Candidate(entry, rows, ("birth_date",))


def strings(model: Model, records: Sequence[Demographics]) -> dict[int, str]:
    """The lexicon of these records."""
    return {at: value for record in records for at, (_, value) in features(model, record).strings.items()}


def match(model: Model, query: Demographics, *entries: Sequence[Demographics], **more: float) -> Match:
    """Match a record among entries 1, 2, ... with these records; every string is known."""
    candidates = [candidate(model, number, *records) for number, records in enumerate(entries, start=1)]
    lexicon = strings(model, [record for records in entries for record in records])
    return model.inquire(features(model, query), candidates, **more).match(lexicon)  # type: ignore[arg-type]  # source, indexed


def levels(found: Match) -> dict[str, str]:
    """The level that each comparison of the best candidate reached."""
    return {line.comparison: line.level for line in found.scored[0].comparisons}
