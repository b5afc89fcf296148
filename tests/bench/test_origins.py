"""The bench of name origins: its intervals, its pairs, and what is told of it."""

import json
from pathlib import Path

import pytest

from bench.origins.bounds import behind, wilson
from bench.origins.figures import summary
from bench.origins.measure import Group, group
from bench.population.customs import rates
from childindex import linkage

RESULTS = Path(__file__).parents[2] / "bench" / "results"
README = (RESULTS.parent / "README.md").read_text(encoding="utf-8")


def test_wilson_intervals_are_those_of_the_literature() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_intervals_of_a_difference_are_those_of_the_literature() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10: 56/70 - 48/80 is 0.2000 (0.0524, 0.3339)
    difference, upper = behind((48, 80), (56, 70))
    assert difference == pytest.approx(0.2)
    assert upper == pytest.approx(0.3339, abs=5e-5)
    assert behind((9, 10), (3, 10))[0] < 0


def test_a_group_is_behind_by_its_own_count() -> None:
    groups = [Group("british", 100, 100, 98), Group("polish", 100, 100, 90, wrong=1), Group("tamil", 100, 100, 97)]
    found = summary(groups)
    assert (found["pairs"], found["wrong"], found["recall"]) == (300, 1, 0.95)
    assert list(found["groups"]) == ["polish", "tamil", "british"]  # type: ignore[call-overload]
    assert found["gap_to_all"]["points"] == 5.0  # type: ignore[index]
    assert found["gap_to_mainstream"]["points"] == 8.0  # type: ignore[index]
    assert found["gap_to_mainstream"]["upper_95"] > 8.0  # type: ignore[index]


def test_pairs_are_two_records_of_one_child_among_its_like() -> None:
    found = group(linkage.shipped(270), "chinese", 200, 5)
    assert found.pairs == 200
    assert found.right + found.wrong + found.review <= found.pairs
    assert found.recall > 0.85
    assert found.wrong <= 1
    assert any(kind.startswith("customs: ") for kind in found.seen)
    assert sum(found.missed.values()) >= found.pairs - found.right


def test_results_are_of_all_origins_and_told_as_they_are() -> None:
    """What bench/README.md says of groups is what was measured."""
    results = sorted(RESULTS.glob("origins-*.json"))
    assert results
    assert all(told_groups(path) == set(rates()) for path in results)


def told_groups(path: Path) -> set[str]:
    """The origins of a result, each told in bench/README.md as it was measured."""
    result = json.loads(path.read_text(encoding="utf-8"))
    assert f"[{path.stem}](results/{path.name})" in README
    assert str(result["seed"]) in README
    assert result["digest"] in README
    for gap in ("gap_to_all", "gap_to_mainstream"):
        assert f"{result[gap]['points']:.2f} (at the most {result[gap]['upper_95']:.2f})" in README
    for origin, told in result["groups"].items():
        row = f"| {origin} | {told['pairs']:,} | {told['recall']:.4f} | {told['wrong']} |"
        assert row in README
    return set(result["groups"])
