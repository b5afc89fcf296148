"""The narrow row of a record, and the filter that looks at a whole birth date of them.

Eight 16-bit codes a row; 0 is a missing value and equals nothing. The filter only drops rows that share no name,
skeleton or postcode with the query; whatever survives is compared in full.
"""

from collections.abc import Sequence

import numpy as np

WIDTH = 8
_LOW = 0xFFFF

# (query column, row column): forename, surname, both skeletons and postcode with their like; forename with surname
# for swapped names; the other surname (carer's, former) with the surname.
PAIRS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (0, 1), (1, 0), (7, 1), (1, 7), (7, 7))


def narrow_code(codes: tuple[int, ...]) -> int:
    """Sixteen bits of a field's first code; 0 only where there is none."""
    return (codes[0] & _LOW) or 1 if codes else 0


def narrow_filter(query: Sequence[int], rows: bytes, row_size: int = 26, offset: int = 10) -> list[int]:
    """Indexes of the rows that share a value with the query, in order.

    `rows` holds whole rows of `row_size` bytes, whose eight little-endian codes start at `offset`.
    """
    count = len(rows) // row_size
    if not count:
        return []
    columns = np.ndarray((WIDTH, count), dtype="<u2", buffer=rows, offset=offset, strides=(2, row_size))
    hit = np.zeros(count, dtype=bool)
    for mine, theirs in PAIRS:
        if query[mine]:
            hit |= columns[theirs] == query[mine]
    found: list[int] = np.flatnonzero(hit).tolist()
    return found
