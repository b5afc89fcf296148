"""The rules by which spellings of one name are joined."""

import pytest

from bench.spellings.__main__ import families, sounded, spelled


@pytest.mark.parametrize(
    "alike",
    [
        ("khadija", "kadijah", "khadeeja"), ("sophia", "sofia", "sofiya"), ("zain", "zayn", "zein"),
        ("leyla", "laila", "laylah"), ("jaxon", "jakson", "jackson"), ("maya", "maia", "maaya"), ("yousuf", "yusuf"),
    ],
)  # fmt: skip
def test_what_sounds_alike(alike: tuple[str, ...]) -> None:
    assert len({sounded(name) for name in alike}) == 1


def test_what_does_not() -> None:
    names = ("millie", "miley", "casey", "cassie", "kathy", "zara", "sarah", "jake", "jace", "lucy", "hasan", "husain")
    assert len({sounded(name) for name in names}) == len(names)


def test_a_root_is_spelled_in_its_ways_only() -> None:
    root = spelled("hUsYn")
    assert all(root.fullmatch(name) for name in ("hussain", "hossein", "husayn", "housein"))
    assert not any(root.fullmatch(name) for name in ("hasan", "hussan", "hassein"))
    assert spelled("amina").fullmatch("aaminah")


def test_families_are_of_names_in_use() -> None:
    known = ["zain", "zayn", "zane", "hussain", "hossein", "al"]
    assert set(families(known, ["hUsYn"])) == {("zain", "zayn"), ("hossein", "hussain")}
