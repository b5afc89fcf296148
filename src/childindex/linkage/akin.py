"""Names that a given name may stand for: by whom a record is looked for that bears another form of the name.

Only who looks needs them; nothing is written under them.
"""

from childindex.linkage.comparison import Tables
from childindex.linkage.near_words import SHORTEST

MOST = 24  # names akin to one: Alexander has more
_MEMORY = 1 << 16  # names whose kin are remembered


class Akin:
    """The names akin to a name by the tables of a comparison, remembered: names follow Zipf's law."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._known: dict[str, tuple[str, ...]] = {}

    def __repr__(self) -> str:
        return f"Akin({len(self._known)} names)"

    def of(self, name: str) -> tuple[str, ...]:
        """Known variants, the likeliest first; of a name that nobody bears also those of which it may be a slip."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            found = self._known[name] = self._found(name)
        return found

    def _found(self, name: str) -> tuple[str, ...]:
        shares = self._tables.variants.shares.get(name, {})
        variants = sorted(shares, key=lambda other: (-shares[other], other))
        slip = len(name) >= SHORTEST and not self._tables.neighbours.in_use(name)
        meant = sorted(self._tables.neighbours.within_one(name)) if slip else ()
        return tuple(dict.fromkeys([*variants, *meant]))[:MOST]
