"""Children whose details crowd: a share of them live in hostels, and are written as born on the first of January.

Both are real: a hostel's postcode holds hundreds of children over the years, and whoever does not know a birth date
writes 1 January. Who is in the crowd follows from the child's number and the seed, so all custodians agree on it.
"""

from dataclasses import dataclass, replace

from bench.population import Row
from childindex.demographics import Demographics, PartialDate

_HOSTELS = 240  # in a nation of 12 million: 500 children each at a share of one in a hundred
_TRUE_DATE, _OTHER_PLACE = 0.10, 0.30  # of their records: the date became known; the family has moved


@dataclass(frozen=True, slots=True)
class Crowd:
    """`share` of the children are in the crowd."""

    seed: int
    share: float

    def holds(self, child: int) -> bool:
        """Whether a child is in the crowd."""
        return self.share > 0 and _uniform(self.seed, child, 0) < self.share

    def written(self, row: Row, record: int) -> Demographics:
        """What is written of a row's child: of the crowd mostly the hostel, and 1 January of the true year."""
        given = row.demographics
        if not self.holds(row.child):
            return given
        if given.birth_date and _uniform(self.seed, record, 1) >= _TRUE_DATE:
            given = replace(given, birth_date=PartialDate(given.birth_date.year, 1, 1))
        if given.postcode and _uniform(self.seed, record, 2) >= _OTHER_PLACE:
            given = replace(given, postcode=_hostel(int(_uniform(self.seed, row.child, 3) * _HOSTELS)), uprn="")
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
