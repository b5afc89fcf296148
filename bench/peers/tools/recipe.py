"""A configuration of Splink for one set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """How Splink is to link the `files` (names without `.csv`), one to deduplicate or two to link.

    `seen` is the SQL that makes its input of a file's `path`; `certain` are rules whose pairs are nearly all matches,
    thought to be `certain_recall` of all matches; `random_pairs` are sampled for u; `rounds` are the blocking rules of
    the rounds of expectation maximisation.
    """

    files: tuple[str, ...]
    seen: str
    settings: Any
    certain: Sequence[Any]
    certain_recall: float
    random_pairs: float
    rounds: Sequence[Any]
