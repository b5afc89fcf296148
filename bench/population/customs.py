"""What clerks make of names that their forms have no place for: see `customs.toml`.

Every custom lists its outcomes, each equally likely; an empty list means that it cannot happen to the name.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bench.population import naming
from bench.population.naming import plain

_FILE = Path(__file__).with_name("customs.toml")
_HONOUR = ("Muhammad", "Mohammed", "Md", "Syed", "Abdul")
_STAND_INS = (".", "-", "Unknown", "NFN", "No Surname")
_PARTICLES = ("al", "el", "o", "mc", "mac", "de", "da", "do", "dos", "das", "di", "ben", "bin", "ap", "fitz")
_JOINED = ("al", "el", "o", "mc", "mac")  # particles that are often written in one with the name
_ENDINGS = (
    ("ski", "ska"), ("skyi", "ska"), ("sky", "ska"), ("cki", "cka"), ("ov", "ova"), ("ev", "eva"), ("off", "ova"),
    ("opoulos", "opoulou"), ("akis", "aki"), ("idis", "idou"), ("ides", "idou"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A child's names as they are to be written, and what a custom may draw on."""

    given: str
    middle: str
    family: str
    mother: str
    father: str
    called: str
    girl: bool

    def __repr__(self) -> str:
        return "Written(...)"


@cache
def rates() -> Mapping[str, Mapping[str, float]]:
    """Origin -> custom -> the share of records."""
    found: dict[str, dict[str, float]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    assert all(kind in _CUSTOMS for kinds in found.values() for kind in kinds)
    assert set(found) <= set(naming.origins())
    return found


def outcomes(kind: str, names: Written) -> tuple[Written, ...]:
    """What a custom makes of the names; empty where it changes nothing."""
    return tuple(made for made in _CUSTOMS[kind](names) if made != names)


def _swapped(names: Written) -> tuple[Written, ...]:
    return (replace(names, given=names.family, family=names.given),) if names.given and names.family else ()


def _whole_given(names: Written) -> tuple[Written, ...]:
    if not names.given or not names.family:
        return ()
    orders = (names.given, names.middle, names.family), (names.family, names.given, names.middle)
    return tuple(replace(names, given=" ".join(filter(None, order)), middle="", family="") for order in orders)


def _no_family(names: Written) -> tuple[Written, ...]:
    return (replace(names, family=""),) if names.given else ()


def _repeated(names: Written) -> tuple[Written, ...]:
    return (replace(names, family=names.given),) if names.given else ()


def _stand_in(names: Written) -> tuple[Written, ...]:
    return tuple(replace(names, family=mark) for mark in _STAND_INS) if names.given else ()


def _father_as_family(names: Written) -> tuple[Written, ...]:
    father = names.middle.partition(" ")[0]
    return (replace(names, middle="", family=father),) if father else ()


def _with_middle(names: Written) -> tuple[Written, ...]:
    first, _, rest = names.middle.partition(" ")
    return (replace(names, given=f"{names.given} {first}", middle=rest),) if first and names.given else ()


def _middle_first(names: Written) -> tuple[Written, ...]:
    first, _, _ = names.middle.partition(" ")
    return (replace(names, given=first, middle=names.given),) if first and names.given else ()


def _two_in_family(names: Written) -> tuple[Written, ...]:
    return (
        (replace(names, middle="", family=f"{names.middle} {names.family}"),) if names.middle and names.family else ()
    )


def _prefixed(names: Written) -> tuple[Written, ...]:
    if names.girl or not names.given or plain(names.given).startswith(("mohamm", "muhamm", "md", "syed", "abd")):
        return ()
    return tuple(replace(names, given=f"{honour} {names.given}") for honour in _HONOUR)


def _religious_family(names: Written) -> tuple[Written, ...]:
    return (replace(names, family="Kaur" if names.girl else "Singh"),)


def _initial_family(names: Written) -> tuple[Written, ...]:
    return (replace(names, family=names.family[0]),) if len(names.family) > 1 else ()


def _particle(names: Written) -> tuple[Written, ...]:
    family = names.family.replace("'", " ").replace("-", " ")
    first, _, rest = family.partition(" ")
    if not rest:
        first, rest = _joined_particle(family)
    if not rest or first.lower() not in _PARTICLES:
        return ()
    forms = (rest, f"{first} {rest}", f"{first}-{rest}", f"{first}{rest.lower()}")
    return tuple(replace(names, family=form) for form in forms)


def _joined_particle(family: str) -> tuple[str, str]:
    """A particle written in one with a name whose own capital shows: McCarthy, ElSayed."""
    for particle in _JOINED:
        rest = family[len(particle) :]
        if family.lower().startswith(particle) and rest[:1].isupper() and rest[1:2].islower():
            return family[: len(particle)], rest
    return family, ""


def _compound(names: Written) -> tuple[Written, ...]:
    first, _, second = names.given.replace("-", " ").partition(" ")
    if not second:
        return ()
    forms = (f"{first}{second.lower()}", f"{first}-{second}", f"{first} {second}", first)
    apart = replace(names, given=first, middle=f"{second} {names.middle}".strip())
    return (*(replace(names, given=form) for form in forms), apart)


def _both_parents(names: Written) -> tuple[Written, ...]:
    if not names.mother or not names.father or plain(names.mother) == plain(names.father):
        return ()
    return (replace(names, family=f"{names.mother} {names.father}"),)


def _ending(names: Written) -> tuple[Written, ...]:
    family = names.family
    for his, hers in _ENDINGS:
        if family.endswith(his):
            return (replace(names, family=family[: -len(his)] + hers),)
        if family.endswith(hers):
            return (replace(names, family=family[: -len(hers)] + his),)
    return ()


def _called(names: Written) -> tuple[Written, ...]:
    if not names.called or not names.given:
        return ()
    return (replace(names, given=names.called, middle=f"{names.given} {names.middle}".strip()),)


_CUSTOMS: Mapping[str, Callable[[Written], tuple[Written, ...]]] = {
    "swapped": _swapped,
    "whole_given": _whole_given,
    "no_family": _no_family,
    "repeated": _repeated,
    "stand_in": _stand_in,
    "father_as_family": _father_as_family,
    "with_middle": _with_middle,
    "middle_first": _middle_first,
    "two_in_family": _two_in_family,
    "prefixed": _prefixed,
    "religious_family": _religious_family,
    "initial_family": _initial_family,
    "particle": _particle,
    "compound": _compound,
    "both_parents": _both_parents,
    "ending": _ending,
    "called": _called,
}
