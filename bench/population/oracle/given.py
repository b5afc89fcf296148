"""Forenames: how likely it is that one child's records bear these, summed over what its names may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bench.population import naming, slips
from bench.population.naming import spellings
from bench.population.oracle import vocabulary
from bench.population.people import PATRONYMIC
from bench.population.profiles import Profile, families, profiles
from bench.population.writing import SHORTENED

UNSEEN = "?"  # a name the child has and no record tells
_INITIAL = 0.06  # share of a letter among initials
_OLD_PLACEHOLDER = 1e-4


class GivenNames(NamedTuple):
    """What one record says of the forenames; `young` where the custodian may still write a placeholder."""

    custodian: str
    given: str
    middle: str
    known_as: str
    hidden: bool
    young: bool


class Group(NamedTuple):
    """Whose names are common: an origin, girl or boy, and the band of the birth year."""

    origin: str
    part: str
    band: int


@dataclass(frozen=True, slots=True)
class _True:
    """What may be true: forename, middle names, known-as."""

    given: str
    middle: str
    known_as: str


@lru_cache(maxsize=500_000)
def given_likelihood(records: tuple[GivenNames, ...], group: Group) -> float:
    """P(these records' forenames, middle and known-as names | one child of that group)."""
    shares = vocabulary.given_shares(*group)
    total = 0.0
    for given in _candidates(records, group):
        weight = 1.0 if given == UNSEEN else max(shares.get(given, 0.0), vocabulary.UNKNOWN)
        for known_as, known_share in _known_as(records, given):
            told = vocabulary.product(_known_as_told(record, known_as) for record in records)
            if told:
                for middle, middle_share in _middles(records, group):
                    truth = _True(given, middle, known_as)
                    total += (
                        weight
                        * known_share
                        * told
                        * middle_share
                        * vocabulary.product(_written(record, truth, group) for record in records)
                    )
    return total


def _candidates(records: tuple[GivenNames, ...], group: Group) -> set[str]:
    """Forenames that may be the true one."""
    shares = vocabulary.given_shares(*group)
    written = {record.given for record in records if record.given}
    found = set(written)
    for name in written:
        found.update(vocabulary.short_for(*group).get(name, ())[:8])
        if name not in shares:
            found.update(vocabulary.slips_of(name, *group))
    if len(written) != 1:  # of two different spellings neither need be the registered one
        found.update(other for name in written for other in spellings(group.origin, name) if other in shares)
    found.update(_first(record.middle) for record in records if _first(record.middle) in shares)
    for record in records:
        parents = vocabulary.short_for(*group).get(record.known_as, ())
        found.update(sorted(parents, key=lambda name: (-shares[name], name))[:12])
    return found or {UNSEEN}


def _known_as(records: tuple[GivenNames, ...], given: str) -> Iterator[tuple[str, float]]:
    short = naming.nicknames(given) if given != UNSEEN else ()
    if not short:
        yield "", 1.0
        return
    rate = families().known_as
    seen = {name for record in records for name in (record.given, record.known_as) if name in short}
    yield "", 1 - rate
    for name in seen:
        yield name, rate / len(short)
    yield UNSEEN, rate * (1 - len(seen) / len(short))


def _known_as_told(record: GivenNames, known_as: str) -> float:
    if record.hidden:
        return float(not record.known_as)
    rate = profiles()[record.custodian].known_as
    if not record.known_as:
        return 1 - rate if known_as else 1.0
    return rate if record.known_as == known_as else 0.0


def middle_shares(group: Group) -> Mapping[str, float]:
    """Plain middle name -> its share; where they are patronymics, that of the fathers' names."""
    patronymic = group.origin in PATRONYMIC
    return (
        naming.given_names(group.origin, "boy", naming.BANDS[0]).shares
        if patronymic
        else vocabulary.given_shares(*group)
    )


def _middles(records: tuple[GivenNames, ...], group: Group) -> Iterator[tuple[str, float]]:
    """Middle names that may be true, with their shares."""
    shares = middle_shares(group)
    none, one, two = (0.0, 1.0, 0.0) if group.origin in PATRONYMIC else families().middle_names
    yield "", none
    yield UNSEEN, one + two
    seen = {record.middle for record in records if not _initials(record.middle)}
    if len({record.given for record in records}) > 1:
        seen |= {record.given.replace(" ", "-") for record in records}
    for name in sorted(seen - {""}):
        words = [max(shares.get(word.replace("-", " "), 0.0), vocabulary.UNKNOWN) for word in name.split(" ")]
        yield name, words[0] * one if len(words) == 1 else words[0] * words[1] * two


def _first(middle: str) -> str:
    """The first of the middle names, which a child may go by."""
    return middle.partition(" ")[0].replace("-", " ")


def _initials(middle: str) -> bool:
    return all(len(word) == 1 for word in middle.split(" "))


def _written(record: GivenNames, truth: _True, group: Group) -> float:
    """P(forename and middle names as written | the true ones)."""
    profile = profiles()[record.custodian]
    if record.hidden:
        rate = profile.newborn["placeholder"] if record.young else _OLD_PLACEHOLDER
        return rate if not record.middle else 0.0
    usual = _middle_told(record.middle, truth.middle, profile)
    likely = usual * _forename_told(record.given, truth, profile, group) if usual else 0.0
    return likely + _middle_first(record, truth, profile, group)


def _middle_told(written: str, true: str, profile: Profile) -> float:
    missing, initial = profile.middle["missing"], profile.middle["initial"]
    if not written:
        return missing if true else 1.0
    if _initials(written):
        if true == UNSEEN:
            return initial * _INITIAL ** len(written.split(" "))
        return initial if true and " ".join(word[0] for word in true.split(" ")) == written else 0.0
    return 1 - missing - initial if written == true else 0.0


def _middle_first(record: GivenNames, truth: _True, profile: Profile, group: Group) -> float:
    """The child goes by its middle name, and the forename, where it is told, stands second."""
    if not truth.middle:
        return 0.0
    share = middle_shares(group).get(record.given, 0.0) if truth.middle == UNSEEN else 0.0
    first = share if truth.middle == UNSEEN else float(_first(truth.middle) == record.given)
    if not first or record.given == truth.given:
        return 0.0
    missing = profile.middle["missing"]
    told = missing if not record.middle else (1 - missing) * (record.middle.replace("-", " ") == truth.given)
    return profile.given["middle"] * first * told


def _forename_told(written: str, truth: _True, profile: Profile, group: Group) -> float:
    """The other channels: exact, short form, spelling, slips, another name, initial, shortened, missing."""
    rates = profile.given
    if not written:
        return rates["missing"]
    true = truth.given
    known = truth.known_as if truth.known_as != true else ""
    others = spellings(group.origin, true) if true != UNSEEN else ()
    possible = {
        "nickname": float(written == known) if known else None,
        "spelling": (written in others) / len(others) if others else None,
        "initial": float(written == true[:1]) if len(true) > 1 else None,
        "shortened": float(written == true[:SHORTENED].rstrip()) if len(true) > SHORTENED else None,
        "middle": 0.0 if truth.middle else None,
        "missing": 0.0,
        "typing": slips.one_edit(true, written),
        "two_edits": 0.0 if written == true else slips.two_edits(true, written),
        "other": vocabulary.given_shares(*group).get(written, 0.0),
    }
    likely = sum(rates[kind] * share for kind, share in possible.items() if share)
    if written == true:
        likely += 1 - sum(rates[kind] for kind, share in possible.items() if share is not None)
    return likely
