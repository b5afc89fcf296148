"""What the core decided, said to people: plain sentences that name comparisons, levels and rules, never a value."""

from typing import Final

from childindex.linkage.explanation import Change, Compared, Decision, Match, Scored
from childindex.linkage.specification import ModelShape

_BESIDES: Final = {  # lines that are no comparison of the model
    ("kinship", "explained_by_kin"): "a known brother, sister or twin would agree in it as well",
    ("entries", "entries_of_one_child"): "other entries of the same child speak for it",
    ("entries", "entry_of_a_child_nearer"): "another entry of the same child is nearer",
    ("same_system", "active"): "the system that asks already holds an active record of the child",
}


def sentence(shape: ModelShape, found: Match) -> str:
    """The decision as one plain sentence."""
    if not found.scored:
        return "No child in the index shares enough with this record to be compared."
    best = found.scored[0]
    certainty = sure(best.probability)
    match found.decision:
        case Decision.MATCHED:
            return f"This is the same child ({certainty} sure): {_reasons(shape, best, 3, for_it=True)}."
        case Decision.UNMATCHED:
            return f"Nobody in the index is this child; against the nearest ({certainty}): {_reasons(shape, best, 2)}."
        case Decision.POSSIBLE:
            return f"This may be a known child ({certainty} sure), for a person to decide: {_doubt(shape, found)}."


def _doubt(shape: ModelShape, found: Match) -> str:
    best = found.scored[0]
    runner_up = found.scored[1].probability if len(found.scored) > 1 else 0.0
    if best.vetoes:
        return "; ".join(reason(shape, veto) for veto in best.vetoes)
    if best.rival_probability > 0.001 and best.rival_probability >= runner_up:
        return f"it may be the child's {best.rival}"
    if runner_up > 0.001:
        return "another child fits nearly as well"
    return f"too little is known; against it: {_reasons(shape, best, 2)}"


def _reasons(shape: ModelShape, best: Scored, count: int, *, for_it: bool = False) -> str:
    """The heaviest lines, for or against."""
    lines = sorted(best.comparisons, key=lambda line: -line.bits if for_it else line.bits)
    told = [line for line in lines[:count] if (line.bits > 0) == for_it] or lines[:1]
    return ", ".join(f"{_said(shape, line)} ({line.bits:+.1f} bits)" for line in told)


def _said(shape: ModelShape, line: Compared) -> str:
    besides = _BESIDES.get((line.comparison, line.level))
    return besides or f"the {called(shape, line.comparison)} is {called(shape, line.comparison, line.level)}"


def called(shape: ModelShape, comparison: str, level: str = "") -> str:
    """A comparison, or one level of it, in the model's words; else its name in plain letters."""
    return shape.words.get(f"{comparison}.{level}" if level else comparison, plain(level or comparison))


def reason(shape: ModelShape, veto: str) -> str:
    """Why a veto bars an automatic link, as the model gives it; else the veto's name in plain letters."""
    return shape.reasons.get(veto, plain(veto))


def capped(shape: ModelShape, rule: str) -> str:
    """What became of a blocking rule whose key more children share than are looked at."""
    if rule == shape.scan:
        return f"{plain(rule)}: more than {shape.cap} children of this date share one likeness; a second was asked for"
    told = f"{rule}: more than {shape.cap} records share this key"
    seconds = [each.name for each in shape.blocking if each.when_capped == rule]
    instead = f"{' and '.join(seconds)} {'were' if len(seconds) > 1 else 'was'} followed instead"
    return f"{told}; {instead if seconds else 'it proposed nobody'}"


def changed(shape: ModelShape, before: Decision, change: Change | None) -> str:
    """What would have changed the decision, as one sentence."""
    if change is None:
        return "No single change of a comparison or a veto would have changed the decision."
    if change.veto:
        why = reason(shape, change.veto)
        return f"But for one veto it would have been linked ({sure(change.probability)} sure): {why}."
    then = called(shape, change.comparison, change.level)
    now = f" instead of {called(shape, change.comparison, change.now)}" if change.now else ""
    known = "been" if change.now else "been known, and"
    outcome = _outcome(before, change)
    return f"Had the {called(shape, change.comparison)} {known} {then}{now} ({change.bits:+.1f} bits), {outcome}."


def _outcome(before: Decision, change: Change) -> str:
    match before, change.decision:
        case Decision.MATCHED, Decision.MATCHED:
            return "another child would have been linked"
        case Decision.MATCHED, Decision.POSSIBLE:
            return f"a person would have had to decide ({sure(change.probability)} sure)"
        case Decision.MATCHED, Decision.UNMATCHED:
            return "nobody would have been linked"
        case _:
            return f"it would have been linked ({sure(change.probability)} sure)"


def plain(name: str) -> str:
    """A model's name in plain letters."""
    return name.replace("_", " ")


def sure(probability: float) -> str:
    """A probability in per cent, never rounded up to certainty."""
    return f"{int(probability * 100_000) / 1000:g}%" if probability >= 0.0005 else "under 0.1%"
