"""Different children of one name and birth date in two towns, and the lists that communities are learned from."""

import json
import shutil
from pathlib import Path

import pytest

from bench.communities import __main__ as made
from bench.matching import namesakes
from bench.population import naming
from childindex import linkage
from childindex.demographics import Sex
from childindex.linkage import Model

ROOT = Path(__file__).parents[2]
RESULT = json.loads((ROOT / "bench" / "results" / "namesakes-v8.json").read_text(encoding="utf-8"))
QUICK = ("pakistani", "indian", "sikh", "somali", "nigerian", "polish", "british")


def all_figures(model: Model, origins: tuple[str, ...], pairs: int) -> list[namesakes.Figures]:
    return [namesakes.figures(model, origin, pairs, 20) for origin in origins]


def without_pairs(model: Model) -> Model:
    words = {key: value for key, value in model.shape.words.items() if not key.startswith("names_together")}
    return Model.build(model.shape.model_copy(update={"pairs": None, "words": words}), model.tables)


def test_no_more_namesakes_are_linked_than_p_foretells() -> None:
    groups = all_figures(linkage.shipped(), QUICK, 400)
    assert all(each.held for each in groups)
    assert not any(namesakes.is_above(each, groups) for each in groups)


def test_without_communities_more_are() -> None:
    groups = all_figures(without_pairs(linkage.shipped()), QUICK, 400)
    assert {each.group for each in groups if not each.held} >= set(QUICK) - {"british"}


@pytest.mark.slow
def test_no_more_are_linked_of_any_group() -> None:
    groups = all_figures(linkage.shipped(), tuple(namesakes.shares()), 2000)
    assert all(each.held for each in groups)
    assert not any(namesakes.is_above(each, groups) for each in groups)


def test_the_committed_result_holds_for_every_group() -> None:
    assert set(RESULT["groups"]) == set(naming.origins())
    assert all(each["pairs"] >= 2000 for each in RESULT["groups"].values())
    assert all(each["no_more_than_foretold"] and not each["above_all"] for each in RESULT["groups"].values())


def test_groups_are_all_children_and_no_name_has_more_bearers_than_the_nation() -> None:
    assert sum(namesakes.shares().values()) == pytest.approx(1.0, abs=1e-6)
    for sex in (Sex.FEMALE, Sex.MALE):
        bearers = namesakes._forenames(sex)
        for name, share in namesakes._national(sex).items():
            assert sum(names.get(name, 0.0) for names in bearers.values()) <= share * 1.001


def test_pairs_are_drawn_of_one_sex_and_by_how_many_bear_the_name() -> None:
    cells = list(namesakes.drawn("sikh", 500, 1, 2))
    assert cells == list(namesakes.drawn("sikh", 500, 1, 2))
    assert not [cell for cell in cells if cell.surname == "kaur" and cell.sex is Sex.MALE]
    once = list(namesakes.drawn("sikh", 500, 1, 1))
    assert sum(cell.share for cell in cells) > 1.5 * sum(cell.share for cell in once)


def test_the_tables_are_what_the_lists_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in (ROOT / "src" / "childindex" / "linkage" / "tables").glob("*.csv"):
        shutil.copy(table, tmp_path)
    monkeypatch.setattr(made, "TABLES", tmp_path)
    made.main()
    for name in ("forename_communities.csv", "surname_communities.csv", "community_shares.csv"):
        assert (tmp_path / name).read_bytes() == (linkage.shipped().tables / name).read_bytes()


def test_no_list_of_the_generator_teaches_communities() -> None:
    """The bench draws names from the generator's tables: what is learned there would judge itself."""
    for path in (ROOT / "bench" / "communities").glob("*.py"):
        assert "bench.population" not in path.read_text(encoding="utf-8")
