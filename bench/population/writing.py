"""How a custodian's clerks write a name: which errors can happen to it, and what they make of it.

For every error the outcomes are equally likely, apart from slips, which `slips` weighs. The functions that list
outcomes are those by which the oracle weighs what it reads. Errors other than `former` and `other_parent` work on
plain forms (no case, accents, apostrophes, hyphens); `styled` writes the result as the custodian does.
"""

from functools import lru_cache

from anyascii import anyascii

from bench.population.draws import Floats
from bench.population.naming import plain, spellings, surname_spellings
from bench.population.slips import slip
from bench.population.tables import capitalised

SHORTENED = 8  # letters that a field too short keeps
SLIPS = ("typing", "two_edits")
_BABIES = {
    1: ("Baby", "Baby Girl", "Female Infant", "Infant", "Baby Of", "Unknown"),
    2: ("Baby", "Baby Boy", "Male Infant", "Infant", "Baby Of", "Unknown"),
}


@lru_cache(maxsize=100_000)
def given_outcomes(kind: str, name: str, middle: str, known_as: str, origin: str) -> tuple[str, ...]:
    """What an error other than a slip or another name makes of a forename; empty where it cannot happen."""
    written = plain(name)
    match kind:
        case "nickname":
            found: tuple[str, ...] = (plain(known_as),) if known_as else ()
        case "spelling":
            found = spellings(origin, name)
        case "middle":
            found = (plain(middle.split(" ", maxsplit=1)[0]),) if middle else ()
        case "initial":
            found = (written[:1],)
        case "shortened":
            found = (written[:SHORTENED].rstrip(),)
        case _:
            found = ("",)
    return tuple(form for form in found if form != written)


@lru_cache(maxsize=100_000)
def family_outcomes(kind: str, name: str, former: str, parents: tuple[str, str], origin: str) -> tuple[str, ...]:
    """What an error other than a slip makes of a family name; `parents` are the mother's and the father's names."""
    written = plain(name)
    match kind:
        case "former":
            found: tuple[str, ...] = (former,) if former else ()
        case "other_parent":
            found = tuple(dict.fromkeys(parents))
        case "part":
            found = tuple(name.split("-")) if double_barrelled(name) else ()
        case "reversed":
            found = ("-".join(reversed(name.split("-"))),) if double_barrelled(name) else ()
        case "spelling":
            found = surname_spellings(origin, name)
        case _:
            found = ("",)
    return tuple(form for form in found if plain(form) != written)


def double_barrelled(name: str) -> bool:
    """Whether a name is two with a hyphen, and not one with a particle (Al-Hassan)."""
    first, _, second = name.partition("-")
    return min(len(first), len(second)) > 2 and "-" not in second


def slipped(kind: str, name: str, uniform: Floats) -> str:
    """A plain name after one slip or two."""
    written = slip(plain(name), uniform[0], uniform[1])
    return slip(written, uniform[2], uniform[3]) if kind == "two_edits" else written


def placeholder(sex: int, twin: int, uniform: float) -> str:
    """What stands for the forename of a child just born; `twin` is 1 or 2 for the first and the second, else 0."""
    choices = (f"Twin {twin}", f"Twin {'One' if twin == 1 else 'Two'}") if twin else _BABIES[sex]
    return choices[int(uniform * len(choices))]


@lru_cache(maxsize=200_000)
def styled(name: str, capitals: bool, accents: bool) -> str:
    """A name as a custodian writes it; plain forms get their capitals back."""
    written = capitalised(name) if name.islower() else name
    written = written if accents else anyascii(written)
    return written.upper() if capitals else written
