"""Which names are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.placeholder import Told, is_placeholder, told

PLACEHOLDERS = (
    """
Baby|BABY BOY|baby girl|Infant|New born|Newborn|infant male|Female infant|Twin|Twin One|Twin 1|twin II|TWIN B
Triplet three|Boy|Girl 2|Baby 2|Boy of Sarah|baby girl of Amina Yusuf|Baby boy 2 of Okafor|B/O Kaur|b / o Kaur|Unborn
Unknown|UNKNOWN UNKNOWN|unk|Not known|not yet known|Not Known.|N/K|nk|N/A|n.a.|Not given|No name|No forename given
Nameless|TBC|To be confirmed|t.b.c|Awaiting naming|Name not known|Unknown mother|Test|TEST2|test patient|Dummy|XXX|xx|X
zzzz|aaaa|???|-|.|12|* *|ＢＡＢＹ|None|null|FNU|mother unknown|Male child|Child 3|Baby (twin one)|new-born|Don't know
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

NAMES = (
    """
Sarah|Boy George|Baby Jane|Na|No|Nil|An|Ng|O|Oo|J|D'Arcy|Mary-Ann|van der Berg|Twinkle|Girlie|Teste|Testa|Noname Smith
Childs|Boyd|Babington|Infante|Xu|Xenia|Li Na|Nguyen Thi|محمد|李|Ольга|Ann Of|Rajan s/o Muthu|Unity|Mann|Newman|First
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
