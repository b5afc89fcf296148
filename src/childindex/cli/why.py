"""Why the index decided as it did, for a steward to read: the decision, what comes nearest, each weight."""

from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from childindex.cli import waterfall
from childindex.cli.words import number_text
from childindex.client.explanation import ExplainedCandidate, Explanation

_SHOWN: Final = 1e-6  # of a probability, in six places
_STYLE: Final = {"MATCHED": "bold green", "POSSIBLE": "bold yellow", "UNMATCHED": "bold"}


def explanation(console: Console, told: Explanation, *, most: int = 3) -> None:
    """The decision in words, everybody it may be, and the weights of the `most` probable."""
    console.print(Text.assemble((f"{told.decision}: ", _STYLE.get(told.decision, "bold")), told.sentence))
    if told.change is not None:
        console.print(told.change.sentence)
    elif told.candidates:
        console.print(unchanged(told.decision))
    console.print(_everybody(told, most))
    for place, candidate in enumerate(told.candidates[:most], 1):
        _candidate(console, told, candidate, place)
    if len(told.candidates) > most:
        console.print(f"and {len(told.candidates) - most} less probable")
    for cap in told.caps:
        console.print(f"too common to be looked for alone: {cap}")
    if told.candidates:
        console.print(_legend(told.rival.class_name if told.rival else ""), style="dim")
    linked, unlike = told.match_threshold, told.possible_threshold
    console.print(f"Model: {told.model}; linked from {linked:.4g} on, for a person from {unlike:.4g} on.", style="dim")


def _everybody(told: Explanation, most: int) -> Table:
    """The joint posterior: one of these, another, or nobody the index knows.

    Beyond the `most` whose weights are told, those too improbable to be shown in six places are one line.
    """
    table = Table(title="Whose record is it?", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("")
    for name in ("probability", "bits", "vetoes"):
        table.add_column(name, justify="left" if name == "vetoes" else "right")
    rows = max(most, sum(each.probability >= _SHOWN for each in told.candidates))
    for place, each in enumerate(told.candidates[:rows], 1):
        vetoes = ", ".join(each.vetoes)
        table.add_row(
            f"{place}. {number_text(each.number)}", chance(each.probability), f"{each.total_bits:+.3f}", vetoes
        )
    if rest := told.candidates[rows:]:
        table.add_row(f"{len(rest)} more", f"<{_SHOWN:.6f}", "", "")
    if told.others_probability >= _SHOWN:
        table.add_row("another candidate", chance(told.others_probability), "", "")
    table.add_row("no child of the index", chance(told.absent_probability), "", "")
    return table


def _candidate(console: Console, told: Explanation, candidate: ExplainedCandidate, place: int) -> None:
    rival = told.rival.class_name if told.rival and place == 1 else ""
    title = f"{place}. {number_text(candidate.number)}   probability {chance(candidate.probability)}"
    console.print(waterfall.table(candidate, title, rival))
    if candidate.classes:
        console.print("it is " + ", ".join(f"{each.name} {chance(each.probability)}" for each in candidate.classes))
    if told.rival and place == 1:
        console.print(_against(told))
    if candidate.rules:
        console.print(f"proposed by {', '.join(candidate.rules)}")
    for veto, reason in zip(candidate.vetoes, candidate.veto_reasons or candidate.vetoes, strict=True):
        console.print(Text.assemble("never linked without a person: ", (veto, "bold"), f" - {reason}"))


def _against(told: Explanation) -> str:
    """The best candidate's SAME against its strongest rival class and against the next child."""
    rival = told.rival
    assert rival is not None
    parts = [f"{_leads(rival.class_margin)} its strongest rival class ({rival.class_name})"] if rival.class_name else []
    if rival.child is not None:
        parts.append(f"{_leads(rival.child_margin)} the next child, {number_text(rival.child)}")
    return f"SAME is {' and '.join(parts)}" if parts else "nobody competes"


def _legend(rival: str) -> str:
    """What the figures mean, for who is no statistician."""
    against = f" 'not {rival.lower()}' is how much of them a {rival.lower()} would not explain." if rival else ""
    return (
        "How to read it: a bit more doubles the odds that it is the same child, a bit less halves them; "
        f"the prior is how unlikely any one child is before anything is compared.{against}"
    )


def _leads(margin: float) -> str:
    return f"{abs(margin):.2f} bits {'below' if margin < 0 else 'above'}"


def unchanged(decision: str) -> str:
    """What is said where no single change would have linked the record, or undone its link."""
    undone = "undone the link" if decision == "MATCHED" else "linked it"
    return f"No single change of a comparison or a veto would have {undone}."


def chance(probability: float) -> str:
    """A probability to six places, and what is beyond them as such: certainty is none, be it by rounding."""
    if 0.0 < probability < _SHOWN:
        return f"{probability:.1e}"
    return ">0.999999" if probability > 0.999999 else f"{probability:.6f}"
