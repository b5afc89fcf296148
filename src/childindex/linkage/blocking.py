"""Blocking: the keys a record writes, and by which it is proposed as a candidate.

The same function serves both sides, so what one record asserts is what another can be found by. A key is
(rule, parts); whoever stores it hashes it. The whole birth date is not a key: it is scanned (`births`).
A key that very many share proposes nobody: `follow` says which keys count, and which second keys take their place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from childindex.linkage.normalise import Record
from childindex.linkage.record_shapes import Aspect, RuleShape

Key = tuple[str, tuple[str, ...]]
Seen = dict[tuple[tuple[str, ...], Aspect], tuple[str, ...]]

MAX_KEYS = 12  # per rule and record: a record with many surnames does not fill the index


@dataclass(frozen=True, slots=True)
class Blocking:
    """Where a record is written and looked for.

    `births` are the complete ISO birth dates to scan, `keys` the blocking keys.
    """

    births: tuple[str, ...]
    keys: tuple[Key, ...]

    def __repr__(self) -> str:
        return f"Blocking({len(self.births)} births, {len(self.keys)} keys)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A blocking rule made ready: its name, how many leading parts are sorted, and each part's fields and aspect.

    `when_capped` is the rule whose capped keys it takes the place of, or empty.
    """

    name: str
    unordered: int
    parts: tuple[tuple[tuple[str, ...], Aspect], ...]
    when_capped: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """Which keys of a query are followed, in their order, and the rules of those that are capped."""

    keys: tuple[bool, ...]
    caps: tuple[str, ...]


def rule(shape: RuleShape) -> Rule:
    """A model's blocking rule made ready."""
    parts = tuple((part.fields, part.aspect) for part in shape.parts)
    return Rule(shape.name, shape.unordered, parts, shape.when_capped)


def follow(rules: Sequence[Rule], counts: Sequence[tuple[str, int]], cap: int) -> Followed:
    """Which of a query's keys to follow, given for each its rule and how many entries share it.

    A key that more than `cap` share proposes nobody: a second part is required, where the model has a rule with one.
    Such a rule is followed there only: its keys lead to some of those whom the first has proposed already.
    """
    capped = {name for name, count in counts if count > cap}
    idle = {rule.name for rule in rules if rule.when_capped and rule.when_capped not in capped}
    keys = tuple(count <= cap and name not in idle for name, count in counts)
    return Followed(keys, tuple(dict.fromkeys(name for name, count in counts if count > cap and name not in idle)))


def block(record: Record, scan: str, rules: Sequence[Rule]) -> Blocking:
    """The blocking of a record under some rules: its keys each once, and the dates of the field to scan, if any."""
    births = tuple(day for value in record.of(scan) for day in _date(value)) if scan else ()
    values = dict(zip(record.fields, record.values, strict=True))
    seen: Seen = {}
    return Blocking(births, tuple(dict.fromkeys([key for rule in rules for key in _keys(values, rule, seen)])))


def _keys(values: Mapping[str, tuple[str, ...]], rule: Rule, seen: Seen) -> list[Key]:
    parts = []
    for part in rule.parts:
        found = seen.get(part)
        if found is None:
            found = seen[part] = _part(values, part)
        if not found:
            return []
        parts.append(found)
    combined = islice(product(*parts), MAX_KEYS)
    if not rule.unordered:
        return [(rule.name, each) for each in combined]
    return [(rule.name, (*sorted(each[: rule.unordered]), *each[rule.unordered :])) for each in combined]


def _part(values: Mapping[str, tuple[str, ...]], part: tuple[tuple[str, ...], Aspect]) -> tuple[str, ...]:
    fields, aspect = part
    see = _ASPECTS[aspect]
    return tuple(dict.fromkeys([seen for field in fields for value in values[field] for seen in see(value)]))


def under(aspect: Aspect, value: str) -> tuple[str, ...]:
    """What a value gives to a key under an aspect: none, one or, for words, several."""
    return _ASPECTS[aspect](value)


def _value(value: str) -> tuple[str, ...]:
    return (value,)


def _tokens(value: str) -> tuple[str, ...]:
    """The words of a name; initials are too common to find anybody by."""
    return tuple(token for token in value.split() if len(token) > 1)


def _initial(value: str) -> tuple[str, ...]:
    return (value[:1],)


def _date(value: str) -> tuple[str, ...]:
    """The date if it is whole."""
    return () if value.endswith("-00") else (value,)


def _year(value: str) -> tuple[str, ...]:
    return (value[:4],)


def _month(value: str) -> tuple[str, ...]:
    return () if value[5:7] == "00" else (value[:7],)


def _month_day(value: str) -> tuple[str, ...]:
    return () if "00" in (value[5:7], value[8:]) else (value[5:],)


def _swap(value: str) -> tuple[str, ...]:
    """The date with day and month in order of size: equal for a date and its swapped form; none where no swap is."""
    year, month, day = value.split("-")
    if month == day or "00" in (month, day) or day > "12":
        return ()
    return (f"{year} {min(month, day)} {max(month, day)}",)


_ASPECTS: Mapping[Aspect, Callable[[str], tuple[str, ...]]] = {
    "value": _value,
    "tokens": _tokens,
    "initial": _initial,
    "date": _date,
    "year": _year,
    "month": _month,
    "month_day": _month_day,
    "swap": _swap,
}
