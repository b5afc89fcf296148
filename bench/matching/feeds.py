"""What an operator knows of feeds: which have been loaded. By the model's table, as the service asks it, follows how
likely the child of a record is in the index. No record and no truth is looked at."""

from collections.abc import Sequence
from datetime import date

from bench.population.profiles import Profile
from childindex import linkage
from childindex.demographics import Demographics


def indexed(loaded: Sequence[Profile], demographics: Demographics, today: date) -> float:
    """The prior that the child of these details is known, where these feeds are loaded."""
    kinds = frozenset(profile.kind for profile in loaded)
    return linkage.shipped().indexed(kinds, linkage.children.age(demographics, today))
