"""The model that training makes of another: the same file with its figures replaced."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from childindex.linkage.batch.counting import TermCounts
from childindex.linkage.batch.mixture import Mixture, normal
from childindex.linkage.pair_shapes import PairValuesShape
from childindex.linkage.specification import ModelShape

_TRAINED = "+trained."
_DIGITS = 6  # significant ones: what a figure is known to, and more


def with_frequencies(shape: ModelShape, counts: Sequence[TermCounts]) -> ModelShape:
    """The model with counted term frequencies; u of an exact level is the mean of its table, which it must equal."""
    data = shape.model_dump()
    for counted in counts:
        part = data["frequencies"][counted.name]
        part["values"] = {value: _rounded(share) for value, share in counted.listed.items()}
        part["unlisted"], part["mean"] = _rounded(counted.unlisted), _rounded(counted.mean)
        if not part["tables"]:
            part["names"] = ()
    for comparison in data["comparisons"]:
        exact = comparison["levels"][0]
        found = _table_of(shape, exact)
        if found:
            _replace_u(comparison["levels"], data["frequencies"][found]["mean"])
    return ModelShape.model_validate(data)


def with_communities(shape: ModelShape, values: PairValuesShape) -> ModelShape:
    """The model with what its communities have become."""
    return shape.model_copy(update={"pairs": shape.pairs and shape.pairs.model_copy(update={"values": values})})


def with_mixture(shape: ModelShape, mixture: Mixture, whole: "Whole") -> ModelShape:
    """The model with the probabilities of a mixture (u, same, then kin in order), its priors and its version."""
    data = shape.model_dump()
    for place, comparison in enumerate(data["comparisons"]):
        levels = comparison["levels"]
        for name, given in (("u", mixture.u), ("m", mixture.classes[0])):
            for level, share in zip(levels, normal(given[place]).tolist(), strict=True):
                level[name] = _rounded(share)
        for rival, given in zip(shape.kin, mixture.classes[1:], strict=True):
            for level, share in zip(levels, normal(given[place]).tolist(), strict=True):
                level["rivals"][rival.name] = _rounded(share)
        found = _table_of(shape, levels[0])
        if found:
            _replace_u(levels, data["frequencies"][found]["mean"])
    found_of = dict(zip([rival.name for rival in shape.kin], whole.per_child, strict=True))
    for rival in data["rivals"]:
        if rival["name"] in found_of:
            rival["per_child"] = _rounded(max(found_of[rival["name"]], 1e-6))
    data["population"] = max(1, round(whole.population))
    if whole.indexed is not None:
        data["prior"]["indexed"] = _rounded(min(max(whole.indexed, 0.001), 0.999))
    if whole.duplicates is not None:
        data["prior"]["duplicates"] = _rounded(max(whole.duplicates, 1e-6))
    data["version"] = shape.version.partition(_TRAINED)[0]
    mark = blake2b(ModelShape.model_validate(data).model_dump_json().encode(), digest_size=4).hexdigest()
    data["version"] += _TRAINED + mark
    return ModelShape.model_validate(data)


def exact_u(shape: ModelShape) -> dict[int, float]:
    """By place of a comparison: u of its first level where that is the mean of a table of term frequencies."""
    found = {}
    for place, comparison in enumerate(shape.model_dump()["comparisons"]):
        table = _table_of(shape, comparison["levels"][0])
        if table:
            found[place] = min(shape.frequencies[table].mean, 0.999)
    return found


class Whole:
    """What training says of the whole population: its size, the share of records whose entity is known to the other
    side (None where there is no other file), other records of an entity in its file (None where files were taken to
    hold none), and rivals a child."""

    __slots__ = ("duplicates", "indexed", "per_child", "population")

    def __init__(
        self, population: float, indexed: float | None, duplicates: float | None, per_child: Sequence[float]
    ) -> None:
        self.population = population
        self.indexed = indexed
        self.duplicates = duplicates
        self.per_child = tuple(per_child)


def _table_of(shape: ModelShape, level: Mapping[str, Any]) -> str:
    """The table of a level's term frequency where the value itself stands for u."""
    if level["test"] != "equal" or level["frequency"] != 1.0:
        return ""
    tables = {shape.fields[left].frequency for left, _ in level["pairs"]}
    return tables.pop() if len(tables) == 1 else ""


def _replace_u(levels: Sequence[dict[str, Any]], exact: float) -> None:
    """Set u of the first level; the others share what is left, in proportion."""
    exact = min(exact, 0.999)
    rest = sum(level["u"] for level in levels[1:])
    for level in levels[1:]:
        level["u"] = _rounded(level["u"] * (1.0 - exact) / rest) if rest else 0.0
    levels[0]["u"] = _rounded(exact)


def _rounded(value: float) -> float:
    return float(f"{float(value):.{_DIGITS}g}")
