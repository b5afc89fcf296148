"""A custodian's extract while it is being written: its children, and the draws that decide which error befalls whom.

Every error is drawn by one uniform number against the stated rates of its field (so at most one error a field), over
all records at once; only the records hit are then visited one by one.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from itertools import accumulate

import numpy as np

from bench.population import customs
from bench.population.draws import Draws, Floats, Ints
from bench.population.profiles import Profile
from bench.population.truth import Truth

_YEAR = 365.2425


class Sheet:
    """The children on record, in the order of the rows. `errors` tells the kind of error of each row, by field."""

    def __init__(self, truth: Truth, profile: Profile, today: date, seed: int, *, customs: bool = False) -> None:
        self.truth, self.profile, self.today, self.customs = truth, profile, today, customs
        self._seed = seed
        self.child = self._members()
        self.rows: list[int] = self.child.tolist()
        self.unborn = truth.birth[self.child] > today.toordinal()
        self.errors: dict[str, list[str]] = {}

    def draws(self, purpose: str) -> Draws:
        """The stream of this custodian for a purpose."""
        return Draws(self._seed, self.profile.id, purpose)

    def _members(self) -> Ints:
        """The children on record in no order, a few of them twice."""
        draws = self.draws("coverage")
        count = len(self.truth.birth)
        days = self.today.toordinal() - self.truth.birth
        share = np.where(days < 0, self.profile.unborn, 0.0)
        for lowest, highest, covered in self.profile.coverage:
            share = np.where((days >= lowest * _YEAR) & (days < highest * _YEAR), covered, share)
        once = np.flatnonzero(draws.uniform(count) < share)
        twice = once[draws.uniform(len(once)) < self.profile.duplicates]
        every = np.concatenate([once, twice])
        return every[draws.order(len(every))]

    def kinds(self, field: str, rates: Mapping[str, float]) -> list[str]:
        """The error drawn for each row, "" for none; the caller drops those that cannot happen."""
        names = np.array([*rates, ""], dtype=object)
        reached = np.cumsum(list(rates.values()))
        assert reached[-1] <= 1.0, f"{self.profile.id}: rates of {field} exceed 1"
        uniform = self.draws(f"{field} errors").uniform(len(self.rows))
        kinds: list[str] = names.take(np.searchsorted(reached, uniform, side="right")).tolist()
        self.errors[field] = kinds
        return kinds

    def of_children(self, purpose: str) -> Draws:
        """The stream for a purpose that all custodians share: what is the child's, not the clerk's."""
        return Draws(self._seed, purpose)

    def customs_drawn(self) -> list[str]:
        """The custom of writing drawn for each row by the child's origin, "" for none."""
        uniform = self.draws("customs").uniform(len(self.rows)).tolist()
        reached = [tuple(accumulate(customs.rates().get(name, {}).values())) for name in self.truth.origins]
        kinds = [(*customs.rates().get(name, {}), "") for name in self.truth.origins]
        origins = self.truth.origin[self.child].tolist()
        return [kinds[origin][bisect_right(reached[origin], u)] for origin, u in zip(origins, uniform, strict=True)]

    def hit(self, purpose: str, kinds: list[str]) -> list[tuple[int, Floats]]:
        """The rows with an error, each with four uniform numbers."""
        hit = [row for row, kind in enumerate(kinds) if kind]
        uniform = self.draws(purpose).uniform(4 * len(hit)).reshape(-1, 4)
        return list(zip(hit, uniform, strict=True))


def one(made: tuple[str, ...], uniform: float, otherwise: str) -> str:
    """One of the outcomes, or what there was before when there are none."""
    return made[int(uniform * len(made))] if made else otherwise
