"""Random pairs, the same for the same records in whatever order they come; and all pairs of a small file."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from childindex.linkage.batch.pairs import Pairs, every_pair, possible
from childindex.linkage.batch.table import Ints, Table, Vocabulary

_SEED = 20_190_501


def canonical(
    vocabulary: Vocabulary, tables: Sequence[Table], labels: Sequence[Sequence[str]] | None = None
) -> list[Ints]:
    """By file an order of the records that depends on what they say alone; equal records are interchangeable.

    Where they have labels, equal records of two entities are not: they are ordered by what all records of their
    entity say, and entities that say the same by their label, one way in all files.
    """
    values = [_said(vocabulary, table) for table in tables]
    if labels is None:
        return [np.argsort(value, kind="stable") for value in values]
    names, of = np.unique([label for each in labels for label in each], return_inverse=True)
    whole = np.zeros(len(names), dtype=np.uint64)
    np.add.at(whole, of, np.concatenate(values))  # modulo 2^64: no order of adding matters
    entities = np.split(of, np.cumsum([len(each) for each in labels])[:-1])
    return [np.lexsort((entity, whole[entity], value)) for entity, value in zip(entities, values, strict=True)]


def equal_records(vocabulary: Vocabulary, table: Table) -> Ints:
    """By record a number that it shares with the records that say the same in all fields."""
    found: Ints = np.unique(_said(vocabulary, table), return_inverse=True)[1].astype(np.int64)
    return found


def _said(vocabulary: Vocabulary, table: Table) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A number of what each record says in all fields."""
    value = np.zeros(table.count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place, column in enumerate(table.columns):
            digests = np.array([0, *map(_digest, vocabulary.strings(place))], dtype=np.uint64)
            for slot in range(column.shape[1]):
                value = (value ^ digests[column[:, slot] + 1]) * np.uint64(0x9E3779B97F4A7C15)
                value ^= value >> np.uint64(29)
    return value


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def random_pairs(left: int, right: int | None, most: int) -> Pairs:
    """Distinct random pairs within a file of `left` records or between two; all of them where there are few enough."""
    if possible(left, right) <= most:
        return every_pair(left, right)
    draw = np.random.Generator(np.random.PCG64(_SEED))
    one = draw.integers(0, left, most)
    other = draw.integers(0, left if right is None else right, most)
    if right is None:
        one, other = np.minimum(one, other), np.maximum(one, other)
        one, other = one[one < other], other[one < other]
    width = left if right is None else right
    pairs = np.unique(one * width + other)
    return Pairs(pairs // width, pairs % width, np.zeros(len(pairs), dtype=np.int64), (), left, right)
