"""The million in small: the files and their truth, and both engines on the same candidates."""

import csv
from pathlib import Path

import numpy as np
import pytest

from bench.matching.memory import Memory
from bench.peers.boundary import Told
from bench.peers.million.files import Task, task
from bench.peers.million.live import answers
from bench.peers.million.ranking import Pairs, ranking
from childindex import linkage

CHILDREN, QUERIES = 700, 160


@pytest.fixture(scope="module")
def drawn() -> Task:
    return task(CHILDREN, QUERIES, seed=5)


def test_the_index_holds_every_child_once_and_the_queries_are_by_others(drawn: Task) -> None:
    children = drawn.index.recording.child
    assert len(set(children)) == len(children)
    assert len(drawn.queries) == QUERIES
    assert {row.local_id[:1] for row in drawn.queries} >= {"P", "S", "H"}
    for place, (child, answer) in enumerate(zip(drawn.queries.recording.child, drawn.answer.tolist(), strict=True)):
        assert (children[answer] == child) if answer >= 0 else (child not in children), place
    assert 0.9 * QUERIES < drawn.linkable < QUERIES


def test_equal_seeds_make_equal_files_and_others_do_not(drawn: Task, tmp_path: Path) -> None:
    for name, each in (("one", drawn), ("again", task(CHILDREN, QUERIES, 5)), ("other", task(CHILDREN, QUERIES, 6))):
        each.write(tmp_path / name)
    files = {name: (tmp_path / name / "queries.csv").read_bytes() for name in ("one", "again", "other")}
    assert files["one"] == files["again"] != files["other"]
    with (tmp_path / "one" / "index.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["row"] for row in rows] == [str(place) for place in range(len(drawn.index))]
    assert not any(row["nhs_number"] or row["upn"] or row["uln"] for row in rows)


def test_too_few_records_are_refused() -> None:
    with pytest.raises(ValueError, match="queries: at most"):
        task(100, 5_000, seed=5)


def test_the_answers_are_those_of_an_index_built_record_by_record(drawn: Task) -> None:
    model = linkage.shipped(CHILDREN)
    told = Told("childindex", model.label)
    found = answers(model, drawn.index, drawn.queries, told)
    assert set(told.seconds) == {"read", "link"}
    memory = Memory(model)
    for place, row in enumerate(drawn.index):
        memory.write(memory.query(row.demographics), place, 0)
    for query, row in enumerate(drawn.queries):
        _, answer = memory.resolve(row.demographics)
        mine = found.pairs.left == query
        assert set(found.pairs.right[mine].tolist()) == {each.entry for each in answer.candidates}
        decided = answer.match.scored[0].entry if answer.match.decision is linkage.Decision.MATCHED else -1
        assert found.linked[query] == decided
        assert found.review[query] == (answer.match.decision is linkage.Decision.POSSIBLE)
    right = found.linked >= 0
    assert (found.linked[right] == drawn.answer[right]).mean() > 0.99
    figures = ranking(Pairs(found.scored.left, found.scored.right, found.scored.bits), drawn.answer)
    assert figures.completeness > 0.98
    assert figures.rank_1 > 0.97
    assert figures.recall > 0.9


def test_the_best_candidate_of_a_query_has_the_most_bits(drawn: Task) -> None:
    found = answers(linkage.shipped(CHILDREN), drawn.index, drawn.queries, Told("childindex", ""))
    for query in np.flatnonzero(found.linked >= 0).tolist():
        mine = np.flatnonzero(found.scored.left == query)
        assert found.scored.right[mine[found.scored.bits[mine].argmax()]] == found.linked[query]
