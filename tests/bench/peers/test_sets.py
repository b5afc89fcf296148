"""What the peers are given, and what they give back."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.peers.__main__ import TOOLS, table
from bench.peers.boundary import Scored, Told
from bench.peers.figures import figures
from bench.peers.running import PEERS, ROOT, run_peer
from bench.peers.sets import labels, tables
from bench.peers.taught import GIVEN, write_labels
from bench.public import SETS

FAKE = next(each for each in SETS if each.name == "fake_1000")
PUBLIC = {each.name: each for each in SETS}


@pytest.mark.parametrize("data", SETS, ids=lambda data: data.name)
def test_no_cell_given_to_a_peer_tells_the_entity(data: object, tmp_path: Path) -> None:
    for file in tables(PUBLIC[getattr(data, "name", "")]):
        file.write(tmp_path / "a.csv")
        with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        assert header[0] == "row"
        assert not {"entity", "cluster", "rec_id", "unique_id"} & set(header)
        assert len(rows) == len(file.entities)
        assert [row[0] for row in rows] == [str(place) for place in range(len(rows))]


def test_entities_have_one_number_in_all_files() -> None:
    files = tables(PUBLIC["febrl4"])
    left, right = labels(files)
    assert len(left) == len(right) == 5_000
    assert set(left.tolist()) == set(right.tolist())
    assert files[1].entities[7] == files[0].entities[int(np.flatnonzero(left == right[7])[0])]


@pytest.mark.parametrize("name", ["fake_1000", "febrl4"])
def test_the_labels_given_are_true(name: str, tmp_path: Path) -> None:
    truth = labels(tables(PUBLIC[name]))
    write_labels(tmp_path / "labels.json", truth)
    given = json.loads((tmp_path / "labels.json").read_text())
    entity = {f"{file}{row}": each for file, rows in zip("ab", truth, strict=False) for row, each in enumerate(rows)}
    assert len(given["match"]) == len(given["distinct"]) == GIVEN
    assert all(entity[one] == entity[other] and one != other for one, other in given["match"])
    assert all(entity[one] != entity[other] for one, other in given["distinct"])


def test_what_runs_in_the_peers_environment_imports_nothing_of_the_project_but_the_boundary() -> None:
    """The peers' environment has neither the product nor its libraries."""
    code = "import sys, bench.peers.boundary, bench.peers.tools.recipe; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert not {name for name in loaded if name.split(".")[0] in {"childindex", "pydantic", "rapidfuzz"}}
    assert {name for name in loaded if name.startswith("bench")} == {
        "bench", "bench.peers", "bench.peers.boundary", "bench.peers.tools", "bench.peers.tools.recipe",
    }  # fmt: skip


def test_without_the_peers_it_is_said_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.peers.running.PEERS", tmp_path / "python")
    with pytest.raises(FileNotFoundError, match="make bench-peers"):
        run_peer("splink", "fake_1000", tmp_path)


def test_the_table_tells_every_tool_and_who_did_not_finish() -> None:
    certain = {"probability": 0.999, "precision": 1.0, "recall": 0.5, "f1": 0.6}
    told = {
        "finished": True, "version": "5.0.0", "pair_completeness": 0.9, "best": {"f1": 0.8}, "clustered": {"f1": 0.7},
        "at": [certain], "train_seconds": 1.25, "link_seconds": 2.0,
    }  # fmt: skip
    rows = table({"limit_seconds": 60, "sets": {"some": {"splink": told, "dedupe": {"finished": False}}}})
    assert rows[2] == "| some | splink | 5.0.0 | 0.90000 | 0.80000 | 0.70000 | 0.50000 | 1.00000 | 1.2 | 2.0 |"
    assert "not done in 60 s" in rows[3]
    assert f"given {2 * GIVEN} labels" in rows[3]


@pytest.mark.slow
@pytest.mark.skipif(not PEERS.exists(), reason="the peers are not installed (make bench-peers)")
@pytest.mark.parametrize("tool", TOOLS[1:])
def test_each_peer_links_as_well_as_is_known_of_it(tool: str, tmp_path: Path) -> None:
    """A peer that does worse than others have measured is unfairly configured."""
    files = tables(FAKE)
    files[0].write(tmp_path / "a.csv")
    truth = labels(files)
    write_labels(tmp_path / "labels.json", truth)
    assert run_peer(tool, FAKE.name, tmp_path)
    told = Told.load(tmp_path / f"{tool}.json")
    assert told.seconds["train"] > 0
    found = figures(Scored.load(tmp_path / f"{tool}.npz"), truth)
    assert found["best"]["f1"] > 0.85  # type: ignore[index]
