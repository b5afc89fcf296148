"""Test patients: the records by which people try out a live system, and which are no children.

How they are named is convention, and data: `tables/test_patients.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from childindex.text import clean

_TABLE: Final = Path(__file__).parent / "tables" / "test_patients.toml"


def is_test_patient(given: Sequence[str], family: Sequence[str]) -> bool:
    """Whether these given and family names are a test patient's: XXTESTPATIENT-ABCD, "Test Patient", ZZTEST, "Test 2".

    A word for tests beside a name that may be real makes none ("Oliver Test"), nor a family name of a newborn ("Baby
    Tester"): such surnames exist.
    """
    table = _table()
    first, last = [[word for name in names for word in _words(name)] for names in (given, family)]
    joined = ["".join(_words(name)) for name in (*given, *family)]
    if any(part in name for name in joined for part in table["parts"]):
        return True
    if any(name.startswith(table["beginnings"]) for name in (*first, *last, *joined)):
        return True
    tests = {*table["test"], *table["beside"]}
    a_surname = len(last) == 1 and not tests.issuperset(first or ("newborn",))
    known = {*tests, *table["newborn"]}.issuperset((*first, *last))
    return known and not {*first, *(() if a_surname else last)}.isdisjoint(table["test"])


def _words(name: str) -> list[str]:
    """The words of a name in lower case, letters alone."""
    return "".join(letter if letter.isalpha() else " " for letter in clean(name).casefold()).split()


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items()}
