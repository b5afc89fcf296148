"""Which names are none."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.placeholder import Told, is_placeholder, told, without_family

PLACEHOLDERS = (
    """
Baby|BABY BOY|baby girl|Infant|New born|Newborn|infant male|Female infant|Twin|Twin One|Twin 1|twin II|TWIN B
Triplet three|Boy|Girl 2|Baby 2|Boy of Sarah|baby girl of Amina Yusuf|Baby boy 2 of Okafor|B/O Kaur|b / o Kaur|Unborn
Unknown|UNKNOWN UNKNOWN|unk|Not known|not yet known|Not Known.|N/K|nk|N/A|n.a.|Not given|No name|No forename given
Nameless|TBC|To be confirmed|t.b.c|Awaiting naming|Name not known|Unknown mother|Test|TEST2|test patient|Dummy|XXX|xx|X
1st twin|2nd Twin|Babygirl|BABYBOY|Baby twin 2 of Sarah Hill|Baby 1 of 2|NB Girl|Not known yet|Twin 1 Sarah
Twin Two Hill|Baby girl Sarah|Male infant Hill|Newborn|Noworodek|Recién nacido|nouveau-né|First son of Sarah
zzzz|aaaa|???|-|.|12|* *|ＢＡＢＹ|None|null|FNU|mother unknown|Male child|Child 3|Baby (twin one)|new-born|Don't know
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

NAMES = (
    """
Sarah|Boy George|Baby Jane|Na|No|Nil|An|Ng|O|Oo|J|D'Arcy|Mary-Ann|van der Berg|Twinkle|Girlie|Teste|Testa|Noname Smith
Childs|Boyd|Babington|Infante|Xu|Xenia|Li Na|Nguyen Thi|محمد|李|Ольга|Ann Of|Rajan s/o Muthu|Unity|Mann|Newman|First
Baby Sarah|Nb|Twinning|Child Jane|Twin Peaks|Sarah One|Infant Hill|Second|Babyface
One|Of|The|Two|Given|Aa|Bo|Offa|Sonof|Daughter|Son|Quin|Sample|Blank|Zed|Zara|नेहा|ໄຊ
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_these_are_placeholders(name: str) -> None:
    assert is_placeholder(name)
    assert is_placeholder(f"  {name.swapcase()} ")


@pytest.mark.parametrize("name", NAMES)
def test_these_are_names(name: str) -> None:
    assert not is_placeholder(name)
    assert not is_placeholder(name.upper())


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_nothing_is_not_a_placeholder(name: str) -> None:
    assert not is_placeholder(name)


@given(st.sampled_from(PLACEHOLDERS), st.sampled_from(["Chidera", "Weronika", "Siobhán", "محمد"]))
def test_a_real_name_beside_a_placeholder_makes_a_name(placeholder: str, name: str) -> None:
    opening = placeholder.casefold().replace("/", " ").split()
    if " of " in f" {placeholder.casefold()} " or opening[:2] == ["b", "o"] or opening[0] == "name":
        return  # "Boy of Chidera" names the mother
    if told(placeholder).order:
        return  # "Chidera Twin 1" may be the child, or the mother: too dangerous for a name
    assert not is_placeholder(f"{name} {placeholder}")


@given(st.text(max_size=60))
def test_any_text_is_answered(name: str) -> None:
    assert isinstance(is_placeholder(name), bool)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Twin 1", Told(twin=True, order=1)),
        ("TWIN TWO", Told(twin=True, order=2)),
        ("Second twin", Told(twin=True, order=2)),
        ("Twin girl B", Told(twin=True, order=2, sex="female")),
        ("Triplet iii", Told(twin=True, order=3)),
        ("Twins", Told(twin=True)),
        ("Baby girl of Sarah Hill", Told(sex="female", of="sarah hill")),
        ("Boy of Sarah", Told(sex="male", of="sarah")),
        ("s/o Sarah Hill", Told(sex="male", of="sarah hill")),
        ("2nd Twin", Told(twin=True, order=2)),
        ("Twin 2 of 3", Told(twin=True, order=2)),
        ("Baby 1 of 2", Told(twin=True, order=1)),
        ("Baby twin 2 of Sarah Hill", Told(twin=True, order=2, of="sarah hill")),
        ("Sarah Twin B", Told(twin=True, order=2)),
        ("Twin girl 1 Sarah", Told(twin=True, order=1, sex="female")),
        ("Babygirl", Told(sex="female")),
        ("Baby boy Sarah", Told(sex="male")),
        ("Baby 1", Told()),
        ("Infant", Told()),
        ("Not known", Told()),
        ("Oliver", Told()),
        ("", Told()),
    ],
)
def test_what_a_placeholder_tells(name: str, expected: Told) -> None:
    assert told(name) == expected


def test_what_a_placeholder_tells_is_not_shown() -> None:
    assert "sarah" not in repr(told("Baby of Sarah"))


def listed() -> list[str]:
    """All names of the tables that are shipped."""
    found = set()
    for path in sorted((Path(linkage.__file__).parent / "tables").glob("*name*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {cell for row in csv.reader(file) for cell in row if cell and not cell[0].isdecimal()}
    return sorted(found - {"name", "variant", "other", "frequency"})


LISTED = listed()


def test_no_listed_name_is_a_placeholder_but_those_that_are_words_first() -> None:
    assert len(LISTED) > 15_000
    assert [name for name in LISTED if is_placeholder(name)] == ["baby", "child"]


@given(st.sampled_from(LISTED), st.sampled_from(LISTED), st.sampled_from(["", " ", "-"]))
def test_two_listed_names_are_no_placeholder(one: str, other: str, between: str) -> None:
    alone = {"baby", "child"} & {one, other}
    assert alone or not is_placeholder(f"{one}{between}{other}")
    assert alone or without_family(f"{one} {other}", [other]) == f"{one} {other}"


@pytest.mark.parametrize(
    ("given_name", "families", "left"),
    [
        ("Infant Hill", ["Hill"], "Infant"),
        ("HILL INFANT", ["Ng", "hill"], "INFANT"),
        ("Infant Hill", ["Jones"], "Infant Hill"),
        ("Infant Hill", ["", "Not known"], "Infant"),
        ("Infant Hill", [], "Infant"),
        ("Olivia Hill", ["Hill"], "Olivia Hill"),
        ("Child", ["Child"], "Child"),
        ("Hill", ["Hill"], "Hill"),
        ("", ["Hill"], ""),
    ],
)
def test_a_family_name_beside_a_placeholder_is_no_forename(given_name: str, families: list[str], left: str) -> None:
    assert without_family(given_name, families) == left
