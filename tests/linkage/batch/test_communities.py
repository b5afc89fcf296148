"""Communities learned from pairs of names, and whole files weighed with them as single records are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Sex
from childindex.linkage import Model, batch
from childindex.linkage.batch import communities
from childindex.linkage.batch.agreement import Judge
from childindex.linkage.batch.pairs import every_pair
from childindex.linkage.batch.patterns import patterns
from childindex.linkage.batch.table import Vocabulary
from childindex.linkage.batch.trained import with_communities
from childindex.linkage.batch.weighing import taken, totals
from childindex.linkage.batch.written import written
from childindex.linkage.specification import ModelShape
from tests.linkage.people import candidate, child, features, strings

MODEL = linkage.shipped()
FORENAMES = ["Simran", "Simrann", "Oliver", "Amina", "Kaur", "Chaya", ""]
SURNAMES = ["Kaur", "Smith", "Mohamed", "Cohen", "Simran", "Kaur-Smith", ""]
RECORDS = st.lists(st.tuples(st.sampled_from(FORENAMES), st.sampled_from(SURNAMES)), min_size=2, max_size=6)
Source = Mapping[str, Sequence[str | tuple[str, ...]]]


def source(names: Sequence[tuple[str, str]]) -> Source:
    rows = [linkage.children.source(child(*name, sex=Sex.FEMALE)) for name in names]
    return {column: [row.get(column, ()) for row in rows] for column in {key for row in rows for key in row}}


@given(RECORDS)
@settings(max_examples=60)
def test_whole_files_take_what_single_records_do(names: list[tuple[str, str]]) -> None:
    vocabulary = Vocabulary(MODEL)
    table = vocabulary.table(source(names))
    pairs = every_pair(table.count, None)
    agreement = Judge(MODEL, vocabulary).judge(pairs, table)
    weights, less = totals(MODEL, agreement), taken(MODEL, agreement)
    records = [child(*name, sex=Sex.FEMALE) for name in names]
    scorer = MODEL._matcher._scorer
    for at, (left, right) in enumerate(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)):
        asked, row = features(MODEL, records[left]), candidate(MODEL, 1, records[right]).rows[0].features.codes
        draft = scorer.draft(scorer.prepare(asked.codes, asked.strings), row)
        lexicon = strings(MODEL, [records[right]])
        score = scorer.finish(draft, row, {code: lexicon[code] for code in scorer.wants(draft, row)})
        assert score.taken == less[at]
        assert score.totals == tuple(weights[at].tolist())


def test_patterns_count_what_is_taken() -> None:
    """Where both names are looked at; a round that looks at one of them knows nothing of the other."""
    vocabulary = Vocabulary(MODEL)
    table = vocabulary.table(source([("Simran", "Kaur"), ("Simran", "Kaur")]))
    agreement = Judge(MODEL, vocabulary).judge(every_pair(2, None), table)
    assert MODEL.together is not None
    both = [MODEL.together.first, MODEL.together.second]
    parts = agreement.parts[0, both].sum() - taken(MODEL, agreement)[0]
    assert patterns(MODEL, agreement, both).bits[0] == pytest.approx(parts / 1000, abs=0.07)
    assert patterns(MODEL, agreement, both[:1]).bits[0] == pytest.approx(agreement.parts[0, both[0]] / 1000, abs=0.07)


COMMON = [("Simran", "Kaur"), ("Harleen", "Kaur"), ("Arjan", "Singh"), ("Oliver", "Smith"), ("Amina", "Mohamed")]
TOWN = [name for at, name in enumerate(COMMON) for _ in range(300 if at < 3 else 60)]  # a town of one community


def learned(names: Sequence[tuple[str, str]], order: Sequence[int] | None = None) -> Model:
    vocabulary = Vocabulary(MODEL)
    table = vocabulary.table(source(names))
    if order is not None:
        table = table.take(np.array(order))
    found = communities.learned(MODEL, vocabulary, [table], [np.ones(table.count)])
    assert found is not None
    return Model.build(with_communities(MODEL.shape, found), MODEL.tables)


def test_a_community_is_as_large_as_the_lists_show_and_its_names_say_less_there() -> None:
    model = learned(TOWN)
    assert model.together is not None
    assert MODEL.together is not None
    before, after = MODEL.together.communities, model.together.communities
    bearers = before.second.of("kaur")
    assert bearers is not None
    (community,) = bearers.parts
    assert after.sizes[community].share > 5 * before.sizes[community].share
    assert after.bits("simran", "kaur") < before.bits("simran", "kaur") - 1.0


def test_who_bears_a_name_is_learned_from_the_other_name() -> None:
    """Of the Olivers of a town in which they are called Singh, most are of the community of those."""
    model = learned([*TOWN, *[("Oliver", "Singh")] * 200])
    assert model.together is not None
    found, before = model.together.communities.first.of("oliver"), MODEL.together.communities.first.of("oliver")  # type: ignore[union-attr]
    assert found is not None
    assert before is not None
    assert sum(found.parts.values()) > 0.3 > sum(before.parts.values())


def test_nothing_is_told_of_a_name_that_few_bear() -> None:
    model = learned([*TOWN, ("Chaya", "Cohen")])
    assert model.shape.pairs is not None
    assert "simran" in model.shape.pairs.values.first
    assert "chaya" not in model.shape.pairs.values.first
    assert "cohen" not in model.shape.pairs.values.second


@given(st.permutations(range(12)))
@settings(max_examples=10)
def test_the_order_of_records_changes_nothing(order: list[int]) -> None:
    names = [*COMMON, ("Chaya", "Cohen"), ("Fatima", "Begum")] * 12
    whole = [12 * at + place for at in range(len(names) // 12) for place in order]
    assert learned(names, whole).shape == learned(names).shape


def test_a_model_without_pairs_learns_none() -> None:
    model = Model.build(without_pairs(MODEL), MODEL.tables)
    vocabulary = Vocabulary(model)
    table = vocabulary.table(source(TOWN))
    assert communities.learned(model, vocabulary, [table], [np.ones(table.count)]) is None


def without_pairs(model: Model) -> ModelShape:
    words = {key: value for key, value in model.shape.words.items() if not key.startswith("names_together")}
    return model.shape.model_copy(update={"pairs": None, "words": words})


def test_what_was_learned_is_written_and_read_again(tmp_path: Path) -> None:
    model = learned(TOWN)
    (tmp_path / "tables").symlink_to(MODEL.tables)
    (tmp_path / "model.toml").write_text(written(model.shape))
    assert Model.load(tmp_path / "model.toml").digest == model.digest


def test_training_writes_what_the_names_of_its_files_say() -> None:
    rows = [child(*name, f"20{10 + at % 9}-0{1 + at % 8}-1{at % 9}") for at, name in enumerate(TOWN[::3])]
    files = []
    for part in (rows, rows[: len(rows) // 2]):
        told = [linkage.children.source(each) for each in part]
        files.append({column: [row.get(column, ()) for row in told] for column in {key for row in told for key in row}})
    trained = batch.train(MODEL, files).model
    assert trained.shape.pairs is not None
    assert trained.shape.pairs.values.sizes
