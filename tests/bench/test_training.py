"""What training finds without labels in custodians' lists of children, held against what the truth counts."""

import json
from functools import cache
from pathlib import Path

import pytest

from bench.population import Population, Settings, generate
from bench.population.profiles import profiles
from childindex import linkage
from childindex.linkage.batch import train
from childindex.linkage.specification import ModelShape
from tests.linkage.batch.columns import columns

BENCH = Path(__file__).parents[2] / "bench"
FEW, MANY = 1500, 6000
OFTEN = 0.1  # of a class: levels that so many reach are counted in numbers


def lists(population: Population) -> tuple[list[dict[str, list[tuple[str, ...]]]], list[list[str]]]:
    """The custodians' lists as training reads them, and who each record is."""
    model = linkage.shipped()
    rows = [extract.rows for extract in population.extracts.values()]
    read = [
        columns(model, [linkage.children.source(row.demographics, test_range=True) for row in each]) for each in rows
    ]
    return read, [[str(row.child) for row in each] for each in rows]


@cache
def trained(children: int, custodians: tuple[str, ...], *, labelled: bool) -> ModelShape:
    """A model that has seen custodians' lists, without identifiers; in each some children are held twice."""
    files, truth = lists(generate(Settings(seed=31, children=children, custodians=custodians, identifiers=False)))
    return train(linkage.shipped(), files, truth=truth if labelled else None).model.shape


def probabilities(shape: ModelShape, name: str) -> dict[str, float]:
    """By level, its probability in a class."""
    return {
        f"{part.name}.{level.name}": level.m if name == "same" else level.rivals[name]
        for part in shape.comparisons
        for level in part.levels
    }


def test_lists_as_they_are_teach_twins_and_siblings() -> None:
    """Neighbours are no siblings, namesakes neither; a child that is held twice is no twin of itself."""
    found = trained(FEW, ("oakfield-school", "mill-lane-surgery"), labelled=False)
    per_child = {rival.name: rival.per_child for rival in found.rivals}
    assert per_child["twin"] == pytest.approx(0.027, abs=0.012)
    assert per_child["sibling"] == pytest.approx(0.8, abs=0.3)
    twin, sibling, same = (probabilities(found, name) for name in ("twin", "sibling", "same"))
    assert twin["forename.exact"] < 0.002
    assert twin["forename.other"] > 0.85
    assert twin["surname.exact"] > 0.7
    assert sibling["surname.exact"] > 0.6
    assert sibling["forename.exact"] < 0.005
    for name in ("property", "exact", "other"):
        assert sibling[f"postcode.{name}"] == pytest.approx(same[f"postcode.{name}"], abs=0.03)


@pytest.mark.slow
def test_what_is_found_without_labels_is_what_labels_count() -> None:
    found, counted = (probabilities(trained(MANY, tuple(profiles()), labelled=each), "same") for each in (False, True))
    often = {name for name, share in counted.items() if share >= OFTEN}
    assert len(often) > 12
    assert {name: found[name] for name in often} == pytest.approx({name: counted[name] for name in often}, abs=0.02)
    assert found["birth_date.apart"] < 0.005  # namesakes are not the same


@pytest.mark.parametrize("identifiers", ["", "-without"])
def test_a_model_trained_without_labels_links_as_the_shipped_one_does(identifiers: str) -> None:
    """Committed, and told in bench/README.md as it was measured."""
    readme = (BENCH / "README.md").read_text(encoding="utf-8")
    shipped, trained = (
        json.loads((BENCH / "results" / f"training-{name}-40000{identifiers}.json").read_text(encoding="utf-8"))
        for name in ("shipped", "trained")
    )
    assert shipped["seed"] == trained["seed"]
    assert shipped["model"].startswith("children-england 7 ")
    assert trained["model"].startswith("children-england 7+trained.")
    assert trained["precision"] >= 0.9999
    assert trained["recall"] >= shipped["recall"] - 0.001
    for name, found in (("shipped", shipped), ("trained", trained)):
        counts = f"{found['linkable']:,} | {found['linked']:,} | {found['wrong']} | {found['recall']:.5f}"
        ids = "without" if identifiers else "with"
        assert f"| {name} | {ids} | {found['seed']} | {counts} |" in readme
        assert found["digest"] in readme
