"""Given names divided: which of them a child is told by, where a form has one field for them or two.

Some forenames are borne by brothers or sisters alike (Muhammad Hasan and Muhammad Husain, Jean-Luc and Jean-Paul, Jia
Hao and Jia Ming): there the next given name is the one that tells the child, whichever field it stands in. Which
forenames these are is a table of the model.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import OSA

from childindex.errors import InvalidFields, Violation
from childindex.linkage.damage import UNKNOWN
from childindex.linkage.name_forms import leads, words
from childindex.linkage.names import NAMES

_PLACES = ("before", "part")
_COLUMNS = 4
_ENOUGH = 3  # letters that are known
_LONG = 7  # letters of a name of honour in which a slip leaves no doubt


@dataclass(frozen=True, slots=True)
class SharedForenames:
    """Forenames that siblings commonly share, folded: `stands_for` gives each the spelling that stands for all.

    `honours` are those that stand before a name without being a part of it: Hasan, Muhammad Hasan and Syed Hasan may be
    one child. The others are a part of the name: Luc is not Jean-Luc.
    """

    stands_for: Mapping[str, str] = field(default_factory=dict)
    honours: frozenset[str] = frozenset()
    _slips: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"SharedForenames({len(self.stands_for)})"

    def of(self, word: str) -> str:
        """The spelling that stands for a shared forename, empty for any other word. A long name of honour is known
        with a slip of the pen as well."""
        found = self.stands_for.get(word)
        if found is not None or len(word) < _LONG:
            return found or ""
        if word not in self._slips:
            if len(self._slips) >= NAMES:
                self._slips.clear()
            self._slips[word] = self._meant(word)
        return self._slips[word]

    def _meant(self, word: str) -> str:
        near = [name for name in self.honours if len(name) >= _LONG and OSA.distance(name, word, score_cutoff=1) <= 1]
        return self.stands_for[min(near)] if near else ""

    def is_honour(self, word: str) -> bool:
        """Whether a word stands before a name without being a part of it."""
        return self.of(word) in self.honours

    def without_honours(self, name: str) -> str:
        """A folded name without the names of honour before it; the last word is always left."""
        if " " not in name:
            return name
        tokens = name.split()
        return " ".join(tokens[min(_leading(tokens, self.is_honour), len(tokens) - 1) :])

    def honours_of(self, name: str) -> frozenset[str]:
        """The names of honour among the words of a folded name, each by the spelling that stands for it."""
        return frozenset(self.of(word) for word in name.split() if self.is_honour(word))


NONE_SHARED = SharedForenames()


@dataclass(frozen=True, slots=True)
class GivenNames:
    """The given names of a record, folded: `name` is what the child is told by, `further` the middle names after it.

    `shared` are the forenames that siblings share among those before `further`, each by the spelling that stands for
    it; `alone` is it where nothing else is told. `called` is the name without names of honour before it.
    """

    name: str = ""
    called: str = ""
    further: str = ""
    shared: tuple[str, ...] = ()
    alone: str = ""

    def __repr__(self) -> str:
        return "GivenNames(...)"

    @property
    def forms(self) -> tuple[str, ...]:
        """The name without names of honour, then whole."""
        return tuple(dict.fromkeys(form for form in (self.called, self.name) if form))

    @property
    def written(self) -> tuple[str, ...]:
        """The name whole."""
        return (self.name,) if self.name else ()

    @property
    def telling(self) -> tuple[str, ...]:
        """The forms of a name that tells a child from its siblings: not of a shared forename alone or before an
        initial, of an initial, nor where a letter is unknown."""
        initial = len(self.called) == 1 or (self.shared and self.called[-2:-1] == " ")
        return () if self.only_written or initial or UNKNOWN in self.name else self.forms

    @property
    def damaged(self) -> tuple[str, ...]:
        """The forms of a name of which a letter is unknown, and enough are known to tell it from most."""
        return self.forms if UNKNOWN in self.called and self._known >= _ENOUGH else ()

    @property
    def in_part(self) -> tuple[str, ...]:
        """The name of which too few letters are known to tell a child from its siblings: of a damaged name, or an
        initial after a name of honour."""
        few = UNKNOWN in self.called and self._known < _ENOUGH
        return (self.name,) if few or (len(self.called) == 1 and self.called != self.name) else ()

    @property
    def _known(self) -> int:
        return len(self.called.replace(UNKNOWN, ""))

    @property
    def leads(self) -> tuple[str, ...]:
        """What of all given names a single field for the forename may hold."""
        whole = [leads(f"{form} {self.further}".strip(), len(form.split())) for form in self.forms]
        return tuple(dict.fromkeys(lead for each in whole for lead in each))

    @property
    def middle(self) -> tuple[str, ...]:
        """The further names as one."""
        return (self.further,) if self.further else ()

    @property
    def others(self) -> tuple[str, ...]:
        """Names beside the one that the child is told by, those that siblings share first."""
        return tuple(dict.fromkeys([*self.shared, *words(self.further)]))

    @property
    def beyond(self) -> tuple[str, ...]:
        """The shared forenames to which the record adds another name."""
        return tuple(name for name in self.shared if name != self.alone)

    @property
    def only_shared(self) -> tuple[str, ...]:
        """The shared forename to which the record adds none, by the spelling that stands for it."""
        return (self.alone,) if self.alone else ()

    @property
    def only_written(self) -> tuple[str, ...]:
        """The same as it is written, where not even a name of honour is beside it."""
        return (self.name,) if self.alone and " " not in self.name else ()


def divide(given: str, middle: str, shared: SharedForenames) -> GivenNames:
    """The given names of a record from its two fields, both folded.

    Initials after a forename are the middle name's ("Bob J"). Where the field of the forename holds nothing but
    forenames that siblings share, the name goes on in the field of middle names up to the first other.
    """
    first, further = _initials_apart(given.split(), middle.split())
    if not first:
        return GivenNames(further=" ".join(further))
    known = shared.of
    if _leading(first, known) == len(first):
        more = min(_leading(further, known) + 1, len(further))
        first, further = first + further[:more], further[more:]
    before = _leading(first, known)
    name = " ".join(first)
    called = shared.without_honours(name)
    return GivenNames(
        name,
        called,
        " ".join(further),
        tuple(dict.fromkeys(known(word) for word in first[:before])),
        known(called),
    )


def load_shared(tables: Sequence[str], directory: Path) -> SharedForenames:
    """The tables of shared forenames (name, stands_for, place, custom under a heading).

    Raises `InvalidFields` naming a table and a line that is not so, OSError where a table is missing.
    """
    rows = [row for table in tables for row in _rows(directory / table)]
    return SharedForenames(
        {name: stands for name, stands, _, _ in rows},
        frozenset(name for name, _, place, _ in rows if place == "before"),
    )


def _rows(table: Path) -> Iterator[list[str]]:
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines()[1:], 2):
        row = line.split(",")
        if len(row) != _COLUMNS or not all(row) or row[2] not in _PLACES:
            raise InvalidFields(
                [
                    Violation(
                        f"tables/{table.name}", f"line {number} must be a name, what it stands for, its place, a custom"
                    )
                ]
            )
        yield row


def _leading(tokens: Sequence[str], known: Callable[[str], object]) -> int:
    """How many of the first words are known."""
    return next((place for place, token in enumerate(tokens) if not known(token)), len(tokens))


def _initials_apart(first: list[str], further: list[str]) -> tuple[list[str], list[str]]:
    """The words of a forename and of middle names, initials after the forename counted among these; once, where the
    middle names begin with the same letters."""
    place = len(first)
    while place > 1 and len(first[place - 1]) == 1:
        place -= 1
    initials = first[place:]
    if not initials or all(len(word) == 1 for word in first[:place]):
        return first, further
    told = len(further) >= len(initials) and all(a == b[0] for a, b in zip(initials, further, strict=False))
    return first[:place], further if told else [*initials, *further]
