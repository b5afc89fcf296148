from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.matching.memory import Memory
from childindex import linkage
from childindex.demographics import Demographics
from childindex.linkage import Decision
from childindex.linkage.damage import SUBSTITUTE, mended
from childindex.linkage.names import fold_name
from childindex.text import clean
from tests.linkage.people import child

MODEL = linkage.shipped()
LETTERS = {"o": "0", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8"}
NAMES = ("thomas", "isabella", "oscar", "beatrice", "sebastian", "florence", "matteo", "elizabeth", "abigail")
ACCENTED = (
    "José", "Zoë", "Özlem", "François", "Łukasz", "Siân", "Þóra", "Nguyễn", "Ştefan", "Erdoğan", "Šárka", "Matúš",
    "María",
    "Agnès", "Nicolò", "Ítalo", "Müller", "Олена", "Ελένη", "فاطمة", "דוד", "अमित", "Ó’Brien",
)  # fmt: skip


def decided(known: Demographics, query: Demographics, *others: Demographics) -> Decision:
    memory = Memory(MODEL)
    for entry, record in enumerate((known, *others), 1):
        memory.write(memory.query(record), entry, 1)
    return memory.resolve(query, 2)[1].match.decision


@given(st.sampled_from(NAMES), st.data())
def test_digits_among_letters_are_the_letters_that_they_stand_for(name: str, data: st.DataObject) -> None:
    places = [at for at, letter in enumerate(name) if letter in LETTERS]
    chosen = data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=(len(name) - 1) // 2))
    endings = {len(name) - 1, len(name) - 2} <= chosen
    written = "".join(LETTERS[letter] if at in chosen else letter for at, letter in enumerate(name))
    assert (fold_name(written) == name) is not endings


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Th0ma5", "thomas"),
        ("M1chael", "m?chael"),
        ("Amy2", "amy"),
        ("Smith 3", "smith"),
        ("2nd", "nd"),
        ("B0", "b"),
        ("123", ""),
        ("V?", "v?"),
        ("Ko?", "ko?"),
        ("?mile", "?mile"),
        ("Fran\ufffdois", "fran?ois"),
        ("???", ""),
        ("\ufffd", ""),
        ("Anna ?", "anna"),
        ("Zo&euml;", "zoe"),
        ("O&#39;Brien", "obrien"),
        ("Smith & Jones", "smith jones"),
    ],
)
def test_damage_is_restored_or_is_a_letter_not_known(written: str, folded: str) -> None:
    assert fold_name(written) == folded


@pytest.mark.parametrize("name", ACCENTED)
@pytest.mark.parametrize("times", [1, 2, 3])
def test_text_that_was_misread_is_read_rightly(name: str, times: int) -> None:
    text = name
    for _ in range(times):
        text = "".join(_misread(byte) for byte in text.encode())
    assert text != name
    assert clean(text) == name


def _misread(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


@given(st.text(max_size=20))
def test_mending_is_settled(text: str) -> None:
    once = mended(text)
    assert mended(once) == once or SUBSTITUTE in text


@pytest.mark.parametrize(
    "name",
    [
        *ACCENTED,
        "João",
        "São",
        "Núñez",
        "Ångström",
        "Đặng",
        "Ãngela",
        "İbrahim",
        "Kríž",
        "André’s",
        "René–Marie",
        "“José”",
        "José\u00a0María",
        "Zoltàn\u00a0",
        "Romã\u00a0Silva",
        "Mª Pª",
        "Lluïsa Gal·la",
    ],
)
def test_names_that_are_whole_stay_so(name: str) -> None:
    for written in (name, name.upper()):
        assert mended(clean(written)) == " ".join(normalize("NFKC", written).split())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Thomas", "Th0ma5"), ("José", "JosÃ©"), ("François", "Fran?ois"), ("Fran?ois", "Fran?ois"),
     ("William", "Wi11iam"), ("Siân", "Si\ufffdn"), ("Chloë", "Chlo?")],
)  # fmt: skip
def test_a_damaged_name_finds_its_child(one: str, other: str) -> None:
    assert decided(child(one), child(other)) is Decision.MATCHED
    assert decided(child(other), child(one)) is Decision.MATCHED


@pytest.mark.parametrize(("one", "other"), [("V?", "V?"), ("V?", "Vi"), ("Ko?", "Kofi"), ("Ko?", "Ko?"), ("?", "Vi")])
def test_few_letters_are_for_a_person(one: str, other: str) -> None:
    assert decided(child(one), child(other)) is Decision.POSSIBLE


@pytest.mark.parametrize(("one", "other"), [("V?", "Bao"), ("Ko?", "Ama"), ("Fran?ois", "Frances"), ("Mari?", "Rose")])
def test_letters_that_are_known_tell_names_apart(one: str, other: str) -> None:
    assert decided(child(one), child(other)) is not Decision.MATCHED
    assert decided(child(other), child(one)) is not Decision.MATCHED


@pytest.mark.parametrize("damaged", ["Ma?a", "Mar?a", "M?ra"])
def test_of_known_twins_whom_a_damaged_name_fits_none_is_linked(damaged: str) -> None:
    assert (
        decided(
            child("Mara"),
            child(damaged),
            child("Maia" if damaged == "Ma?a" else "Marsa" if damaged == "Mar?a" else "Mira"),
        )
        is not Decision.MATCHED
    )
