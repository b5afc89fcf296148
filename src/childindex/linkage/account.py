"""The account of a candidate: every line that its total is made of, and the chance of each class."""

from collections.abc import Sequence
from dataclasses import replace

from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import MILLI, Comparison
from childindex.linkage.explanation import Chance, Compared, Scored
from childindex.linkage.joint import Joint
from childindex.linkage.prepared import NULL, SAME
from childindex.linkage.scoring import RowScore
from childindex.linkage.specification import ModelShape


class Account:
    """Tells candidates in the names of one model."""

    def __init__(self, shape: ModelShape, comparisons: Sequence[Comparison]) -> None:
        self._rivals = tuple(rival.name for rival in shape.rivals)
        self._comparisons = comparisons

    def brief(self, weighed: Weighed, posterior: Joint, place: int, vetoes: tuple[str, ...]) -> Scored:
        """The candidate at this place of the posterior, without its lines and classes: what a decision needs."""
        total, kin = posterior.same[place], posterior.kin[place]
        strongest = max(range(len(kin)), key=kin.__getitem__, default=None)
        prior = total - weighed.totals[SAME] - posterior.kinship[place] - posterior.folded[place]
        return Scored(
            weighed.candidate.entry,
            weighed.row.slot,
            posterior.probability(total),
            prior / MILLI,
            total / MILLI,
            (),
            weighed.candidate.rules,
            vetoes,
            "" if strongest is None else self._rivals[strongest],
            0.0 if strongest is None else posterior.probability(kin[strongest]),
        )

    def full(self, weighed: Weighed, posterior: Joint, place: int, vetoes: tuple[str, ...]) -> Scored:
        """The candidate at this place of the posterior with all its lines and classes."""
        brief, kin = self.brief(weighed, posterior, place, vetoes), posterior.kin[place]
        lines = (
            *self._lines(weighed.score, self._rivals.index(brief.rival) if brief.rival else None),
            *_together(weighed.score.taken),
            *weighed.besides,
            *_kinship(posterior.kinship[place]),
            *_folded(posterior.folded[place]),
        )
        same = posterior.same[place], brief.probability
        classes = self._classes(same, [(bits, posterior.probability(bits)) for bits in kin])
        return replace(brief, comparisons=lines, classes=classes)

    def _classes(self, same: tuple[int, float], kin: Sequence[tuple[int, float]]) -> tuple[Chance, ...]:
        told = [Chance("same", same[0] / MILLI, same[1])]
        told += [Chance(name, bits / MILLI, chance) for name, (bits, chance) in zip(self._rivals, kin, strict=True)]
        return (*told, Chance("unrelated", 0.0, max(0.0, 1.0 - sum(each.probability for each in told))))

    def _lines(self, score: RowScore, strongest: int | None) -> tuple[Compared, ...]:
        lines = []
        for comparison, index, part in zip(self._comparisons, score.levels, score.parts, strict=True):
            if index != NULL:
                level, weights = comparison.shape.levels[index], comparison.weights[index]
                line = (level.name, level.m, level.u, part / MILLI, (weights[SAME] + part) / MILLI)
                rival = (0.0, 0.0)
                if strongest is not None:
                    rival = (
                        level.rivals[self._rivals[strongest]],
                        (weights[strongest + 1] + comparison.kin_part(index, part)) / MILLI,
                    )
                lines.append(Compared(comparison.shape.name, *line, *rival))
        return tuple(lines)


def _together(bits: int) -> tuple[Compared, ...]:
    """What the two names say less for being borne together (see `together`), under every class."""
    factor = 2.0 ** (-bits / MILLI)
    line = Compared("names_together", "expected", factor, 1.0, 0.0, -bits / MILLI, factor, -bits / MILLI)
    return (line,) if bits else ()


def _kinship(bits: int) -> tuple[Compared, ...]:
    """What kin among the other candidates explains for this one, as for an unknown child (see `kinship`)."""
    factor = 2.0 ** (bits / MILLI)
    line = Compared("kinship", "explained_by_kin", factor, 1.0, 0.0, bits / MILLI, factor, bits / MILLI)
    return (line,) if bits else ()


def _folded(bits: int) -> tuple[Compared, ...]:
    """What the best candidate takes over from other entries of the same child, and what they lose (see `joint`)."""
    level = "entries_of_one_child" if bits > 0 else "entry_of_a_child_nearer"
    return (Compared("entries", level, 2.0 ** (bits / MILLI), 1.0, 0.0, bits / MILLI),) if bits else ()
