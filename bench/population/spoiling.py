"""Rows that the index must refuse: made only when asked for, to try the gate."""

from collections.abc import Callable

from bench.population.draws import Draws
from bench.population.recording import Columns


def spoilt(columns: Columns, share: float, draws: Draws) -> frozenset[int]:
    """Spoil this share of the rows in place, each in one of the ways in turn; the places of those spoilt."""
    if share <= 0:
        return frozenset()
    count = len(columns.local_id)
    hit = [place for place, uniform in enumerate(draws.uniform(count).tolist()) if uniform < share]
    for turn, place in enumerate(hit):
        _WAYS[turn % len(_WAYS)](columns, place)
    return frozenset(hit)


def _born_tomorrow(columns: Columns, place: int) -> None:
    columns.birth_date[place], columns.expected_birth_date[place] = "2098-05-17", ""


def _impossible_day(columns: Columns, place: int) -> None:
    columns.birth_date[place], columns.expected_birth_date[place] = "2015-02-30", ""


def _grown_up(columns: Columns, place: int) -> None:
    columns.birth_date[place], columns.expected_birth_date[place] = "1980-05-17", ""


def _test_patient(columns: Columns, place: int) -> None:
    columns.family_name[place] = "XXTESTPATIENT-ABCD"


def _endless_name(columns: Columns, place: int) -> None:
    columns.family_name[place] = "Na" * 80


def _nameless(columns: Columns, place: int) -> None:
    for names in (columns.given_name, columns.family_name):
        names[place] = "Unknown"
    for names in (columns.middle_names, columns.known_as, columns.former_family_names, columns.carer_family_name):
        names[place] = ""


def _endless_postcode(columns: Columns, place: int) -> None:
    columns.postcode[place] = "LS1 " * 80


_WAYS: tuple[Callable[[Columns, int], None], ...] = (
    _born_tomorrow,
    _impossible_day,
    _grown_up,
    _test_patient,
    _endless_name,
    _nameless,
    _endless_postcode,
)
