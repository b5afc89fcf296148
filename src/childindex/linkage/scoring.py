"""Scoring one pair of records: the agreement level of every comparison, and the weights that follow.

Strings are wanted only where values differ, a fuzzy level could still be reached, and the pair of codes has not been
compared before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from childindex.errors import StoreDamaged
from childindex.linkage.compiled import NEVER, Comparison
from childindex.linkage.features import Codes
from childindex.linkage.prepared import NULL, SAME, Crowds, Pair, Prepared, Strings, Told, prepare
from childindex.linkage.specification import ModelShape
from childindex.linkage.together import Together

NOBODY: Crowds = {}

# Place of a class in a tuple of weights, and the comparisons (by place) of which one must be at its first level
Conditions = Sequence[tuple[int, frozenset[int]]]

Found = tuple[Prepared, int, int, bool]  # comparison, level by codes, its part, whether strings could better it


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as far as codes alone tell, and the most that its whole weight could be."""

    found: tuple[Found, ...]
    bound: int


@dataclass(frozen=True, slots=True)
class RowScore:
    """A scored row: level and term-frequency part of each comparison (`NULL`, 0 where null), total by class.

    `together` is what its names and the query's say of each other, `taken` what is taken for that from every total.
    """

    levels: tuple[int, ...]
    parts: tuple[int, ...]
    totals: tuple[int, ...]
    together: int = 0
    taken: int = 0


class Scorer:
    """Scores rows against queries under one model's comparisons. Holds levels by code pair, no query, no key."""

    def __init__(
        self, comparisons: Sequence[Comparison], conditions: Conditions = (), together: Together | None = None
    ) -> None:
        self.comparisons = tuple(comparisons)
        self.conditions = conditions
        self.together = together
        self._nothing = (0,) * len(self.comparisons[0].weights[0])

    def prepare(self, codes: Codes, strings: Strings, crowds: Crowds = NOBODY) -> tuple[Prepared, ...]:
        """The query's side of every comparison that it does not leave null; `crowds` as far as they are known."""
        told = Told(codes, strings, crowds)
        found = [prepare(index, comparison, told) for index, comparison in enumerate(self.comparisons)]
        entries = [each for each in found if each]
        if self.together:
            names, place = self.together.asked(codes, strings), self.together.first
            entries = [replace(each, names=names) if each.index == place else each for each in entries]
        return tuple(entries)

    def draft(self, prepared: Sequence[Prepared], row: Codes) -> Draft:
        """What the codes alone say of a row (the first level that equal codes reach, the last one where none does), and
        the most that its whole weight could be."""
        found: list[Found] = []
        bound = 0
        covering: list[tuple[int, ...]] = []
        for entry in prepared:  # the hot loop: no calls that can be spared
            for right in entry.rights:
                if row[right]:
                    break
            else:
                continue
            comparison = entry.comparison
            level, part = comparison.last, 0
            for right, code, at, bits in entry.probes:
                if code in row[right]:
                    level, part = at, bits
                    break
            if entry.every:
                level, part = _by_all(entry, row, (level, part))
            open_ = level > entry.first and (not entry.gate or any(code in row[right] for right, code in entry.gate))
            value = comparison.weights[level][SAME] + part
            bound += entry.most if open_ and entry.most > value else value
            found.append((entry, level, part, open_))
            if level in comparison.covers:
                covering.append(comparison.covers[level])
        if covering:
            bound += _uncovered(found, {index for covers in covering for index in covers})
        return Draft(tuple(found), bound)

    def wants(self, draft: Draft, row: Codes) -> set[int]:
        """Codes of the row whose strings are needed to finish it."""
        wanted = set()
        for entry, _, _, open_ in draft.found:
            if entry.names and self.together:
                wanted.update(self.together.wants(entry.names, row))
            if open_:
                seen = entry.comparison.lasting()
                for right, mine, _ in entry.texts:
                    for code in row[right]:
                        if code != mine and (mine, code) not in seen:
                            wanted.add(code)
        return wanted

    def finish(self, draft: Draft, row: Codes, strings: Mapping[int, str]) -> RowScore:
        """The row's levels and totals. Raises `StoreDamaged` when a string it `wants` is not in `strings`."""
        levels = [NULL] * len(self.comparisons)
        parts = [0] * len(self.comparisons)
        weights = []
        covered: list[int] = []
        mine = kin = together = 0
        for entry, by_codes, coded_part, open_ in draft.found:  # hot, like drafting
            known = by_codes, coded_part
            level, part = _by_strings(entry, row, strings, known) if open_ else known
            index, comparison = entry.index, entry.comparison
            levels[index] = level
            weights.append(comparison.weights[level])
            if part:
                parts[index] = part
                mine += part
                kin += comparison.kin_part(level, part)
            if level in comparison.covers:
                covered += comparison.covers[level]
            if entry.names and self.together:
                together = self.together.told(entry.names, row, strings)
        if covered:
            return self._without(covered, levels, parts, together)
        if not weights:
            return self._of(levels, parts, list(self._nothing))
        same, *rivals = map(sum, zip(*weights, strict=True))
        return self._of(levels, parts, [same + mine, *[each + kin for each in rivals]], together)

    def taken(self, levels: Sequence[int], together: int) -> int:
        """What is taken from every total of a row at these levels for what the two pairs of names say."""
        return self.together.taken(levels, together) if together and self.together else 0

    def _without(self, covered: Sequence[int], levels: list[int], parts: list[int], together: int) -> RowScore:
        """The row where a level counts what other comparisons say, which then say nothing."""
        for index in covered:
            levels[index], parts[index] = NULL, 0
        return self._summed(levels, parts, together)

    def with_level(self, score: RowScore, change: tuple[int, int, int]) -> RowScore:
        """A score with a comparison at another level (comparison, level, part), and without what that level covers."""
        index, level, part = change
        levels, parts = list(score.levels), list(score.parts)
        levels[index], parts[index] = level, part
        return self._without(self.comparisons[index].covers.get(level, ()), levels, parts, score.together)

    def _summed(self, levels: list[int], parts: list[int], together: int) -> RowScore:
        totals = list(self._nothing)
        for comparison, level, part in zip(self.comparisons, levels, parts, strict=True):
            if level != NULL:
                for place, bits in enumerate(comparison.weights[level]):
                    totals[place] += bits + (part if place == SAME else comparison.kin_part(level, part))
        return self._of(levels, parts, totals, together)

    def _of(self, levels: list[int], parts: list[int], totals: list[int], together: int = 0) -> RowScore:
        """The score of these: less what the pairs of names say together, and with the classes ruled out whose condition
        does not hold."""
        taken = self.taken(levels, together)
        totals = [total - taken for total in totals] if taken else totals
        for place, where in self.conditions:
            if not any(levels[at] == 0 for at in where):
                totals[place] = NEVER
        return RowScore(tuple(levels), tuple(parts), tuple(totals), together, taken)


