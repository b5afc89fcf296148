"""The narrow row of a record, and the filter that looks at a whole birth date of them.

Eight 16-bit codes a row; 0 is a missing value and equals nothing. The filter only drops rows that are unlike the
query; whatever survives is compared in full. One likeness is enough: of the forename, the surname or the place.
Where very many share one (on the first of January, written for "unknown"), another of a different kind is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

WIDTH = 8
_LOW = 0xFFFF

# (query column, row column), by kind of likeness: forenames, their skeletons and the first middle name; surnames, their
# skeletons and the other surname (carer's, former); the postcode; the outcode. A name in the other's place is of the
# kind that it is in the query.
_FORENAME = ((0, 0), (2, 2), (0, 1), (0, 6), (6, 0), (6, 6))
_SURNAME = ((1, 1), (3, 3), (1, 0), (7, 1), (1, 7), (7, 7))
_POSTCODE = ((4, 4),)
_OUTCODE = ((5, 5),)
PAIRS = (*_FORENAME, *_SURNAME, *_POSTCODE, *_OUTCODE)
AKIN = 0  # the column of rows where a name akin to one of the query's counts as its forename

_Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Scanned:
    """Indexes of the rows that a scan keeps, in order; `dense` where one likeness was not enough."""

    rows: list[int]
    dense: bool


def narrow_code(codes: tuple[int, ...]) -> int:
    """Sixteen bits of a field's first code; 0 only where there is none."""
    return (codes[0] & _LOW) or 1 if codes else 0


def narrow_filter(query: Sequence[int], rows: bytes, *, cap: int, row_size: int = 26, offset: int = 10) -> Scanned:
    """The rows that share a value with the query, and one of another kind too where more than `cap` share that one.

    `query` is a narrow row, followed by the narrow codes of names akin to its own: a row may bear any as its forename.
    `rows` holds whole rows of `row_size` bytes, whose eight little-endian codes start at `offset`.
    """
    count = len(rows) // row_size
    if not count:
        return Scanned([], False)
    columns = np.ndarray((WIDTH, count), dtype="<u2", buffer=rows, offset=offset, strides=(2, row_size))
    kinds = [_alike(query, columns, pairs) for pairs in (_FORENAME, _SURNAME, _POSTCODE, _OUTCODE)]
    if len(query) > WIDTH:
        looked_for = np.zeros(_LOW + 1, dtype=bool)  # by code: quicker than a search of each
        looked_for[list(query[WIDTH:])] = True
        kinds[0] |= looked_for[columns[AKIN]]
    dense = [int(np.count_nonzero(kind)) > cap for kind in kinds]
    found: list[int] = np.flatnonzero(np.logical_or.reduce(_with_second(kinds, dense))).tolist()
    return Scanned(found, any(dense))


def _with_second(kinds: Sequence[_Mask], dense: Sequence[bool]) -> list[_Mask]:
    """Each kind of likeness, where dense only with one of another kind: of forename, surname and place."""
    forename, surname, postcode, outcode = kinds
    place = postcode | outcode
    names = forename | surname
    seconds = (surname | place, forename | place, names, names)
    return [kind & second if many else kind for kind, second, many in zip(kinds, seconds, dense, strict=True)]


def _alike(query: Sequence[int], columns: np.ndarray[Any, Any], pairs: Sequence[tuple[int, int]]) -> _Mask:
    """Which rows agree with the query in any of these pairs of columns."""
    hit = np.zeros(columns.shape[1], dtype=bool)
    for mine, theirs in pairs:
        if query[mine]:
            hit |= columns[theirs] == query[mine]
    return hit
