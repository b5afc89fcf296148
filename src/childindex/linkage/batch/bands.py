"""Calibration: by band of P, what was said and what is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from childindex.linkage.batch.agreement import Bools
from childindex.linkage.batch.patterns import Floats

BANDS = (0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 0.999, 1.0)
_Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs whose P is from `low` up to `high`: how many, their mean P, the share that is true, its 95 % interval."""

    low: float
    high: float
    count: int
    predicted: float
    true: float
    least: float
    most: float


def calibration(chances: Floats, true: Bools, bands: Sequence[float] = BANDS) -> tuple[Band, ...]:
    """By band of P, what was said and what is true; bands without pairs are left out."""
    places = np.clip(np.searchsorted(bands, chances, side="right") - 1, 0, len(bands) - 2)
    result = []
    for place in range(len(bands) - 1):
        here = places == place
        count = int(here.sum())
        if count:
            right = int(true[here].sum())
            low, high = wilson(right, count)
            said = float(chances[here].mean())
            result.append(Band(bands[place], bands[place + 1], count, said, right / count, low, high))
    return tuple(result)


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    share, spread = right / count, _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / count + spread / count / 4) / (1 + spread)
    # exactly 0 and 1 where they are: a P of 1 is not outside by the dust of adding
    return max(0.0, middle - half) if right else 0.0, min(1.0, middle + half) if right < count else 1.0
