"""What the core decided, said to people: plain sentences that name comparisons, levels and rules, never a value."""

from childindex.linkage.explanation import Change, Decision
from childindex.linkage.specification import ModelShape


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
    known = f"been {plain(change.level)} instead of {plain(change.now)}"
    instead = known if change.now else f"been known, and {plain(change.level)}"
    return f"Had the {plain(change.comparison)} {instead} ({change.bits:+.1f} bits), {_outcome(before, change)}."


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
