"""Names in scripts that write few vowels, and what families write for them in Latin letters.

`script_names.csv`: names common in the Emirates, Israel, India, Nepal and Bangladesh from
sigpwned/popular-names-by-country-dataset (CC0); the rest our own, from general knowledge of names.
"""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.matching.memory import Memory
from childindex import linkage
from childindex.linkage import Decision
from childindex.linkage.batch.table import Vocabulary
from childindex.linkage.names import fold_name, skeleton
from childindex.linkage.scripts import MOST, script_words, skeletons
from tests.linkage.batch.columns import columns
from tests.linkage.people import child

MODEL = linkage.shipped()
with (Path(__file__).with_name("script_names.csv")).open(encoding="utf-8", newline="") as _file:
    NAMES = list(csv.DictReader(_file))
LANGUAGES = sorted({row["language"] for row in NAMES})
PAIRS = [(row["written"], latin) for row in NAMES for latin in row["latin"].split("/")]


def forms(written: str) -> tuple[str, ...]:
    return skeletons("".join(script_words(written)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_has_the_skeleton_of_each_of_its_latin_spellings(language: str) -> None:
    pairs = [
        (row["written"], latin) for row in NAMES if row["language"] == language for latin in row["latin"].split("/")
    ]
    missed = [(written, latin) for written, latin in pairs if skeleton(fold_name(latin)) not in forms(written)]
    assert len(pairs) >= 6
    assert not missed


def test_skeletons_are_few_and_tell_names_apart() -> None:
    written = sorted({row["written"] for row in NAMES})
    met = {(one, other) for one in written for other in written if one < other and set(forms(one)) & set(forms(other))}
    assert max(len(forms(each)) for each in written) <= MOST
    assert len(met) < 0.01 * len(written) ** 2 / 2


@given(st.text("אבגדהוזחטיךכלםמןנסעףפץצקרשת'׳ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءپچژگکی", min_size=1, max_size=12))
def test_skeletons_are_skeletons(word: str) -> None:
    for form in skeletons(word):
        assert form
        assert set(form) <= set("abcdefgjklmnprstz")


@given(st.text("abcdefghijklmnopqrstuvwxyzéšßДж李 -'", max_size=15))
def test_other_scripts_have_none(text: str) -> None:
    assert script_words(text) == ()
    record = MODEL.normalise({"given_name": (text,), "family_name": (text,)})
    assert record.of("forename_script") == record.of("surname_script") == ()


def test_points_strokes_and_joiners_say_nothing() -> None:
    assert script_words("فـــاطِمة") == script_words("فاطمة")
    assert script_words("שָׁלוֹם") == script_words("שלום")
    assert script_words("عبد‌الله") == script_words("عبدالله")


@pytest.mark.parametrize("latin_first", [True, False])
def test_a_child_that_moved_and_is_written_in_another_script_is_for_a_person(latin_first: bool) -> None:
    """Forename and surname of one language at a time; birth date and sex equal, postcode in another district."""
    seen = []
    for language in LANGUAGES:
        rows = list({row["written"]: row for row in NAMES if row["language"] == language}.values())
        for given_name, family in zip(rows, [*rows[1:], rows[0]], strict=True):
            theirs = child(given_name["written"], family["written"], postcode="LS6 2AB")
            mine = child(given_name["latin"].split("/")[0], family["latin"].split("/")[0], postcode="M14 5AB")
            first, second = (mine, theirs) if latin_first else (theirs, mine)
            memory = Memory(MODEL)
            memory.write(memory.query(first), 1, 1)
            seen.append(memory.resolve(second, 2)[1].match.decision)
    assert seen.count(Decision.UNMATCHED) <= 0.02 * len(seen)  # both names of several skeletons, the likeliest wrong


@pytest.mark.parametrize("one", ["حسن", "حسين"])
@pytest.mark.parametrize("other", ["Hasan", "Husain"])
def test_twins_whom_the_script_does_not_tell_apart_are_not_linked(one: str, other: str) -> None:
    memory = Memory(MODEL)
    memory.write(memory.query(child(one, "کریمی")), 1, 1)
    assert memory.resolve(child(other, "Karimi"), 2)[1].match.decision is Decision.POSSIBLE


def test_a_whole_file_is_normalised_alike() -> None:
    records = [{"given_name": (written,), "family_name": (latin,)} for written, latin in PAIRS]
    vocabulary = Vocabulary(MODEL)
    table = vocabulary.table(columns(MODEL, records))
    for name in ("forename_script", "forename_skeleton", "surname_skeleton"):
        place = list(MODEL.shape.fields).index(name)
        strings = vocabulary.strings(place)
        for row, record in enumerate(records):
            found = tuple(strings[code] for code in table.columns[place][row].tolist() if code >= 0)
            assert found == MODEL.normalise(record).of(name)
