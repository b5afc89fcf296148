"""Children whose details crowd: they share communal addresses, and are mostly written as born on the first of January.

Both are real: the postcode of a hostel, or of the office that stands for "no address", holds thousands of children over
the years, and whoever does not know a birth date writes 1 January. Where a child lives follows from its number and the
seed, so all custodians agree on it.
"""

from dataclasses import replace

from bench.population import Row
from childindex.demographics import Demographics, PartialDate

_HOSTELS = 60  # in a nation with 120,000 such children: 2,000 each
_TRUE_DATE, _OTHER_PLACE = 0.10, 0.30  # of their records: the date became known; the family has moved


def crowded(row: Row, record: int, seed: int) -> Demographics:
    """What is written of a row's child, the `record`-th row of all: the hostel, and 1 January of the true year."""
    given = row.demographics
    if given.birth_date and _uniform(seed, record, 1) >= _TRUE_DATE:
        given = replace(given, birth_date=PartialDate(given.birth_date.year, 1, 1))
    if given.postcode and _uniform(seed, record, 2) >= _OTHER_PLACE:
        given = replace(given, postcode=_hostel(int(_uniform(seed, row.child, 3) * _HOSTELS)), uprn="")
    return given


def _hostel(number: int) -> str:
    """The postcode of a hostel: invented, in areas of the large cities."""
    area, place = ("B", "M", "LS", "E", "SE", "CR", "TN", "CT")[number % 8], number // 8
    return f"{area}{1 + place % 9} {1 + place % 8}{'ABDE'[place % 4]}{'FGHJ'[number % 4]}"


def _uniform(seed: int, number: int, stream: int) -> float:
    """A number in [0, 1) that follows from these (a mixing function: splitmix64)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xBF58476D1CE4E5B9 + stream * 0x94D049BB133111EB) & (2**64 - 1)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = ((mixed ^ (mixed >> shift)) * factor) & (2**64 - 1)
    return ((mixed ^ (mixed >> 31)) >> 11) / 2**53
