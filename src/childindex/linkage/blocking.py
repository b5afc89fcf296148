"""Blocking: the keys a record writes, and by which it is proposed as a candidate.

The same function serves both sides, so what one record asserts is what another can be found by. A key is
(rule, parts); whoever stores it hashes it. The whole birth date is not a key: it is scanned (`births`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from childindex.linkage.normalise import Record
from childindex.linkage.specification import Aspect, PartShape, RuleShape

Key = tuple[str, tuple[str, ...]]

_MAX_KEYS = 12  # per rule and record: a record with many surnames does not fill the index


@dataclass(frozen=True, slots=True)
class Blocking:
    """Where a record is written and looked for.

    `births` are the complete ISO birth dates to scan, `keys` the blocking keys, `guards` all that a concurrent
    registration of the same child would touch as well: `keys` and the composites with the birth date.
    """

    births: tuple[str, ...]
    keys: tuple[Key, ...]
    guards: tuple[Key, ...]

    def __repr__(self) -> str:
        return f"Blocking({len(self.births)} births, {len(self.keys)} keys, {len(self.guards)} guards)"


def block(record: Record, scan: str, rules: Sequence[RuleShape], guards: Sequence[RuleShape]) -> Blocking:
    """The blocking of a record under a model's rules."""
    births = tuple(value for value in record.of(scan) if not value.endswith("-00")) if scan else ()
    keys = tuple(dict.fromkeys(key for rule in rules for key in _keys(record, rule)))
    more = tuple(dict.fromkeys(key for rule in guards for key in _keys(record, rule)))
    return Blocking(births, keys, keys + more)


def _keys(record: Record, rule: RuleShape) -> Iterator[Key]:
    values = [_part(record, part) for part in rule.parts]
    for parts in islice(product(*values), _MAX_KEYS):
        yield rule.name, (*sorted(parts[: rule.unordered]), *parts[rule.unordered :])


def _part(record: Record, part: PartShape) -> tuple[str, ...]:
    seen = (aspect for field in part.fields for value in record.of(field) for aspect in _aspects(value, part.aspect))
    return tuple(dict.fromkeys(aspect for aspect in seen if aspect))


def _aspects(value: str, aspect: Aspect) -> tuple[str, ...]:
    """What a key sees of a value; nothing where the value does not have it (the month of "2015-00-00")."""
    match aspect:
        case "value":
            return (value,)
        case "tokens":
            return tuple(token for token in value.split() if len(token) > 1)
        case "initial":
            return (value[:1],)
        case "year":
            return (value[:4],)
        case "month":
            return () if value[5:7] == "00" else (value[:7],)
        case "month_day":
            return () if "00" in (value[5:7], value[8:]) else (value[5:],)
        case "swap":
            return _swap(value)


def _swap(value: str) -> tuple[str, ...]:
    """The date with day and month in order of size: equal for a date and its swapped form; none where no swap is."""
    year, month, day = value.split("-")
    if month == day or "00" in (month, day) or day > "12":
        return ()
    return (f"{year} {min(month, day)} {max(month, day)}",)
