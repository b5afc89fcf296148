"""Two comparisons that are not independent: what an agreement in a forename and in a surname says less than both alone.

Under "unrelated" a pair of names is as frequent as those who bear both (`communities`), not as the product of two
frequencies. So the bits by which the pair is commoner than that are taken from the weight of every class: all are held
against the unrelated. Kin are weighed against the same, and share the surname; that parents give one forename twice is
no likelier in one community than in another, so that nothing else changes for them.

It is the stranger who becomes likelier by it, and no candidate against another: of twins, whose surname is one, the one
whose forename the record bears is as far before the other as the forename alone says. So it is taken wherever the
surname agrees by any level but the last and there is a forename to compare, whatever that one says; and it is the most
that the names of either record say, so that a row farther from the query is never surer for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from childindex.errors import StoreDamaged
from childindex.linkage.communities import Communities
from childindex.linkage.compiled import Comparison, millibits
from childindex.linkage.features import Codes
from childindex.linkage.prepared import NULL, Names

_CACHE = 1 << 16  # pairs of codes remembered before it starts afresh
_QUERY = 1 << 13  # more than any one query adds

Strings = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Together:
    """The two comparisons by place, and by place the fields that hold their names; bits by pair of codes so far."""

    first: int
    second: int
    fields: tuple[int, int]
    communities: Communities
    comparisons: tuple[Comparison, ...]
    seen: dict[tuple[int, int], int]

    @classmethod
    def of(cls, names: tuple[str, str], comparisons: Sequence[Comparison], communities: Communities) -> "Together":
        """For two comparisons by name; their names stand in the fields that each compares first."""
        places = [next(at for at, each in enumerate(comparisons) if each.shape.name == name) for name in names]
        first, second = (comparisons[at].compares[0][0] for at in places)
        return cls(places[0], places[1], (first, second), communities, tuple(comparisons), {})

    def bits(self, first: str, second: str) -> int:
        """What is to be taken for a forename and a surname, in millibits."""
        return millibits(self.communities.bits(first, second))

    def asked(self, codes: Codes, strings: Strings) -> Names:
        """The query's names, as far as their strings are known."""
        first, second = (codes[field] for field in self.fields)
        texts = {code: strings[code][1] for code in (*first, *second) if code in strings}
        pairs = [(texts[one], texts[other]) for one in first for other in second if one in texts and other in texts]
        return Names(first, second, texts, max([self.bits(*pair) for pair in pairs], default=0))

    def wants(self, asked: Names, row: Codes) -> list[int]:
        """Codes of the row whose strings are needed."""
        first, second = (row[field] for field in self.fields)
        if first == asked.first and second == asked.second:
            return []
        seen = self._lasting()
        unknown = [(one, other) for one in first for other in second if (one, other) not in seen]
        return [code for pair in unknown for code in pair if code not in asked.texts]

    def told(self, asked: Names, row: Codes, strings: Mapping[int, str]) -> int:
        """The most that the names of either say, in millibits. Raises `StoreDamaged` when a string is missing."""
        first, second = (row[field] for field in self.fields)
        if first == asked.first and second == asked.second:
            return asked.bits
        found = asked.bits
        for one in first:
            for other in second:
                bits = self.seen.get((one, other))
                if bits is None:
                    bits = self.bits(_text(one, asked, strings), _text(other, asked, strings))
                    if len(self.seen) >= _CACHE:
                        self.seen.clear()
                    self.seen[one, other] = bits
                found = max(found, bits)
        return found

    def taken(self, levels: Sequence[int], told: int) -> int:
        """What is taken from every class, where the second comparison agrees; a level of the first may count it too."""
        mine, theirs = levels[self.first], levels[self.second]
        if not told or mine == NULL or theirs == self.comparisons[self.second].last:
            return 0
        covered = self.second in self.comparisons[self.first].covers.get(mine, ())
        return told if theirs != NULL or covered else 0

    def _lasting(self) -> Mapping[tuple[int, int], int]:
        """What is remembered, and still will be when a query is finished."""
        return self.seen if len(self.seen) < _CACHE - _QUERY else {}


def _text(code: int, asked: Names, strings: Mapping[int, str]) -> str:
    found = asked.texts.get(code) or strings.get(code)
    if found is None:
        raise StoreDamaged("the lexicon lacks a name that a comparison needs")
    return found
