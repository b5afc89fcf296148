"""Which names are in use in which community: own lists, lists of common names by country, and other spellings."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from childindex.linkage.names import fold_name

_HERE = Path(__file__).parent
TABLES = _HERE.parents[1] / "src" / "childindex" / "linkage" / "tables"
_FLAT = 5  # ranks by which the commonest names are held down: the first of a list is not twice as common as the second
_BORROWED = 0.35  # of the forenames of a community are those of others that draw on one stock
_SPELLED = 0.5  # the weight of another spelling of a listed name
PARTS = ("girls", "boys", "surnames", "surnames_girls", "surnames_boys")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Listed:
    """One community as its lists tell it: a first guess of its share of all children, the part of them who bear
    forenames of its own (`own`), the part of those who bear its names and belong to it (`forenames_kept`,
    `surnames_kept`), and the relative frequency of its names."""

    share: float
    own: float
    forenames_kept: float
    surnames_kept: float
    forenames: Weights
    surnames: Weights


def shares(table: str) -> dict[str, float]:
    """A frequency table that the model ships: name -> share of all children."""
    return {name: float(share) for name, share in _rows(table)}


def listed() -> tuple[list[Listed], frozenset[str], frozenset[str]]:
    """The communities, and the forenames and surnames that nearly everybody bears as well.

    Where some surnames are borne by one sex, its girls and boys are two communities.
    """
    main, *others = tomllib.loads((_HERE / "names.toml").read_text(encoding="utf-8"))["communities"]
    common = _common()
    spellings = {"forenames": _spellings("forename"), "surnames": _spellings("surname")}
    forenames = frozenset([*_names(main, "girls"), *_names(main, "boys")])
    every: list[dict[str, list[str]]] = []
    for each in others:
        abroad = {part: [common[country, part] for country in each["countries"].split()] for part in PARTS}
        every.append({part: _ranked([_names(each, part), *abroad[part]]) for part in PARTS})
    for kind, parts in (("forenames", PARTS[:2]), ("surnames", PARTS[2:])):
        own = {name for lists in every for part in parts for name in lists[part]}
        spellings[kind] = {name: found - own for name, found in spellings[kind].items()}  # a name of its own elsewhere
    found: list[Listed] = []
    stocks: list[frozenset[int]] = []
    for each, lists in zip(others, every, strict=True):
        found += _by_sex(each, lists, spellings)
        stocks += [frozenset(each.get("stocks", ()))] * (len(found) - len(stocks))
    found = [_borrowing(at, found, stocks) for at in range(len(found))]
    return found, forenames, frozenset(_names(main, "surnames"))


def _borrowing(at: int, communities: Sequence[Listed], stocks: Sequence[frozenset[int]]) -> Listed:
    """The community with forenames of those that draw on one stock with it, by their size."""
    mine = communities[at]
    others = [each for each, stock in zip(communities, stocks, strict=True) if stock & stocks[at] and each is not mine]
    whole = sum(each.share for each in others)
    if not whole:
        return mine
    forenames = {name: (1 - _BORROWED) * weight for name, weight in mine.forenames.items()}
    for each in others:
        for name, weight in each.forenames.items():
            forenames[name] = forenames.get(name, 0.0) + _BORROWED * each.share / whole * weight
    return replace(mine, forenames=forenames)


def _by_sex(
    each: Mapping[str, Any], lists: Mapping[str, list[str]], spellings: Mapping[str, Mapping[str, set[str]]]
) -> Iterator[Listed]:
    kept = each.get("own", 0.8), each.get("forenames_kept", 0.97), each.get("surnames_kept", 0.9)
    if not (lists["surnames_girls"] or lists["surnames_boys"]):
        halves = [_weights(lists[part], spellings["forenames"]) for part in ("girls", "boys")]
        forenames = {name: sum(half.get(name, 0.0) for half in halves) / 2 for half in halves for name in half}
        yield Listed(each["share"], *kept, forenames, _weights(lists["surnames"], spellings["surnames"]))
        return
    for sex in ("girls", "boys"):
        surnames = [*lists[f"surnames_{sex}"], *lists["surnames"]]
        yield Listed(
            each["share"] / 2,
            *kept,
            _weights(lists[sex], spellings["forenames"]),
            _weights(surnames, spellings["surnames"]),
        )


def _ranked(lists: Sequence[Sequence[str]]) -> list[str]:
    """The names of several lists by the best rank that each has in any of them."""
    ranks: dict[str, int] = {}
    for each in lists:
        for rank, name in enumerate(dict.fromkeys(each)):
            ranks[name] = min(rank, ranks.get(name, rank))
    return sorted(ranks, key=ranks.__getitem__)


def _weights(names: Sequence[str], spellings: Mapping[str, set[str]]) -> Weights:
    """Relative frequencies by rank, summing to 1; other spellings of a name that is listed are in use as well."""
    weights: dict[str, float] = {}
    for rank, name in enumerate(dict.fromkeys(names)):
        weights[name] = 1 / (rank + _FLAT)
    for name, weight in list(weights.items()):
        for other in spellings.get(name, ()):
            if other not in names:
                weights[other] = max(weights.get(other, 0.0), _SPELLED * weight)
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def _names(table: Mapping[str, Any], part: str) -> list[str]:
    return [fold_name(name.replace("_", " ")) for name in str(table.get(part, "")).split()]


def _common() -> defaultdict[tuple[str, str], list[str]]:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    with (_HERE / "common_names.csv").open(encoding="utf-8") as file:
        for country, part, name in list(csv.reader(file))[1:]:
            found[country, part].append(name)
    return found


def _spellings(kind: str) -> Mapping[str, set[str]]:
    """Name -> its other spellings, by the tables that the model ships."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    lines = (TABLES / f"{kind}_spellings.csv").read_text(encoding="utf-8").splitlines()
    groups = [line.split(",") for line in lines]
    if kind == "forename":
        groups += [list(row) for row in _rows("forename_sounds.csv")]
    for group in groups:
        for one, other in permutations(group, 2):
            found[one].add(other)
    return found


def _rows(table: str) -> Iterator[tuple[str, str]]:
    for line in (TABLES / table).read_text(encoding="utf-8").splitlines()[1:]:
        name, _, value = line.rpartition(",")
        yield name, value
