"""How well records were linked, against the truth that only the generator knows."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Record = tuple[str, str]  # custodian, local id


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts: of records, children and numbers; of pairs of records of one child in truth, under one number, and both.

    `known` counts how often a custodian had a child that an earlier one had made known, `recognised` how often its
    record then got a number that the child had.
    """

    records: int
    children: int
    numbers: int
    true_pairs: int
    linked_pairs: int
    right_pairs: int
    known: int
    recognised: int

    @property
    def precision(self) -> float:
        """Of the pairs under one number, the share that are of one child."""
        return self.right_pairs / self.linked_pairs if self.linked_pairs else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs of one child, the share under one number."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0


def truth(path: Path) -> dict[Record, int]:
    """The child of each record."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["custodian"], row["local_id"]): int(row["child"]) for row in csv.DictReader(file)}


def measure(numbers: Mapping[Record, str], child_of: Mapping[Record, int], custodians: Sequence[str]) -> Quality:
    """Hold the numbers against the truth; records that have no number do not count. Custodians in order of loading."""
    known = [(number, child_of[record]) for record, number in numbers.items()]
    again = list(_again(numbers, child_of, custodians))
    return Quality(
        records=len(known),
        children=len({child for _, child in known}),
        numbers=len({number for number, _ in known}),
        true_pairs=_pairs(child for _, child in known),
        linked_pairs=_pairs(number for number, _ in known),
        right_pairs=_pairs(known),
        known=len(again),
        recognised=sum(again),
    )


def _again(numbers: Mapping[Record, str], child_of: Mapping[Record, int], custodians: Sequence[str]) -> Iterator[bool]:
    """For each child of a custodian that an earlier one had made known: whether a record got a number it had."""
    had: dict[int, set[str]] = defaultdict(set)
    for custodian in custodians:
        now: dict[int, set[str]] = defaultdict(set)
        for record, number in numbers.items():
            if record[0] == custodian:
                now[child_of[record]].add(number)
        yield from (bool(had[child] & given) for child, given in now.items() if child in had)
        for child, given in now.items():
            had[child] |= given


def _pairs(groups: Iterable[object]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())
