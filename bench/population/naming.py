"""Which names families of an origin give, and how else those names are spelled.

An origin is a property of the generator, used by the benches to compare groups; no extract states it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from anyascii import anyascii

from bench.population import tables
from bench.population.tables import cumulated

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Objects = np.ndarray[tuple[int], np.dtype[np.object_]]

BRITISH = "british"
FURTHER = frozenset(
    "sikh tamil afghan ghanaian portuguese ukrainian greek hungarian vietnamese eritrean".split()
)  # origins that only benches ask for: no share of the population, and the British tables keep the names they share
BANDS = (2007, 2011, 2015)  # first birth year of each band of the forename table
_FIRST_SPELLING = 0.55  # share of the commonest spelling of a name; the others share the rest equally


@dataclass(frozen=True, slots=True)
class NameTable:
    """Names with their shares."""

    names: Objects
    cumulated: Floats
    shares: Mapping[str, float] = field(repr=False)  # plain form -> share

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> "NameTable":
        """A table of names with these weights."""
        names = np.array(list(weights), dtype=object)
        total = sum(weights.values())
        shares: dict[str, float] = {}
        for name, weight in weights.items():
            shares[plain(name)] = shares.get(plain(name), 0.0) + weight / total
        return cls(names, cumulated(list(weights.values())), shares)

    def draw(self, uniform: Floats) -> Objects:
        """One name for every uniform number."""
        return self.names.take(np.searchsorted(self.cumulated, uniform, side="right"))


@cache
def plain(name: str) -> str:
    """What is left of a name without case, accents, apostrophes and hyphens: "Siân O'Neil-Łoś" -> "sian oneil los"."""
    folded = anyascii(name).lower().replace("'", "").replace("-", " ")
    return " ".join(folded.split())


@cache
def origins() -> tuple[str, ...]:
    """The origins that have names, British first."""
    return (BRITISH, *dict.fromkeys(name.origin for name in tables.origin_names()))


@cache
def given_names(origin: str, part: str, band: int) -> NameTable:
    """Given names of an origin for `part` girl or boy, born in the band that starts with that year."""
    if origin != BRITISH:
        return _of_origin(origin, part)
    own = _names_of_other_origins()
    born = tables.forenames()[band, "F" if part == "girl" else "M"]
    return NameTable.of({name: count for name, count in born.items() if plain(name) not in own})


@cache
def family_names(origin: str) -> NameTable:
    """Family names of an origin."""
    if origin != BRITISH:
        return _of_origin(origin, "family")
    own = _names_of_other_origins(keep=("irish", "welsh"))
    return NameTable.of({name: share for name, share in tables.surnames().items() if plain(name) not in own})


@cache
def second_names(origin: str) -> NameTable | None:
    """Names that daughters of some origins bear instead of a family name, or None."""
    return _of_origin(origin, "family_f") if origin in ("pakistani", "bangladeshi") else None


@cache
def spellings(origin: str, name: str) -> tuple[str, ...]:
    """Other ways to write a name of that origin, as plain forms in a fixed order; empty when there are none."""
    if origin == BRITISH:
        return _listed(name, ("spelling",))
    return _groups(origin).get(plain(name), ())


@cache
def surname_spellings(origin: str, name: str) -> tuple[str, ...]:
    """The same for a family name."""
    if origin == BRITISH:
        return _listed(name, ("surname",))
    return _groups(origin).get(plain(name), ())


@cache
def nicknames(name: str) -> tuple[str, ...]:
    """Short and pet forms of a forename, as plain forms."""
    return _listed(name, ("nickname",))


def feminine(name: str) -> str:
    """The form that daughters bear of a Polish adjectival surname: Kowalski -> Kowalska; others stay."""
    return name[:-1] + "a" if name.endswith(("ski", "cki", "dzki")) else name


def masculine(name: str) -> str:
    """The form that sons bear: Kowalska -> Kowalski; others stay."""
    return name[:-1] + "i" if name.lower().endswith(("ska", "cka", "dzka")) else name


def _listed(name: str, kinds: Sequence[str]) -> tuple[str, ...]:
    key = plain(name)
    found = {plain(other) for kind in kinds for other in tables.variants(kind).get(key, ())}
    return tuple(sorted(found - {key}))


@cache
def _groups(origin: str) -> dict[str, tuple[str, ...]]:
    others: dict[str, set[str]] = {}
    for name in tables.origin_names():
        if name.origin == origin:
            forms = {plain(spelling) for spelling in name.spellings}
            forms |= {plain(feminine(spelling)) for spelling in name.spellings} if origin == "polish" else set()
            for form in forms:
                others.setdefault(form, set()).update(forms - {form})
    return {form: tuple(sorted(group)) for form, group in others.items()}


def _of_origin(origin: str, part: str) -> NameTable:
    weights: dict[str, float] = {}
    for name in tables.origin_names():
        if (name.origin, name.part) == (origin, part):
            rest = (1 - _FIRST_SPELLING) / max(1, len(name.spellings) - 1)
            for place, spelling in enumerate(name.spellings):
                share = (_FIRST_SPELLING if place == 0 else rest) if len(name.spellings) > 1 else 1.0
                weights[spelling] = weights.get(spelling, 0.0) + share / (name.rank + 4)
    return NameTable.of(weights)


@cache
def _names_of_other_origins(keep: tuple[str, ...] = ("irish", "welsh", "polish", "romanian")) -> frozenset[str]:
    """Plain forms that the British tables leave to other origins; those of `keep` are British names too."""
    return frozenset(
        plain(spelling)
        for name in tables.origin_names()
        if name.origin not in keep and name.origin not in FURTHER and not _also_british(name.spellings[0])
        for spelling in name.spellings
        if not _also_british(spelling)
    )


def _also_british(name: str) -> bool:
    """Biblical and English names that other origins share (David, Adam, Emily)."""
    return name in _SHARED


_SHARED = frozenset(
    """Adam Alan Allan Angela Amber Aaron Anthony Antony Audrey Blessing Boris Carol Casper Charlotte Cherry Chloe
    Christian Christopher Daniel David Deborah Dennis Denis Dominic Emily Emma Eric Esther Ethan Felix Francis Gabriel
    Grace Hannah Helen Hugo Iris Israel Ivan Jacob Jan Jasmine Jason Jasper Jay Jayden Jeremiah Jeremy John Joshua Joyce
    Julia Kai Kay Kelly Kelvin Kenny Laura Lara Lee Leo Leon Lin Lucas Lucy Maia Malachi Marcel Marcus Maria Matilda
    Matthew May Maya Michael Michelle Naomi Natalie Nathan Nathaniel Neil Nicholas Nicola Nicole Oliver Olivia Oscar
    Patricia Patrick Paul Paula Peter Philip Robert Rose Ruth Ryan Samuel Sara Sarah Sebastian Simon Solomon Sophia
    Sophie Susanna Tara Thomas Tiffany Timothy Tobi Victor Victoria Vincent William Williams Young Zara Zion Gill Kara
    Barry Lang Long Law Lad Tan Soon Tang Woo Church Marin Martin Pop Stan George Alexander Edward Das Lone Dar Butt
    Thomas Mathews Matthew Fernandez Johnston Koch Can Hong Pan Song Cheng Sun Su Lu Ma Wu Hu He Ye So Sit""".split()
)
