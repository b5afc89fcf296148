"""An evaluation tells what the links are worth, by rule and by group, and never lets the truth into a decision."""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage import Model, batch
from childindex.linkage.batch.labels import count_pairs
from tests.linkage.batch.invented import People, people, short_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return short_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def made() -> People:
    return people(500, seed=11)


@pytest.fixture(scope="module")
def trained(model: Model, made: People) -> Model:
    return batch.train(model, [made.left, made.right], options=batch.Options(sample=60_000)).model


def test_two_files_are_linked(trained: Model, made: People) -> None:
    linked = batch.link(trained, made.left, made.right)
    found = batch.evaluate(linked, [made.who_left, made.who_right])
    assert found.records == len(made.who)
    assert found.true_pairs == len(set(made.who_left) & set(made.who_right))
    assert found.best.f1 > 0.93
    assert dict(found.at)[0.999].precision > 0.99
    assert found.clustered.precision > 0.95
    assert found.b_cubed_f1 > 0.95
    proposed = {rule.name: (rule.pairs, rule.true) for rule in found.rules}
    assert all(pairs >= true > 0 for pairs, true in proposed.values())
    assert found.pair_completeness <= 1
    assert sum(band.count for band in found.calibration) == found.pairs_scored == len(linked.pairs)


@pytest.mark.parametrize("one_file", [True, False])
def test_what_a_rule_adds_is_told_as_counting_finds_it(trained: Model, made: People, one_file: bool) -> None:
    linked = batch.link(trained, made.together) if one_file else batch.link(trained, made.left, made.right)
    truth = [made.who] if one_file else [made.who_left, made.who_right]
    found = batch.evaluate(linked, truth).rules
    pairs = linked.pairs
    proposed = [
        ({found[at].name for at in range(len(found)) if rules >> at & 1}, truth[0][left] == truth[-1][right])
        for left, right, rules in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.rules.tolist(), strict=True)
    ]
    for rule in found:
        by_it = [(len(names) == 1, true) for names, true in proposed if rule.name in names]
        alone = [true for by_itself, true in by_it if by_itself]
        assert (rule.pairs, rule.true) == (len(by_it), sum(true for _, true in by_it))
        assert (rule.alone, rule.true_alone) == (len(alone), sum(alone))
    assert sum(rule.true_alone for rule in found) > 0


def test_one_file_is_deduplicated(trained: Model, made: People) -> None:
    found = batch.evaluate(batch.link(trained, made.together), [made.who])
    assert found.true_pairs == len(set(made.who_left) & set(made.who_right))
    assert found.best.f1 > 0.9


def test_groups_are_told_apart(trained: Model, made: People) -> None:
    linked = batch.link(trained, made.left, made.right)
    groups = [["odd" if int(who[1:]) % 2 else "even" for who in side] for side in (made.who_left, made.who_right)]
    found = batch.evaluate(linked, [made.who_left, made.who_right], groups)
    odd, even = (next(g for g in found.groups if g.name == name) for name in ("odd", "even"))
    assert odd.records + even.records == found.records
    assert odd.true_pairs + even.true_pairs == found.true_pairs
    whole = dict(found.at)[0.999]
    recalled = (odd.quality.recall * odd.true_pairs + even.quality.recall * even.true_pairs) / found.true_pairs
    assert recalled == pytest.approx(whole.recall)


def test_a_pair_across_two_groups_counts_in_both(trained: Model, made: People) -> None:
    linked = batch.link(trained, made.left, made.right)
    groups = [["here"] * len(made.who_left), ["there"] * len(made.who_right)]
    found = batch.evaluate(linked, [made.who_left, made.who_right], groups)
    whole = dict(found.at)[0.999]
    for group, records in zip(found.groups, (len(made.who_left), len(made.who_right)), strict=True):
        assert (group.records, group.true_pairs, group.quality) == (records, found.true_pairs, whole)


def test_records_without_labels_are_not_each_others_by_their_place(trained: Model, made: People) -> None:
    one = {name: cells[:1] for name, cells in made.left.items()}
    linked = batch.link(trained, one, one)
    assert linked.clusters.tolist() == [0, 0]
    found = batch.evaluate(linked, [[""], [""]])
    assert found.b_cubed_f1 == pytest.approx(2 / 3)  # two are said to be one: precision a half


def test_who_has_no_label_is_nobody_else(trained: Model, made: People) -> None:
    blank = ["" for _ in made.who_left]
    found = batch.evaluate(batch.link(trained, made.left, made.right), [blank, made.who_right])
    assert (found.true_pairs, found.pair_completeness) == (0, 1.0)
    assert found.best.precision == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=12), st.booleans())
def test_true_pairs_of_files_and_groups_are_those_that_counting_finds(
    records: list[tuple[int, int, bool]], two: bool
) -> None:
    """A record: its label (0 is none), its group (0 is none), and whether it is of the left file."""
    sides = [[each for each in records if not two or each[2] == left] for left in ((True, False) if two else (True,))]
    pairs = product(*sides) if two else combinations(sides[0], 2)
    same = [(one[1], other[1]) for one, other in pairs if one[0] == other[0] != 0]
    nobody = np.zeros(0, dtype=np.int64)
    linked = batch.Linked(
        batch.Pairs(nobody, nobody, nobody, (), len(sides[0]), len(sides[1]) if two else None),
        batch.Agreement(np.zeros((0, 1), dtype=np.int8), np.zeros((0, 1), dtype=np.int32), np.zeros(0, dtype=np.int32)),
        np.zeros((0, 1), dtype=np.int32),
        np.zeros(0),
        np.arange(len(records)),
    )
    truth, groups = ([[str(each[at] or "") for each in side] for side in sides] for at in (0, 1))
    found = batch.evaluate(linked, truth, groups)
    assert found.true_pairs == len(same)
    told = {group.name: group.true_pairs for group in found.groups}
    assert told == {name: sum(int(name) in pair for pair in same) for name in told}
    assert set(told) == {str(each[1]) for each in records if each[1]}


def test_a_label_of_very_many_records_is_counted_and_not_spelt_out() -> None:
    many = np.zeros(300_000, dtype=np.int64)  # someone's column of sex
    assert count_pairs(many) == 300_000 * 299_999 // 2
    assert count_pairs(many, many) == 300_000**2


def test_a_whole_small_file_is_compared_without_blocking(tmp_path: Path) -> None:
    text = (tmp_path / "m.toml").write_text  # a model that proposes nobody by its rules
    text('name = "w"\nwhole = 10\n[fields]\na = { kind = "text" }\n[[comparisons]]\nname = "a"\n'
         'compares = [["a", "a"]]\nlevels = [{ test = "equal" }, { test = "else" }]\n')  # fmt: skip
    model = Model.load(tmp_path / "m.toml")
    assert len(batch.link(model, {"a": ["x"] * 5}).pairs) == 10
    assert len(batch.link(model, {"a": ["x"] * 6}).pairs) == 0
