"""The groups' figures, and how far the worst lies behind the whole and behind the mainstream."""

from collections.abc import Sequence

from bench.origins.bounds import behind, wilson
from bench.origins.measure import Group
from bench.population.naming import BRITISH

_CAUSES = 6  # kinds of error told of a group's missed pairs


def summary(groups: Sequence[Group]) -> dict[str, object]:
    """Figures by group, the worst first, and the gap: the greatest upper end of all groups' 95 % intervals behind the
    whole, so that it bounds whichever group is worst."""
    whole = sum(each.right for each in groups), sum(each.pairs for each in groups)
    mainstream = next(((each.right, each.pairs) for each in groups if each.origin == BRITISH), None)
    told = {each.origin: _told(each, whole, mainstream) for each in sorted(groups, key=lambda each: each.recall)}
    gaps = [behind((each.right, each.pairs), whole) for each in groups]
    figures: dict[str, object] = {
        "pairs": whole[1],
        "recall": _share(*whole),
        "wrong": sum(each.wrong for each in groups),
        "gap_to_all": _points(max(gaps, key=lambda gap: gap[1])),
    }
    if mainstream:
        gaps = [behind((each.right, each.pairs), mainstream) for each in groups if each.origin != BRITISH]
        figures["gap_to_mainstream"] = _points(max(gaps, key=lambda gap: gap[1])) if gaps else None
    return {**figures, "groups": told}


def _told(found: Group, whole: tuple[int, int], mainstream: tuple[int, int] | None) -> dict[str, object]:
    low, high = wilson(found.right, found.pairs)
    told: dict[str, object] = {
        "children": found.children,
        "pairs": found.pairs,
        "linked": found.right,
        "wrong": found.wrong,
        "review": found.review,
        "recall": _share(found.right, found.pairs),
        "recall_95": [round(low, 5), round(high, 5)],
        "behind_all": _points(behind((found.right, found.pairs), whole)),
    }
    if mainstream:
        told["behind_mainstream"] = _points(behind((found.right, found.pairs), mainstream))
    told["missed_by_error"] = {
        kind: [count, found.seen[kind]]
        for kind, count in sorted(found.missed.items(), key=lambda each: (-each[1], each[0]))[:_CAUSES]
    }
    return told


def _points(gap: tuple[float, float]) -> dict[str, float]:
    """A gap in percentage points, and the upper end of its interval."""
    return {"points": round(100 * gap[0], 3), "upper_95": round(100 * gap[1], 3)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None
