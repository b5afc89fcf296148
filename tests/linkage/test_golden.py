"""What the normalising code makes of the golden corpus: it moves only with the model's version.

When this fails, stored rows changed: indexes that are in use would be asked by code that did not write them. If that
is meant, raise `version` in `model.toml` (once per release is enough) and write the fingerprint that the failure shows
in `PINNED`. If it is not meant, undo the change of a folding, a code, a blocking key or a narrow row.
"""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from childindex import linkage
from childindex.linkage import Model, children, golden, normalise
from childindex.linkage import model as model_
from childindex.linkage.blocking import block
from childindex.linkage.names import fold_name
from childindex.linkage.narrow import narrow_code
from childindex.reading import Reading

PINNED = (
    "8",
    "a26218d6517ee50ab728aa0b63df3e59",
)  # of the shipped model: its version, and what it stores of the corpus


def fresh() -> Model:
    """The shipped model, its fingerprint not yet taken."""
    return Model.load(Path(linkage.__file__).with_name("model.toml"))


def test_stored_rows_move_only_with_the_models_version() -> None:
    assert (fresh().version, fresh().fingerprint) == PINNED


def test_the_fingerprint_is_of_the_code_and_not_of_the_population_or_the_weights() -> None:
    model = linkage.shipped()
    assert linkage.shipped(5000).fingerprint == model.fingerprint
    assert linkage.shipped(5000).digest != model.digest
    thresholds = model.shape.thresholds.model_copy(update={"match": 0.9999})
    stricter = Model.build(model.shape.model_copy(update={"thresholds": thresholds}), model.tables)
    assert (stricter.fingerprint, stricter.digest == model.digest) == (model.fingerprint, False)


def forget() -> None:
    """What a process remembers of values that it has normalised."""
    golden.sources.cache_clear()
    for each in vars(normalise).values():
        getattr(each, "cache_clear", lambda: None)()


CHANGED: list[tuple[ModuleType, str, Callable[..., object]]] = [
    (normalise, "fold_name", lambda text: fold_name(text).replace("ph", "f")),
    (normalise, "is_placeholder", lambda _: False),
    (children, "read", lambda given, **_: Reading(given, (), ())),
    (model_, "narrow_code", lambda codes: narrow_code(codes) ^ 1),
    (model_, "block", lambda record, scan, rules: block(record, scan, rules[1:])),
]


@pytest.mark.parametrize(("module", "function", "otherwise"), CHANGED)
def test_another_rule_moves_the_digest(
    module: ModuleType, function: str, otherwise: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = linkage.shipped().digest
    with monkeypatch.context() as patch:
        patch.setattr(module, function, otherwise)
        forget()
        changed = fresh()
        assert changed.fingerprint != PINNED[1]
        assert changed.digest != now
    forget()


def test_the_corpus_holds_every_script_and_what_systems_write() -> None:
    letters = {
        letter for source in golden.sources() for values in source.values() for text in values for letter in text
    }
    scripts = {unicodedata.name(letter, "").split()[0] for letter in letters if letter.isalpha()}
    assert scripts >= {
        "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "GURMUKHI", "BENGALI", "GUJARATI", "TAMIL",
        "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "KHMER", "MYANMAR", "GEORGIAN", "ARMENIAN",
        "ETHIOPIC", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "TIBETAN", "MONGOLIAN",
    }  # fmt: skip
    columns = {column for source in golden.sources() for column in source}
    read = {name for field in linkage.shipped().shape.fields.values() for name in field.columns}
    assert read <= columns
