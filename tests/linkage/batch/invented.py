"""Records of invented people whose errors are known, and a short model for them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from childindex.linkage import Model

SHORT = """
name = "people"
cap = 500
blocking = [
  { name = "born", parts = ["born"] },
  { name = "names", parts = ["first", "last"] },
  { name = "town_first", parts = ["first", "town"] },
  { name = "town_last", parts = ["last", "town"] },
]
[fields]
first = { kind = "name", frequency = "first" }
last = { kind = "name", frequency = "last" }
born = { kind = "date" }
town = { kind = "text", frequency = "town" }
[frequencies]
first = {}
last = {}
town = {}
[[comparisons]]
name = "first"
compares = [["first", "first"]]
levels = [{ test = "equal", frequency = 1.0 }, { test = "similar", at_least = 0.85 }, { test = "else" }]
[[comparisons]]
name = "last"
compares = [["last", "last"]]
levels = [{ test = "equal", frequency = 1.0 }, { test = "similar", at_least = 0.85 }, { test = "else" }]
[[comparisons]]
name = "born"
compares = [["born", "born"]]
levels = [{ test = "equal" }, { test = "date_edit" }, { test = "else" }]
[[comparisons]]
name = "town"
compares = [["town", "town"]]
levels = [{ test = "equal", frequency = 1.0 }, { test = "else" }]
"""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DAYS = 6000


@dataclass(frozen=True)
class People:
    """Two collections of the same people: columns of each, and who each record is."""

    left: dict[str, list[str]]
    right: dict[str, list[str]]
    who_left: list[str]
    who_right: list[str]

    @property
    def together(self) -> dict[str, list[str]]:
        """Both collections as one file."""
        return {name: self.left[name] + self.right[name] for name in self.left}

    @property
    def who(self) -> list[str]:
        return self.who_left + self.who_right


def short_model(directory: Path, text: str = SHORT) -> Model:
    path = directory / "short.toml"
    path.write_text(text)
    return Model.load(path)


def people(count: int, seed: int = 1, overlap: float = 0.7, slips: bool = True) -> People:
    """`count` people; a share of them is in both collections, where each field is retold with errors.

    Without `slips` of the pen a wrong name is another name that people have: what the short model supposes.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    names = [["".join(draw.choice(list(LETTERS), 7)) for _ in range(size)] for size in (150, 400, 60)]
    picked = [draw.choice(len(words), count, p=_zipf(len(words))) for words in names]
    days = draw.integers(0, DAYS, count)
    true = {
        "first": [names[0][at] for at in picked[0]],
        "last": [names[1][at] for at in picked[1]],
        "town": [names[2][at] for at in picked[2]],
        "born": [_day(int(day)) for day in days],
    }
    both = draw.random(count) < overlap
    only = draw.random(count) < 0.5
    here, there = np.flatnonzero(both | only), np.flatnonzero(both | ~only)
    left = {name: [values[at] for at in here] for name, values in true.items()}
    right = {name: [_retold(draw, name, values[at], (true, slips)) for at in there] for name, values in true.items()}
    return People(left, right, [f"p{at}" for at in here], [f"p{at}" for at in there])


def _zipf(size: int) -> np.ndarray:
    weights: np.ndarray = 1.0 / np.arange(1, size + 1)
    shares: np.ndarray = weights / weights.sum()
    return shares


def _day(number: int) -> str:
    return str(np.datetime64("2000-01-01") + np.timedelta64(number, "D"))


def _retold(draw: np.random.Generator, name: str, value: str, among: tuple[dict[str, list[str]], bool]) -> str:
    true, slips = among
    chance = draw.random()
    if chance < 0.04:
        return ""
    if chance < 0.88:
        return value
    if chance < 0.97 and (name == "born" or (slips and name != "town")):
        at = int(draw.integers(1, len(value))) if name != "born" else 9
        symbols = list("0123456789" if name == "born" else LETTERS)
        return value[:at] + str(draw.choice(symbols)) + value[at + 1 :]
    return true[name][int(draw.integers(len(true[name])))]
