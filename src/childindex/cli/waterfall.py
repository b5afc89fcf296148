"""A candidate's weights as a waterfall: from the prior, line by line, to the total that its chance follows from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from childindex.client.explanation import ExplainedCandidate, ExplainedComparison

_WIDE: Final = 28  # characters of a bar at its longest


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which total to which, in bits. The prior steps from nothing."""

    name: str
    level: str
    start: float
    end: float
    line: ExplainedComparison | None = None


def steps(candidate: ExplainedCandidate) -> tuple[Step, ...]:
    """Prior and lines of a candidate in order; the last ends at its total."""
    found = [Step("prior", "", 0.0, candidate.prior_bits)]
    total = candidate.prior_bits
    for line in candidate.comparisons:
        before, total = total, round(total + line.bits, 3)
        found.append(Step(line.comparison.replace("_", " "), line.level.replace("_", " "), before, total, line))
    return tuple(found)


def needed(candidate: ExplainedCandidate, threshold: float) -> float | None:
    """The total in bits from which this candidate would be linked, all others being as they are; None past telling."""
    if not (0.0 < candidate.probability < 1.0 and 0.0 < threshold < 1.0):
        return None
    return candidate.total_bits + _log_odds(threshold) - _log_odds(candidate.probability)


def table(candidate: ExplainedCandidate, title: str, rival: str = "") -> Table:
    """The waterfall for a terminal; with the name of the strongest rival class, also what each line says against it."""
    found = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_footer=True)
    found.add_column("comparison", footer="total")
    found.add_column("level")
    names = ["P if same", "P if stranger", "rarity", "bits", *([f"not {rival.lower()}"] if rival else [])]
    for name in names:
        found.add_column(name, justify="right", no_wrap=True)
    found.add_column("", min_width=_WIDE, no_wrap=True)
    found.add_column("so far", justify="right", no_wrap=True, footer=f"{candidate.total_bits:+.3f}")
    walk = steps(candidate)
    ends = [0.0, *(step.end for step in walk)]
    span = min(ends), max(ends)
    for step in walk:
        cells = [Text(cell) for cell in _cells(step, rival)]
        style = "dim" if step.start == step.end else ""
        found.add_row(step.name, step.level, *cells, _bar(step, span), f"{step.end:+.3f}", style=style)
    return found


def _cells(step: Step, rival: str) -> Sequence[str]:
    bits = f"{step.end - step.start:+.3f}"
    line = step.line
    if line is None:
        return ("", "", "", bits, *([""] if rival else []))
    rarity = f"{line.term_frequency_bits:+.3f}" if line.term_frequency_bits else ""
    against = [f"{line.bits - line.rival_bits:+.3f}"] if rival else []
    return (f"{line.m:.4g}", f"{line.u:.3g}", rarity, bits, *against)


def _bar(step: Step, ends: tuple[float, float]) -> Text:
    """The step between the least and the greatest total, green upwards and red downwards; never less than a mark."""
    least, most = ends
    scale = (_WIDE - 1) / ((most - least) or 1.0)
    left, right = sorted((round((step.start - least) * scale), round((step.end - least) * scale)))
    if step.start == step.end:
        return Text(" " * left + "·", style="dim")
    filled = "█" * max(right - left, 1)
    return Text.assemble(" " * left, (filled, "green" if step.end > step.start else "red"))


def _log_odds(probability: float) -> float:
    return log2(probability / (1.0 - probability))
