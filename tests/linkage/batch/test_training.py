"""Training finds what records were made with, says how it went, and is the same for the same records."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

from childindex import linkage
from childindex.linkage import Model
from childindex.linkage.batch import training
from childindex.linkage.batch.expectation import Convergence, Plan, settle
from childindex.linkage.batch.mixture import Mixture
from childindex.linkage.batch.patterns import Patterns
from tests.linkage.batch.invented import SHORT, people, short_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return short_model(tmp_path_factory.mktemp("model"))


train = partial(training.train, options=training.Options(sample=80_000))


def m_and_u(trained: Model) -> dict[str, tuple[list[float], list[float]]]:
    return {c.name: ([lv.m for lv in c.levels], [lv.u for lv in c.levels]) for c in trained.shape.comparisons}


def finite(trained: Model) -> bool:
    return all(isfinite(weight) for c in trained.comparisons for level in c.weights for weight in level)


def test_figures_come_near_those_that_labels_give(model: Model) -> None:
    made = people(1200)
    blind = train(model, [made.left, made.right])
    told = train(model, [made.left, made.right], truth=[made.who_left, made.who_right])
    found, known = m_and_u(blind.model), m_and_u(told.model)
    for name in known:
        assert found[name][0] == pytest.approx(known[name][0], abs=0.02), name
        assert found[name][1] == pytest.approx(known[name][1], rel=0.3, abs=2e-4), name
    pairs = len(set(made.who_left) & set(made.who_right))
    entities = len(set(made.who))
    assert told.model.shape.population == entities
    assert blind.model.shape.population == pytest.approx(entities, rel=0.03)
    assert blind.model.shape.prior.indexed == pytest.approx(pairs / len(made.who_right), abs=0.03)


def test_files_that_hold_nobody_twice_do_not_teach_how_often_one_does(model: Model) -> None:
    """Else the live index would take two twins' entries for one child's twice over."""
    made = people(150, seed=12)
    trained = train(model, [made.left, made.right]).model.shape.prior
    assert trained.duplicates == model.shape.prior.duplicates
    assert trained.indexed != model.shape.prior.indexed


def test_one_file_with_duplicates_teaches_as_well(model: Model) -> None:
    made = people(1000, seed=2)
    blind = train(model, [made.together]).model.shape
    told = train(model, [made.together], truth=[made.who]).model.shape
    assert blind.prior.duplicates == pytest.approx(told.prior.duplicates, rel=0.05)
    assert blind.population == pytest.approx(len(set(made.who)), rel=0.02)
    for one, other in zip(blind.comparisons, told.comparisons, strict=True):
        assert [lv.m for lv in one.levels] == pytest.approx([lv.m for lv in other.levels], abs=0.03)


def test_equal_records_in_any_order_give_the_same_model_to_the_last_bit(model: Model) -> None:
    made = people(400, seed=3)
    order = np.random.Generator(np.random.PCG64(9)).permutation(len(made.who)).tolist()
    shuffled = {name: [cells[at] for at in order] for name, cells in made.together.items()}
    first = train(model, [made.together])
    assert train(model, [made.together]).model.shape.model_dump_json() == first.model.shape.model_dump_json()
    again = train(model, [shuffled])
    assert again.model.shape.model_dump_json() == first.model.shape.model_dump_json()
    assert again.report == first.report


def test_labelled_records_in_any_order_give_the_same_model_to_the_last_bit(model: Model) -> None:
    """Equal records of different entities too, and whatever the labels are called."""
    draw = np.random.Generator(np.random.PCG64(21))
    few = {"first": "ab", "last": "cdef", "town": "gh"}
    records = {name: [f"{draw.choice(list(some))}nne" for _ in range(300)] for name, some in few.items()}
    records["born"] = [f"2001-02-0{draw.integers(1, 4)}" for _ in range(300)]
    who = [f"e{each}" for each in draw.integers(0, 150, 300)]
    told = set()
    for rows in (range(300), draw.permutation(300).tolist()):
        for name in (str, lambda label: label[::-1]):
            columns = {field: [cells[at] for at in rows] for field, cells in records.items()}
            labels = [[name(who[at]) for at in rows]]
            trained = training.train(model, [columns], truth=labels, options=training.Options(sample=5_000))
            told.add(trained.model.shape.model_dump_json())
    assert len(told) == 1


def test_other_records_give_another_version(model: Model) -> None:
    versions = {train(model, [people(100, seed=seed).together]).model.version for seed in (4, 5)}
    assert len(versions) == 2
    assert all(version.startswith("1+trained.") for version in versions)
    once = train(model, [people(100, seed=4).together]).model
    assert train(once, [people(100, seed=5).together]).model.version.count("trained") == 1


def test_the_report_tells_of_every_round_and_of_all_together(model: Model) -> None:
    made = people(600, seed=6)
    heard: list[Convergence] = []
    report = train(model, [made.left, made.right], told=heard.append).report
    assert tuple(heard) == report
    names = [each.name for each in report]
    assert names[: names.index("all rules together")] == ["born", "names", "town_first", "town_last"]
    assert report[0].estimated == ("first", "last", "town")
    assert all(each.settled and each.iterations < 60 and isfinite(each.log_likelihood) for each in report)
    assert 0 < report[-1].share < 0.01
    assert report[-1].pairs > 100


def test_a_likelihood_never_falls() -> None:
    draw = np.random.Generator(np.random.PCG64(1))
    alike, unlike = draw.choice(2, (300, 3), p=[0.9, 0.1]), draw.choice(2, (700, 3), p=[0.2, 0.8])
    levels = np.concatenate([alike, unlike]).astype(np.int8)
    seen = Patterns(levels, np.zeros(1000), np.zeros(1000), np.ones(1000), np.arange(1000))
    u = (np.array([0.2, 0.8]),) * 3
    start = Mixture(u, ((np.array([0.6, 0.4]),) * 3,), np.array([0.5]))
    flat = ((np.array([0.5, 0.5]),) * 3,)
    likelihoods = [settle("", start, seen, Plan((0,), flat, u, most=most))[1].log_likelihood for most in range(1, 25)]
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(likelihoods))
    settled, _ = settle("", start, seen, Plan((0,), flat, u))
    assert settled.shares[0] == pytest.approx(0.3, abs=0.04)
    assert settled.classes[0][0][0] == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [("ann", "lee", "2001-02-03", "york")],
        [("ann", "lee", "2001-02-03", "york")] * 40,
        [("", "", "", "")] * 40,
        [("ann", "", "", "")] * 20 + [("", "lee", "", "")] * 20,
        [(f"a{chr(97 + at)}", f"l{chr(97 + at)}", f"20{at:02}-01-01", "york") for at in range(26)],
    ],
    ids=["none", "one", "all equal", "all empty", "nothing in common", "all different"],
)
def test_extreme_records_give_finite_weights(model: Model, records: Sequence[tuple[str, ...]]) -> None:
    source = {name: [record[at] for record in records] for at, name in enumerate(("first", "last", "born", "town"))}
    for files in ([source], [source, source]):
        trained = train(model, files).model
        assert finite(trained)
        for levels in m_and_u(trained).values():
            for given in levels:
                assert sum(given) == pytest.approx(1.0, abs=1e-4)
                assert min(given) > 0


def test_probabilities_of_0_and_1_give_finite_sensible_weights(tmp_path: Path) -> None:
    levels = ('{ test = "equal"', '{ test = "date_edit"', '{ test = "else"')
    short = ", ".join(f"{level} }}" for level in levels)
    figures = ("m = 1.0, u = 0.0", "m = 0.0, u = 0.0", "m = 0.0, u = 1.0")
    full = ", ".join(f"{level}, {figure} }}" for level, figure in zip(levels, figures, strict=True))
    assert short in SHORT
    extreme = short_model(tmp_path, SHORT.replace(short, full))
    weights = [level[0] for level in extreme.comparisons[2].weights]
    assert weights == [24000, 0, -24000]
    made = people(300, seed=7)
    trained = train(extreme, [made.left, made.right]).model
    assert finite(trained)
    assert [lv.m for lv in trained.shape.comparisons[2].levels] == pytest.approx([0.86, 0.09, 0.05], abs=0.06)


def test_rare_values_stay_out_of_a_model_that_asks_for_it(model: Model) -> None:
    made = people(500, seed=8)
    shape = training.train(model, [made.left, made.right], options=training.Options(least=20)).model.shape
    counts = {name: made.together["last"].count(name) for name in set(made.together["last"])}
    listed = shape.frequencies["last"].values
    assert listed
    assert min(counts[name] for name in listed) >= 20
    assert len(listed) < len(counts) / 2


def test_a_childrens_model_learns_twins_and_siblings_within_files() -> None:
    shipped = linkage.shipped()
    source = _families(250)
    trained = train(shipped, [source, source]).model.shape
    per_child = {rival.name: rival.per_child for rival in trained.rivals}
    assert per_child["twin"] == pytest.approx(0.46, abs=0.15)
    assert per_child["sibling"] == pytest.approx(1.3, abs=0.4)
    born = next(c for c in trained.comparisons if c.name == "birth_date")
    assert born.levels[0].rivals["twin"] > 0.9
    assert born.levels[0].rivals["sibling"] < 0.05
    assert trained.thresholds == shipped.shape.thresholds
    assert trained.blocking == shipped.shape.blocking


def test_labels_tell_twins_from_records_of_one_child_written_twice() -> None:
    source = _families(60)
    who = [str(at) for at in range(len(source["given_name"]))]
    doubled = {name: [*cells, *cells] for name, cells in source.items()}
    begun = linkage.shipped()
    for _ in range(24):  # both begin with the m of doubles, settled: where kin live follows it
        begun = train(begun, [doubled], truth=[[*who, *who]]).model
    once = train(begun, [source], truth=[who]).model.shape
    twice = train(begun, [doubled], truth=[[*who, *who]]).model.shape
    assert [rival.per_child for rival in twice.rivals] == pytest.approx([r.per_child for r in once.rivals], rel=1e-3)
    first = [next(c for c in shape.comparisons if c.name == "forename").levels[0] for shape in (once, twice)]
    assert first[0].rivals == pytest.approx(first[1].rivals, rel=0.02, abs=5e-5)  # no siblings share one
    assert twice.population == once.population == len(who)
    assert twice.prior.duplicates == pytest.approx(1.0)


def test_one_file_that_holds_nobody_twice_says_nothing_of_one_child(model: Model) -> None:
    """Who is in another file, and how often a child is in one, stay as they were believed; so does m."""
    source, before = _families(40), linkage.shipped().shape
    labels = [str(at) for at in range(len(source["given_name"]))]
    after = train(linkage.shipped(), [source], truth=[labels]).model.shape
    assert (after.prior.indexed, after.prior.duplicates) == (before.prior.indexed, before.prior.duplicates)
    for one, other in zip(before.comparisons, after.comparisons, strict=True):
        whole = sum(level.m for level in one.levels)
        assert [level.m for level in other.levels] == pytest.approx([level.m / whole for level in one.levels], abs=1e-5)
    assert train(model, [people(80, seed=2).together]).model.shape.prior.indexed == model.shape.prior.indexed


def _families(count: int) -> dict[str, list[str]]:
    """Two births a family, three in ten of them of twins."""
    draw = np.random.Generator(np.random.PCG64(3))
    forenames = "oliver amelia jack isla harry ava noah mia leo ivy arthur lily muhammad freya".split()
    surnames = "smith jones khan patel brown taylor evans walker hughes green ali begum".split()
    records = []
    for family in range(count):
        home = (str(draw.choice(surnames)), f"M{1 + family % 20} {family // 20 % 10}A{chr(65 + family // 200)}")
        for year in (2010, 2013):
            born = f"{year}-{draw.integers(1, 13):02}-{draw.integers(1, 28):02}"
            for name in draw.choice(forenames, 2 if draw.random() < 0.3 else 1, replace=False):
                records.append((str(name), born, *home))
    columns = ("given_name", "birth_date", "family_name", "postcode")
    return {name: [record[at] for record in records] for at, name in enumerate(columns)}
