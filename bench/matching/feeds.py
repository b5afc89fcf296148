"""What an operator knows of feeds: which have been loaded, and what share of each age they cover.

So the prior that a record's child is in the index is known by feed and age, as the design asks: near 0 for children
whom no loaded feed covers, near 1 where a register of the whole age group is in. No record and no truth is looked at.
"""

from collections.abc import Sequence
from datetime import date

from bench.population.profiles import Profile
from childindex.demographics import PartialDate

_YEAR = 365.2425
_UNTOLD = 9.0  # years, where no birth date is told
_OLDEST = 17.9  # years; a date before that is a slip
_WRONG = 0.01  # of birth dates
_AGAIN = 0.003  # of records: the feed itself has sent one of this child before


def indexed(loaded: Sequence[Profile], born: PartialDate, today: date) -> float:
    """The share of children of that age whom a loaded feed covers, or this one twice; a date told may be wrong."""
    share = _covered(loaded, min(_age(born, today), _OLDEST))
    others = (1.0 - _WRONG) * share + _WRONG * _covered(loaded, _UNTOLD)
    return 1.0 - (1.0 - others) * (1.0 - _AGAIN)


def _covered(loaded: Sequence[Profile], age: float) -> float:
    missing = 1.0
    for profile in loaded:
        missing *= 1.0 - profile.covers(age)
    return 1.0 - missing


def _age(born: PartialDate, today: date) -> float:
    if not born:
        return _UNTOLD
    return (today - date(born.year, born.month or 7, born.day or 1)).days / _YEAR
