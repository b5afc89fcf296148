"""Custodians that register one new child at the same moment, from four processes, get one number."""

from pathlib import Path

import pytest

from bench import hammer


def raced(folder: Path, races: int, seed: int) -> None:
    result = hammer.run(folder / "index", races, processes=4, seed=seed)
    assert result.declarations >= 2 * races
    assert result.sound, result


def test_a_few_races(tmp_path: Path) -> None:
    raced(tmp_path, 40, seed=11)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_ten_thousand_races(tmp_path: Path) -> None:
    raced(tmp_path, 10_000, seed=12)


def test_races_differ_in_spelling_and_the_model_links_them() -> None:
    races = hammer.entries(30, seed=13)
    assert all(2 <= len(spellings) <= 4 for spellings in races)
    assert sum(len(set(spellings)) > 1 for spellings in races) > 25
