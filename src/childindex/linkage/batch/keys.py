"""Blocking keys of a whole file: 64-bit hashes by rule, the same keys as `blocking.block` gives one record.

A key is hashed with the number of its rule and the numbers of its parts, so only keys of one rule meet. Two of some
ten million keys fall together by chance with probability 3e-6; a pair too many is scored like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from childindex.linkage.batch.table import Ints, Table, Vocabulary
from childindex.linkage.blocking import MAX_KEYS
from childindex.linkage.model import Model
from childindex.linkage.narrow import AKIN, PAIRS
from childindex.linkage.record_shapes import Aspect

SCAN = "birth_date_scan"

_MOST_ASKED = 1 << 10  # names akin to those of a record: all of them

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Part = tuple[
    tuple[int, ...], Aspect | Literal["akin"], bool
]  # places of fields, aspect, whether only the first value counts


@dataclass(frozen=True, slots=True)
class KeyRule:
    """A rule of the whole file: its name, whether postings are capped, and keys of `parts`, `unordered` ones sorted.

    `asked` takes the place of `parts` for the records that ask, whose names are looked for with all that are akin.
    `fields` are all that its keys look at: what a comparison must not look at to be estimated within its pairs.
    """

    name: str
    capped: bool
    unordered: int
    parts: tuple[Part, ...]
    asked: tuple[Part, ...] = ()

    @property
    def fields(self) -> tuple[int, ...]:
        """Places of the fields that the keys look at."""
        return tuple(dict.fromkeys(place for places, _, _ in self.parts for place in places))


@dataclass(frozen=True, slots=True)
class Postings:
    """Keys of one rule in order of hash, and the record that each belongs to; a record posts a key once."""

    hashes: Hashes
    records: Ints


def key_rules(model: Model) -> tuple[tuple[str, tuple[KeyRule, ...]], ...]:
    """By name of rule, its keys. The scan of birth dates is one rule with a key for each pair of narrow columns."""
    place = {name: index for index, name in enumerate(model.shape.fields)}
    rules = tuple(
        (
            rule.name,
            (
                KeyRule(
                    rule.name,
                    True,
                    rule.unordered,
                    tuple((tuple(place[name] for name in fields), aspect, False) for fields, aspect in rule.parts),
                ),
            ),
        )
        for rule in model.rules
    )
    return ((SCAN, _scan(model, place)), *rules) if model.shape.scan and model.shape.narrow else rules


def _scan(model: Model, place: dict[str, int]) -> tuple[KeyRule, ...]:
    """The narrow filter as keys: the whole date with either column of each pair that it compares."""
    narrow, born = [place[name] for name in model.shape.narrow], place[model.shape.scan]
    pairs = {tuple(sorted(pair)) for pair in PAIRS if max(pair) < len(narrow)}
    crossed = {column for pair in pairs for column in pair if len(set(pair)) > 1}
    kept = sorted(pair for pair in pairs if len(set(pair)) > 1 or pair[0] not in crossed)
    day: Part = ((born,), "date", False)
    rules = [
        KeyRule(SCAN, False, 0, (day, (tuple(dict.fromkeys(narrow[c] for c in pair)), "value", True))) for pair in kept
    ]
    if model.shape.akin:
        akin = tuple(place[name] for name in model.shape.akin)
        rules.append(KeyRule(SCAN, False, 0, (day, ((narrow[AKIN],), "value", True)), (day, (akin, "akin", False))))
    return tuple(rules)


def postings(vocabulary: Vocabulary, table: Table, rule: KeyRule, number: int, *, asked: bool = False) -> Postings:
    """The keys that the records of a table post under a rule, or are looked for by where `asked`.

    `number` tells the rule's keys from those of other rules.
    """
    chosen, most = (rule.asked, _MOST_ASKED) if asked and rule.asked else (rule.parts, MAX_KEYS)
    parts = [_part(vocabulary, table, part) for part in chosen]
    starts = [np.concatenate([[0], np.cumsum(counts)]) for counts, _ in parts]
    whole = np.ones(table.count, dtype=np.int64)
    for counts, _ in parts:
        whole = np.minimum(whole * counts, most)
    records = np.repeat(np.arange(table.count), whole)
    nth = np.arange(len(records)) - np.repeat(np.cumsum(whole) - whole, whole)
    columns: list[Ints] = []
    for (counts, codes), start in zip(reversed(parts), reversed(starts), strict=True):  # the last part varies fastest
        size = counts[records]
        columns.insert(0, codes[start[records] + nth % size])
        nth = nth // size
    if rule.unordered:
        columns[: rule.unordered] = np.sort(np.stack(columns[: rule.unordered]), axis=0)
    return _distinct(_hashed(number, columns, len(records)), records)


def _part(vocabulary: Vocabulary, table: Table, part: Part) -> tuple[Ints, Ints]:
    """By record how many values a part has, and their numbers one after another; each counts once in a record."""
    places, aspect, first = part
    owners, codes = [], []
    for place in places:
        known = vocabulary.under(place, aspect)
        counts = np.fromiter(map(len, known), dtype=np.int64, count=len(known))
        flat = np.fromiter((code for each in known for code in each), dtype=np.int64, count=int(counts.sum()))
        begin = np.cumsum(counts) - counts
        column = table.columns[place]
        for slot in range(1 if first else column.shape[1]):
            rows = np.flatnonzero(column[:, slot] >= 0)
            values = column[rows, slot]
            size = counts[values]
            owners.append(np.repeat(rows, size))
            within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
            codes.append(flat[np.repeat(begin[values], size) + within])
    owner, code = np.concatenate(owners), np.concatenate(codes)
    if len(owners) > 1 or aspect in {"tokens", "akin"}:
        order = np.argsort(owner, kind="stable")
        owner, code = owner[order], code[order]
        span = int(code.max(initial=0)) + 1
        kept = np.sort(np.unique(owner * span + code, return_index=True)[1])
        owner, code = owner[kept], code[kept]
    return np.bincount(owner, minlength=table.count).astype(np.int64), code


def _hashed(number: int, columns: Sequence[Ints], count: int) -> Hashes:
    with np.errstate(over="ignore"):
        value = np.full(count, _mixed(np.array([number + 1], dtype=np.uint64))[0], dtype=np.uint64)
        for column in columns:
            value = _mixed(value ^ _mixed(column.astype(np.uint64) + np.uint64(1)))
    return value


def _mixed(value: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _distinct(hashes: Hashes, records: Ints) -> Postings:
    order = np.lexsort((records, hashes))
    hashes, records = hashes[order], records[order]
    again = np.zeros(len(hashes), dtype=bool)
    again[1:] = (hashes[1:] == hashes[:-1]) & (records[1:] == records[:-1])
    return Postings(hashes[~again], records[~again])
