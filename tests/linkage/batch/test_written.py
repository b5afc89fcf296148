"""A model that is written is the model that is read again, whatever it holds."""

import tomllib
from pathlib import Path

import pytest

from childindex import linkage
from childindex.linkage import Model, batch
from childindex.linkage.batch.written import written
from childindex.linkage.specification import ModelShape
from tests.linkage.batch.invented import people, short_model


def test_the_shipped_model_comes_back() -> None:
    shape = linkage.shipped().shape
    assert ModelShape.model_validate(tomllib.loads(written(shape, "made for a test\nof two lines"))) == shape


def test_a_trained_model_comes_back_and_links_alike(tmp_path: Path) -> None:
    made = people(200, seed=12)
    trained = batch.train(short_model(tmp_path), [made.together], options=batch.Options(sample=30_000)).model
    path = tmp_path / "trained.toml"
    path.write_text(written(trained.shape), encoding="utf-8")
    again = Model.load(path)
    assert again.shape == trained.shape
    assert again.digest == trained.digest
    before, after = batch.link(trained, made.together), batch.link(again, made.together)
    assert (before.chances == after.chances).all()


@pytest.mark.parametrize("value", ['say "so"', "back\\slash", "größer", "two words", "", "日本", "-", "a.b"])
def test_values_of_any_letters_are_quoted(value: str, tmp_path: Path) -> None:
    shape = short_model(tmp_path).shape
    table = shape.frequencies["first"].model_copy(update={"values": {value: 0.5}})
    changed = shape.model_copy(update={"name": value or "none", "frequencies": {**shape.frequencies, "first": table}})
    assert ModelShape.model_validate(tomllib.loads(written(changed))) == changed


def test_the_short_model_of_the_documents_is_one() -> None:
    document = (Path(batch.__file__).parent / "README.md").read_text()
    text = document.split("```toml\n", 1)[1].split("```", 1)[0]
    shape = ModelShape.model_validate(tomllib.loads(text))
    source = {"first_name": ["Ann", "Anne"], "last name": ["Lee", "Lee"], "dob": ["2001-02-03", "2001-02-03"]}
    assert len(batch.link(Model.build(shape, Path()), source).pairs) == 1
    keys = set(ModelShape.model_fields)
    assert keys <= {word for word in document.replace("`", " ").replace(",", " ").split() if word in keys}
