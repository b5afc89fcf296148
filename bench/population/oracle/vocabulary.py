"""How common names are, and which known names a written one may stand for."""

from collections.abc import Iterable, Mapping
from functools import cache

from bench.population import naming, slips
from bench.population.naming import BRITISH
from bench.population.profiles import families

UNKNOWN = 1e-11  # share of a name that is in no table: what two slips make of a common one


@cache
def given_shares(origin: str, part: str, band: int) -> Mapping[str, float]:
    """Plain forename -> its share among the girls or boys of an origin and band of birth years."""
    own = naming.given_names(origin, part, band).shares
    english = families().english_given_name.get(origin, 0.0)
    if origin == BRITISH or not english:
        return own
    shares = {name: share * (1 - english) for name, share in own.items()}
    for name, share in naming.given_names(BRITISH, part, band).shares.items():
        shares[name] = shares.get(name, 0.0) + share * english
    return shares


@cache
def family_shares(origin: str) -> Mapping[str, float]:
    """Plain family name -> its share in families of an origin, one parent of which may be of another."""
    other = (1 - families().same_origin_parents) / 2
    shares = {name: share * (1 - other) for name, share in naming.family_names(origin).shares.items()}
    for another, frequency in families().origins.items():
        for name, share in naming.family_names(another).shares.items():
            shares[name] = shares.get(name, 0.0) + other * frequency * share
    return shares


@cache
def slips_of(written: str, origin: str, part: str, band: int) -> tuple[str, ...]:
    """Known forenames of which `written` may be a slip."""
    return _near(written, given_shares(origin, part, band), _omissions_given(origin, part, band))


@cache
def surname_slips_of(written: str, origin: str) -> tuple[str, ...]:
    """Known family names of which `written` may be a slip."""
    return _near(written, family_shares(origin), _omissions_family(origin))


@cache
def short_for(origin: str, part: str, band: int) -> Mapping[str, tuple[str, ...]]:
    """Short form -> the forenames it may stand for."""
    found: dict[str, list[str]] = {}
    for name in given_shares(origin, part, band):
        for short in naming.nicknames(name):
            found.setdefault(short, []).append(name)
    return {short: tuple(names) for short, names in found.items()}


def _near(written: str, shares: Mapping[str, float], omissions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    keys = {written, *_without_one(written)}
    near = {name for key in keys for name in omissions.get(key, ())} | {name for name in keys if name in shares}
    near |= {name for name in slips.sources(written) if name in shares}
    return tuple(sorted(name for name in near if slips.one_edit(name, written) > 0))


@cache
def _omissions_given(origin: str, part: str, band: int) -> Mapping[str, tuple[str, ...]]:
    return _omissions(given_shares(origin, part, band))


@cache
def _omissions_family(origin: str) -> Mapping[str, tuple[str, ...]]:
    return _omissions(family_shares(origin))


def _omissions(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Every name by what is left when one letter is dropped: names one edit apart meet there."""
    found: dict[str, list[str]] = {}
    for name in names:
        for rest in _without_one(name):
            found.setdefault(rest, []).append(name)
    return {rest: tuple(group) for rest, group in found.items()}


def _without_one(name: str) -> set[str]:
    return {name[:place] + name[place + 1 :] for place in range(len(name))}


def product(factors: Iterable[float]) -> float:
    """The product of chances, worked out no further than the first that is 0."""
    found = 1.0
    for factor in factors:
        found *= factor
        if not found:
            return 0.0
    return found
