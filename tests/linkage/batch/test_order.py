"""Equal files in any order of rows give the same model, and the same P of every pair of rows, to the last bit."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage import Model, batch
from tests.linkage.batch.columns import columns, scored
from tests.linkage.batch.invented import SHORT
from tests.linkage.test_scoring import SOURCES

# a comparison of two kinds of field, whose values are numbered apart; fields of two kinds compared with each other; a
# field compared with another but not the other way; bags of words; all pairs weighed, so that doubtful ones are too
KINDS = """
name = "kinds"
whole = 1000
blocking = [{ name = "name", parts = ["name:tokens"] }]
[fields]
name = { kind = "text", frequency = "name" }
code = { kind = "postcode" }
sector = { kind = "sector", of = "code" }
place = { kind = "text", frequency = "place" }
born = { kind = "date" }
[frequencies]
name = { words = true }
place = {}
[[comparisons]]
name = "name"
compares = [["name", "name"]]
levels = [{ test = "words_all", steps = [3, 6] }, { test = "words_some" }, { test = "else" }]
[[comparisons]]
name = "place"
compares = [["code", "code"], ["place", "place"], ["code", "place"]]
levels = [
  { name = "code", test = "equal", pairs = [["code", "code"]] },
  { name = "place", test = "equal", pairs = [["place", "place"], ["code", "place"]], frequency = 1.0 },
  { test = "edits", at_most = 1, frequency = 0.5 },
  { test = "edits", at_most = 3 },
  { test = "else" },
]
[[comparisons]]
name = "born"
compares = [["born", "born"]]
levels = [{ test = "equal" }, { test = "date_edit" }, { test = "else" }]
[[comparisons]]
name = "name_and_place"
compares = [["place", "name"]]
levels = [{ test = "similar", at_least = 0.8 }, { test = "else" }]
"""
NAMES = ["ann", "ann lee", "lee ann", "bob", "bob lee", "rob lee", "york"]
CODES = ["", "LS11 5QW", "LS11 5QX", "LS1 1AA", "LS1 1AB"]
PLACES = ["", "york", "yorks", "leeds", "LS1 1AA", "ls11 5qw", "hull"]
DAYS = ["", "2001-02-03", "2001-02-04", "2003-02-01", "2001-01-01"]
COLUMNS = ("name", "code", "place", "born")
ROW = st.tuples(*map(st.sampled_from, (NAMES, CODES, PLACES, DAYS)))
ROWS = st.lists(ROW, min_size=2, max_size=14)
Row = tuple[str, str, str, str]


def _model(directory: Path, name: str, text: str) -> Model:
    path = directory / f"{name}.toml"
    path.write_text(text)
    return Model.load(path)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    directory = tmp_path_factory.mktemp("models")
    short = SHORT.replace("cap = 500", "cap = 500\nwhole = 1000")
    renamed = {"first": "name", "last": "code", "town": "place"}
    for theirs, ours in renamed.items():
        short = short.replace(f'["{theirs}", "{theirs}"]', f'["{ours}", "{ours}"]').replace(
            f"\n{theirs} = ", f"\n{ours} = "
        )
        short = short.replace(f'"{theirs}"', f'"{ours}"')
    return {"kinds": _model(directory, "kinds", KINDS), "short": _model(directory, "short", short)}


def source(rows: Sequence[Row], order: Sequence[int]) -> dict[str, list[str]]:
    return {name: [rows[at][place] for at in order] for place, name in enumerate(COLUMNS)}


def told(
    model: Model, files: Sequence[Sequence[Row]], orders: Sequence[Sequence[int]]
) -> tuple[dict[tuple[int, int], str], list[set[int]]]:
    """P by pair of row numbers, and the clusters as sets of row numbers, those of the second file counting on."""
    linked = batch.link(model, *(source(rows, order) for rows, order in zip(files, orders, strict=True)))
    left, right = orders[0], orders[-1]
    chances = {}
    for one, other, share in zip(
        *(each.tolist() for each in (linked.pairs.left, linked.pairs.right, linked.chances)), strict=True
    ):
        pair = left[one], right[other]
        chances[pair if len(orders) > 1 else (min(pair), max(pair))] = share.hex()
    rows = [*left, *(len(left) + at for at in right)] if len(orders) > 1 else left
    clusters: dict[int, set[int]] = {}
    for at, first in enumerate(linked.clusters.tolist()):
        clusters.setdefault(first, set()).add(rows[at])
    return chances, sorted(clusters.values(), key=min)


def shuffled(rows: Sequence[Row], draw: st.DataObject) -> list[int]:
    return draw.draw(st.permutations(range(len(rows))))


@pytest.mark.parametrize("name", ["kinds", "short"])
@pytest.mark.parametrize("labelled", [False, True])
@given(st.lists(ROWS, min_size=1, max_size=2), st.data())
@settings(max_examples=30, deadline=None)
def test_any_order_of_rows_gives_the_same_model_and_the_same_p(
    models: dict[str, Model], name: str, labelled: bool, files: list[list[Row]], draw: st.DataObject
) -> None:
    labels = [[draw.draw(st.sampled_from("abcd")) for _ in rows] for rows in files]
    found = []
    for orders in ([list(range(len(rows))) for rows in files], [shuffled(rows, draw) for rows in files]):
        truth = [[file[at] for at in order] for file, order in zip(labels, orders, strict=True)] if labelled else None
        given_files = [source(rows, order) for rows, order in zip(files, orders, strict=True)]
        model = batch.train(models[name], given_files, truth=truth, options=batch.Options(sample=300)).model
        found.append((model.shape.model_dump_json(), *told(model, files, orders)))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["kinds", "short"])
def test_rows_written_many_times_have_one_p_to_the_last_bit(models: dict[str, Model], name: str) -> None:
    """Two files of a few rows, each written several times: rows that say the same compete for the same partners."""
    draw = np.random.Generator(np.random.PCG64(1))
    for _ in range(12):
        few = [tuple(str(draw.choice(cells[:3])) for cells in (NAMES, CODES, PLACES, DAYS)) for _ in range(4)]
        files = [[few[at] for at in draw.integers(0, 4, 9)] for _ in range(2)]
        orders = [draw.permutation(9).tolist() for _ in range(2)]
        assert told(models[name], files, orders) == told(models[name], files, [list(range(9))] * 2)


@given(st.lists(SOURCES, min_size=2, max_size=9), st.data())
@settings(max_examples=40, deadline=None)
def test_children_in_any_order_have_the_same_p(records: list[dict[str, tuple[str, ...]]], draw: st.DataObject) -> None:
    model = linkage.shipped(5000)
    records = [*records, *records[:2]]  # some are written twice
    order = draw.draw(st.permutations(range(len(records))))
    answers = []
    for rows in (list(range(len(records))), order):
        linked = batch.link(model, columns(model, [records[at] for at in rows]))
        pairs = zip(linked.pairs.left.tolist(), linked.pairs.right.tolist(), linked.chances.tolist(), strict=True)
        answers.append({frozenset((rows[a], rows[b])): share.hex() for a, b, share in pairs})
    assert answers[0] == answers[1]


@given(ROWS)
@settings(max_examples=60)
def test_a_comparison_of_two_kinds_reaches_the_levels_of_the_live_scorer(
    models: dict[str, Model], rows: list[Row]
) -> None:
    """What is remembered of one pair of fields is not taken for another's: not in whole files, nor in the scorer."""
    model = models["kinds"]
    vocabulary = batch.Vocabulary(model)
    table = vocabulary.table(source(rows, range(len(rows))))
    left, right = np.triu_indices(len(rows), 1)
    pairs = batch.Pairs(left, right, np.ones(len(left), dtype=np.int64), (), len(rows), None)
    agreement = batch.Judge(model, vocabulary).judge(pairs, table)
    normal = [
        model.normalise(dict(zip(COLUMNS, ((cell,) if cell else () for cell in row), strict=True))) for row in rows
    ]
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        score = scored(model, normal[one], normal[other])
        assert tuple(agreement.levels[at]) == score.levels
        assert tuple(agreement.parts[at]) == score.parts
        fresh = Model.build(model.shape, model.tables)  # remembers nothing yet
        assert scored(fresh, normal[one], normal[other]) == score
