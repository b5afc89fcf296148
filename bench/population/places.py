"""Where families live: postcodes around one town, or all over England when there are many of them.

A postcode of the population is a *base* (a real sector's postcode from the table) and a *unit*: unit 0 is the base
itself, the others are its sector with another pair of letters. So density stays that of England (about four families
with children to a postcode) at any size, and a move to a near base is a near move.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bench.population.draws import Draws, Floats, Ints
from bench.population.tables import postcodes

FAMILIES_PER_POSTCODE = 4.0
NEAR = 12  # bases that count as near, the own one among them
NEAR_SHARE = 0.7  # of moves
HOUSES = 60  # numbers in a postcode

_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_TURNED = 0.2  # of mistyped postcodes: two neighbours swapped
_STEP = 37  # coprime with 400: units of a base have different letters


@dataclass(frozen=True, slots=True)
class Places:
    """The postcodes of a population: number = base * units + unit."""

    codes: tuple[str, ...]
    near: np.ndarray[tuple[int, int], np.dtype[np.int64]]  # bases x NEAR
    units: int

    @property
    def bases(self) -> int:
        """How many sectors there are."""
        return len(self.near)

    @classmethod
    def around(cls, families: int, draws: Draws) -> "Places":
        """As many postcodes as so many families need, nearest to a random centre."""
        table = postcodes()
        wanted = max(NEAR, round(families / FAMILIES_PER_POSTCODE))
        units = max(1, -(-wanted // len(table)))
        spots = np.array([(place.longitude * 0.61, place.latitude) for place in table])  # cos(52.5 degrees) = .61
        centre = spots[int(draws.below(len(table), 1)[0])]
        nearest = np.argsort(((spots - centre) ** 2).sum(axis=1), kind="stable")[: -(-wanted // units)]
        nearest = np.sort(nearest)
        codes = [code for place in nearest for code in _units(table[int(place)].code, units)]
        return cls(tuple(codes), _neighbours(spots[nearest]), units)

    def draw(self, draws: Draws, count: int) -> Ints:
        """Postcodes, each equally likely."""
        return draws.below(len(self.codes), count)

    def move(self, old: Ints, draws: Draws) -> Ints:
        """Where families from these postcodes move to: NEAR_SHARE to one of the NEAR bases, the others anywhere."""
        count = len(old)
        base = self.near[old // self.units, draws.below(NEAR, count)]
        near = base * self.units + draws.below(self.units, count)
        return np.where(draws.uniform(count) < NEAR_SHARE, near, self.draw(draws, count))

    def move_share(self, old: int, new: int) -> float:
        """The probability that a move from `old` leads to `new`."""
        everywhere = (1 - NEAR_SHARE) / len(self.codes)
        near = int((self.near[old // self.units] == new // self.units).sum())
        return everywhere + NEAR_SHARE * near / (NEAR * self.units)


def uprns(places: Ints, houses: Ints) -> list[str]:
    """A property number of twelve digits for each house; different houses have different ones."""
    serial = places * np.int64(HOUSES) + houses
    return [str(100_000_000_000 + value * 611_953 % 899_999_999_989) for value in serial.tolist()]


def mistyped(code: str, uniform: Floats) -> str:
    """One character of a postcode replaced by another of its kind, or two neighbours swapped (one case in five)."""
    spots, pairs = _spots(code), _turnable(code)
    if pairs and uniform[0] < _TURNED:
        first, second = pairs[int(uniform[1] * len(pairs))]
        return code[:first] + code[second] + code[first + 1 : second] + code[first] + code[second + 1 :]
    place = spots[int(uniform[1] * len(spots))]
    others = _others(code[place])
    return code[:place] + others[int(uniform[2] * len(others))] + code[place + 1 :]


def mistyped_share(code: str, written: str) -> float:
    """The probability that `mistyped` makes `written` of a postcode."""
    wrong = [place for place, (one, other) in enumerate(zip(code, written, strict=False)) if one != other]
    pairs = _turnable(code)
    turned = _TURNED if pairs else 0.0
    if len(code) != len(written) or not wrong:
        return 0.0
    if len(wrong) == 1:
        others = _others(code[wrong[0]])
        return (1 - turned) * (written[wrong[0]] in others) / len(_spots(code)) / len(others)
    first, second = wrong[0], wrong[-1]
    swapped = (
        (first, second) in pairs and len(wrong) == 2 and code[first] + code[second] == written[second] + written[first]
    )
    return turned * swapped / len(pairs) if pairs else 0.0


def _spots(code: str) -> list[int]:
    return [place for place, character in enumerate(code) if character != " "]


def _turnable(code: str) -> list[tuple[int, int]]:
    return [(one, other) for one, other in pairwise(_spots(code)) if code[one] != code[other]]


def _others(character: str) -> list[str]:
    return [other for other in ("0123456789" if character.isdigit() else _LETTERS) if other != character]


def _units(code: str, units: int) -> list[str]:
    sector, pair = code[:-2], code[-2:]
    first = _LETTERS.find(pair[0]) * len(_LETTERS) + _LETTERS.find(pair[1])
    size = len(_LETTERS) ** 2
    numbers = [(first + unit * _STEP) % size for unit in range(1, units)]
    return [code, *(sector + _LETTERS[number // 20] + _LETTERS[number % 20] for number in numbers)]


def _neighbours(
    spots: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """The NEAR nearest bases of each, itself first."""
    near = np.empty((len(spots), NEAR), dtype=np.int64)
    for start in range(0, len(spots), 512):
        part = spots[start : start + 512]
        distance = ((part[:, None, :] - spots[None, :, :]) ** 2).sum(axis=2)
        closest = np.sort(np.argpartition(distance, NEAR - 1, axis=1)[:, :NEAR], axis=1)  # ties: by number
        order = np.argsort(np.take_along_axis(distance, closest, axis=1), axis=1, kind="stable")
        near[start : start + 512] = np.take_along_axis(closest, order, axis=1)
    return near