def conditions(shape: ModelShape) -> Conditions:
    """The classes of a model that hold only where something agrees."""
    order = {comparison.name: place for place, comparison in enumerate(shape.comparisons)}
    return tuple(
        (place, frozenset(order[name] for name in rival.where))
        for place, rival in enumerate(shape.rivals, start=SAME + 1)
        if rival.where
    )


def _by_all(entry: Prepared, row: Codes, best: tuple[int, int]) -> tuple[int, int]:
    """The first level of which each pair of fields holds an equality, where it is better than another by codes."""
    for at, pairs in entry.every:
        if at < best[0] and (whole := _of_all(pairs, row)) is not None:
            return at, whole
    return best


def _of_all(pairs: Sequence[Pair], row: Codes) -> int | None:
    """The sum of the rarest equality that each pair of fields holds; None where one holds none."""
    whole = 0
    for right, parts in pairs:
        theirs = row[right]
        for bits, code in parts:
            if code in theirs:
                whole += bits
                break
        else:
            return None
    return whole


def _uncovered(found: Sequence[Found], covered: set[int]) -> int:
    """What a bound lacks if comparisons that a level covers were counted against it."""
    values = [entry.comparison.weights[level][SAME] + part for entry, level, part, _ in found if entry.index in covered]
    return sum(-value for value in values if value < 0)


def _by_strings(entry: Prepared, row: Codes, strings: Mapping[int, str], best: tuple[int, int]) -> tuple[int, int]:
    """The best of what codes reached and what the strings of unequal values reach; of equal levels the rarer value."""
    comparison = entry.comparison
    seen, of_words = comparison.seen, comparison.of_words
    level, part = best
    for right, mine, text in entry.texts:
        for code in row[right]:
            if code == mine and not of_words:
                continue
            found = seen.get((mine, code))
            if found is None:
                theirs = text if code == mine else strings.get(code)
                if theirs is None:
                    raise StoreDamaged("the lexicon lacks a value that a comparison needs")
                found = comparison.level((mine, text), (code, theirs))
            if found[0] < level or (found[0] == level and found[1] > part):
                level, part = found
    return level, part
