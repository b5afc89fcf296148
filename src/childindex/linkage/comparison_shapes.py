"""What a model file may say of comparisons and their agreement levels."""

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from childindex.linkage.record_shapes import Probability, Shape
from childindex.linkage.words import WORD_TESTS, WordTest

WholeTest = Literal["equal", "all_equal"]
DateTest = Literal[
    "date_swap", "date_edit", "date_year_wrong", "date_parts", "date_month", "date_year", "date_other_year",
    "date_near", "date_days",
]  # fmt: skip
TextTest = Literal[
    "variant", "spelling", "part", "given_part", "part_near", "slip", "clear_slip", "short_slip", "garbled",
    "alike", "close", "initial", "second_initial", "unknown_letter", "similar", "edits", "one_edit",
]  # fmt: skip
Pair = tuple[str, str]

RESERVED = frozenset({"alone", "two_identifiers"})  # exceptions to a veto that are no comparison's
WHOLE_TESTS = frozenset({"equal", "all_equal"})
VARIANT_TESTS = frozenset({"variant", "spelling"})  # a known variant: its probability counts
DATE_TESTS = frozenset(get_args(DateTest))


class LevelShape(Shape):
    """One agreement level: the test that reaches it and its probability given each class.

    `m` is P(level | same), `u` P(level | unrelated), `rivals` P(level | rival class), by name. `frequency` (0 to 1) is
    the weight of the term frequency. `pairs` are the (left, right) fields of an `equal` test; `at_least`, `at_most`
    are the parameters of the fuzzy tests; `gate` are pairs of which one must be equal before the strings are looked at.
    `covers` names comparisons that this level already counts.
    `bits` is the least information that shared words carry (tests of words), `years` whole years that dates are apart.
    `veto` bars an automatic link, unless one of `unless` holds: a comparison at its first level, a "comparison.level"
    (of an address: one that no crowd shares), "alone" (no other candidate is likely) or "two_identifiers" (two of
    different kinds are equal: one alone may have been picked by mistake). `twin_veto` bars it where another likely
    candidate agrees as well in what twins share: agreement as weak as this may be the other twin's.
    `kin_frequency` is the share of the term-frequency part that counts for rivals: a value that kin choose anew is no
    rarer among them for being rare, one that they share is. The u of a `local` level is as many people as share a small
    place: in a smaller population the greater share.
    """

    name: str = ""
    test: WholeTest | TextTest | DateTest | WordTest | Literal["else"]
    m: Probability
    u: Probability
    rivals: dict[str, Probability] = Field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    gate: tuple[Pair, ...] = ()
    frequency: float = Field(default=0.0, ge=0.0, le=1.0)
    at_least: float = 0.0
    at_most: int = 0
    bits: float = Field(default=0.0, ge=0.0)
    years: float = Field(default=0.0, ge=0.0)
    covers: tuple[str, ...] = ()
    veto: str = ""
    twin_veto: str = ""
    unless: tuple[str, ...] = ()
    anywhere: bool = False
    local: bool = False
    kin_frequency: float = Field(default=1.0, ge=0.0, le=1.0)

    def scaled(self, scale: float) -> Self:
        """The level where the population is that much smaller; the same if its u holds for populations of any size."""
        return self.model_copy(update={"u": min(self.u * scale, self.m / 2)}) if self.local else self

    @property
    def whole(self) -> bool:
        """Whether the test looks at codes alone."""
        return self.test in WHOLE_TESTS


class ComparisonShape(Shape):
    """How one feature is judged: the pairs of fields that make it comparable, and its levels, best first.

    Without a comparable pair the level is null and weighs 0; `null_veto` then bars an automatic link, unless one of
    `null_unless` holds.
    `nearer_veto` bars it where another likely candidate reaches a better level: in a comparison that tells the children
    of one household apart, more evidence of the household must not outweigh it. `shared_by_kin`: kin share the value,
    as one household does; `shared_by_twins`: of kin, twins alone do. `table` names the variants that `variant` knows.
    """

    name: str
    compares: tuple[Pair, ...] = Field(min_length=1)
    levels: tuple[LevelShape, ...] = Field(min_length=2)
    table: str = ""
    null_veto: str = ""
    null_unless: tuple[str, ...] = ()
    nearer_veto: str = ""
    shared_by_kin: bool = False
    shared_by_twins: bool = False

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, written: object) -> object:
        """What a short model leaves out, for training to replace: names of levels, their pairs, first guesses."""
        if not (isinstance(written, dict) and isinstance(written.get("levels"), list | tuple)):
            return written
        levels = [step for each in written["levels"] if isinstance(each, dict) for step in _steps(each)]
        if not all(isinstance(each, dict) for each in written["levels"]):
            return written
        return {**written, "levels": [_guessed(each, at, written, len(levels)) for at, each in enumerate(levels)]}

    @model_validator(mode="after")
    def _ends_with_else(self) -> Self:
        if [at for at, level in enumerate(self.levels) if level.test == "else"] != [len(self.levels) - 1]:
            raise ValueError("the last level, and only it, is tested by 'else'")
        return self

    @model_validator(mode="after")
    def _words_alike(self) -> Self:
        if len({level.at_least for level in self.levels if level.test in WORD_TESTS}) > 1:
            raise ValueError("levels tested by words agree on when two words are alike: one at_least for all")
        return self

    def scaled(self, scale: float) -> tuple[LevelShape, ...]:
        """The levels where the population is that much smaller, what is farther than a small place no surer than it."""
        levels: list[LevelShape] = []
        for level in self.levels:
            nearer = min((near.m / near.u for near in levels if near.local and near.u), default=0.0)
            scaled = level.scaled(scale)
            if nearer and not level.local and scaled.m > nearer * scaled.u:
                scaled = scaled.model_copy(update={"u": scaled.m / nearer})
            levels.append(scaled)
        return tuple(levels)

    @property
    def fields(self) -> frozenset[str]:
        """All fields that it looks at."""
        pairs = [*self.compares, *(pair for level in self.levels for pair in (*level.pairs, *level.gate))]
        return frozenset(name for pair in pairs for name in pair)

    @property
    def of_words(self) -> bool:
        """Whether equal values are to be judged by their words as well: more words say more."""
        return any(level.test in WORD_TESTS for level in self.levels)


def _steps(level: dict[str, object]) -> list[dict[str, object]]:
    """A level with `steps` of bits is one level for each of them, the most first, and one below the least."""
    steps = level.get("steps")
    if not isinstance(steps, list | tuple) or not all(isinstance(each, int | float) for each in steps):
        return [level]
    kept = {key: value for key, value in level.items() if key != "steps"}
    name = level.get("name", level.get("test", ""))
    each = [{**kept, "name": f"{name}_{least:g}", "bits": float(least)} for least in sorted(steps, reverse=True)]
    return [*each, {**kept, "name": name}]


def _guessed(level: dict[str, object], at: int, comparison: dict[str, object], count: int) -> dict[str, object]:
    """A level with what it leaves out: agreement is likely for one entity and rare for two, the better the rarer."""
    last = at == count - 1
    rest = max(count - 1, 1)
    guess: dict[str, object] = {
        "name": level.get("test", ""),
        "m": 0.8 if at == 0 else 0.2 / rest,
        "u": 0.9 if last else 0.1 * 2.0 ** (at - count + 1),
    }
    if level.get("test") in WHOLE_TESTS:
        guess["pairs"] = comparison.get("compares", ())
    return {**guess, **level}
