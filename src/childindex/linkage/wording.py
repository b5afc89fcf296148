"""What the core decided, said to people: plain sentences that name comparisons, levels and rules, never a value."""

from collections.abc import Sequence
from typing import Final

from childindex.linkage.explanation import Change, Compared, Decision, Match, Scored
from childindex.linkage.specification import ModelShape

_FLOAT: Final = 1e-6  # what a product of floats may lack: .57 is 57 %
_BESIDES: Final = {  # lines that are no comparison of the model
    ("kinship", "explained_by_kin"): "a known brother, sister or twin explains what differs",
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
            return f"This is the same child ({certainty} sure): {_reasons(shape, best, 3)}."
        case Decision.UNMATCHED:
            return f"No child in the index fits; {_misfit(shape, best, certainty)}."
        case Decision.POSSIBLE:
            return f"This may be a known child ({certainty} sure), for a person to decide: {_doubt(shape, found)}."


def _doubt(shape: ModelShape, found: Match) -> str:
    """Why a person decides: what bars a link, else what else is likeliest to be true."""
    best = found.scored[0]
    if best.vetoes:
        return _barred(shape, best.vetoes)
    runner_up = found.scored[1].probability if len(found.scored) > 1 else 0.0
    kin = max(found.scored, key=lambda each: each.rival_probability)
    likeliest = max(kin.rival_probability, runner_up, found.stranger_probability)
    if kin.rival_probability == likeliest and kin.rival in shape.reasons:
        return shape.reasons[kin.rival]  # a class that is nobody's kin
    if kin.rival_probability == likeliest:
        return f"it may be {'the' if kin is best else 'another'} child's {kin.rival}"
    if runner_up == likeliest:
        return f"another child fits too ({sure(runner_up)} sure)"
    against = _reasons(shape, best, -2)
    return f"too little is known; against it: {against}" if against else "too little is known"


def _barred(shape: ModelShape, vetoes: Sequence[str]) -> str:
    return "; ".join(reason(shape, veto) for veto in vetoes)


def _misfit(shape: ModelShape, best: Scored, certainty: str) -> str:
    against = _reasons(shape, best, -2)
    if against:
        return f"against the nearest ({certainty} sure): {against}"
    return f"too little is known of the nearest ({certainty} sure)"


def _reasons(shape: ModelShape, best: Scored, count: int) -> str:
    """The heaviest lines: as many for it, or against it where the count is negative."""
    sign = 1 if count > 0 else -1
    lines = sorted((line for line in best.comparisons if line.bits * sign > 0), key=lambda line: -line.bits * sign)
    return ", ".join(f"{_said(shape, line)} ({line.bits:+.1f} bits)" for line in lines[: count * sign])


def _said(shape: ModelShape, line: Compared) -> str:
    if line.comparison == "profile":  # its level is "best_of_" and how many
        return f"it is the nearest of {line.level.rpartition('_')[2]} versions of the child's details"
    besides = _BESIDES.get((line.comparison, line.level))
    many = ", an address that many share" if _crowded(shape, line) else ""
    return besides or f"the {called(shape, line.comparison)} is {called(shape, line.comparison, line.level)}{many}"


def _crowded(shape: ModelShape, line: Compared) -> bool:
    """Whether an equal address lost weight because many share it: nothing else lowers that of a small place."""
    levels = (level for part in shape.comparisons if part.name == line.comparison for level in part.levels)
    return line.tf_bits < 0 and any(level.local and level.name == line.level for level in levels)


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
    """What would have linked the record, or undone the link, as one sentence."""
    if change is None:
        undone = "undone the link" if before is Decision.MATCHED else "linked it"
        return f"No single change of a comparison or a veto would have {undone}."
    if change.veto:
        why = reason(shape, change.veto)
        return f"But for one veto it would have been linked ({sure(change.probability)} sure): {why}."
    then = called(shape, change.comparison, change.level)
    now = f" instead of {called(shape, change.comparison, change.now)}" if change.now else ""
    known = "been" if change.now else "been known, and"
    outcome = _outcome(shape, before, change)
    return f"Had the {called(shape, change.comparison)} {known} {then}{now} ({change.bits:+.1f} bits), {outcome}."


def _outcome(shape: ModelShape, before: Decision, change: Change) -> str:
    match before, change.decision:
        case Decision.MATCHED, Decision.MATCHED:
            return "another child would have been linked"
        case Decision.MATCHED, Decision.POSSIBLE if change.vetoes:
            return f"a person would have had to decide: {_barred(shape, change.vetoes)}"
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
    """A probability in per cent, cut after one place, or where it is nearly certain after three; never certainty."""
    if probability < 0.001:
        return "under 0.1%"
    if probability < 0.99:
        return f"{int(probability * 1000 + _FLOAT) / 10:g}%"
    return f"{min(int(probability * 100_000 + _FLOAT), 99_999) / 1000:g}%"
