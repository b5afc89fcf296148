"""What is told of an evaluation in which the truth knows no pair."""

import json
from pathlib import Path

import pytest

from tests.cli.test_train_evaluate import KEYS, evaluated, write
from tests.linkage.batch.invented import SHORT, people


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """a.csv, whose labels are all different; b.csv, whose labels are those of a.csv; c.csv, that has none."""
    made = people(60, seed=8)
    group = ["odd" if at % 2 else "even" for at in range(len(made.who_left))]
    for name, who in (("a", made.who_left), ("b", made.who_left), ("c", [""] * len(group))):
        write(tmp_path / f"{name}.csv", {**made.left, "who": who, "side": group})
    (tmp_path / "model.toml").write_text(SHORT)
    return tmp_path


def test_that_there_is_nothing_to_recall_is_said_beside_the_figures(files: Path) -> None:
    ran = evaluated(files, "--groups", "side")
    assert ran.exit_code == 0, ran.output
    assert ran.stderr.startswith("childindex: no value occurs twice in a.csv in column who: there are no true pairs")
    assert "no true one: there is nothing to recall" in ran.stdout
    rows = [line.split() for line in ran.stdout.splitlines() if line.strip().startswith(("P >=", "even", "odd"))]
    assert len(rows) == 6
    assert all("-" in row for row in rows)
    assert "100.0000%" not in ran.stdout
    assert "links with P >= 0.999 of its records" in ran.stdout


def test_two_files_without_a_common_label_are_named(files: Path) -> None:
    ran = evaluated(files, "--right", files / "c.csv", "--json")
    assert "no value occurs in both a.csv and c.csv in column who" in ran.stderr
    told = json.loads(ran.stdout)
    assert told.keys() == KEYS
    assert (told["true_pairs"], told["best"]["recall"]) == (0, 0)
    known = evaluated(files, "--right", files / "b.csv")
    assert (known.stderr, "true ones among them" in known.stdout) == ("", True)
