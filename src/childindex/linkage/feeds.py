"""Feeds: how likely the child of a record is in the index, before anything is looked at.

Known of a record are the kinds of custodian whose records are in, and the child's age. A child is in the index if any
of them has a record of it; near 0 for the newborn, whom only the notification of the birth tells, near 1 for a pupil
who changes school. No record is looked at, so neither the order of arrival nor a hidden child moves it.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field, field_validator

from childindex.linkage.record_shapes import Probability, Shape

Band = tuple[float, float, Probability]  # from an age in years, below another, the share of these children


class FeedsShape(Shape):
    """What feeds cover. `covered`: by kind of custodian, the share of children of an age of whom it holds a record.

    `again` is the chance that a custodian has itself sent a record of the child before, `wrong` that the birth date is:
    an age told so is no better than one untold, which is taken to be `untold` years, and one beyond `oldest` is that.
    No more than `most` is ever claimed: who is on none of two lists is likelier than their shares tell.
    """

    covered: Mapping[str, tuple[Band, ...]] = Field(default_factory=dict)
    again: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    wrong: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    most: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    untold: float = 0.0
    oldest: float = float("inf")

    @field_validator("covered")
    @classmethod
    def _in_order(cls, covered: Mapping[str, tuple[Band, ...]]) -> Mapping[str, tuple[Band, ...]]:
        for bands in covered.values():
            ends = [end for first, below, _ in bands for end in (first, below)]
            if ends != sorted(ends):
                raise ValueError(
                    "ages: each band from its lower age to its higher, the younger first, none beside another"
                )
        return covered

    def indexed(self, kinds: Iterable[str], age: float | None) -> float:
        """P(the index knows the child): the child of a record whose custodian is of none of these loaded `kinds`.

        `age` in years, below 0 before birth, None where no birth date is told. Kinds are taken to miss children
        independently: the share is 1 - product of (1 - share).
        """
        loaded = sorted(set(kinds))
        share = self._share(loaded, self.untold if age is None else min(age, self.oldest))
        share += self.wrong * (self._share(loaded, self.untold) - share)
        return min(1.0 - (1.0 - share) * (1.0 - self.again), self.most)

    def _share(self, kinds: Iterable[str], age: float) -> float:
        missing = 1.0
        for kind in kinds:
            missing *= 1.0 - next((s for first, below, s in self.covered.get(kind, ()) if first <= age < below), 0.0)
        return 1.0 - missing
