"""Family names: the child's, its mother's and former ones, summed over what may be true of the family."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bench.population import naming, slips
from bench.population.families import ADULT_YEARS
from bench.population.naming import surname_spellings
from bench.population.oracle import vocabulary
from bench.population.people import TO_MOTHER
from bench.population.profiles import Profile, families, profiles

UNSEEN = "?"  # a name that no record tells


class FamilyNames(NamedTuple):
    """What one record says of the family's names; `newborn` where a placeholder stands for the forename."""

    custodian: str
    family: str
    former: str
    carer: str
    newborn: bool


class Kin(NamedTuple):
    """Of whom the names are: an origin, whether a girl, and the age in whole years."""

    origin: str
    girl: bool
    age: int


@dataclass(frozen=True, slots=True)
class _True:
    """What may be true: the child's name, a former one, the parents', and the parts where the name is a double one."""

    name: str
    former: str
    mother: str
    father: str
    parts: tuple[str, ...]


@lru_cache(maxsize=500_000)
def family_likelihood(records: tuple[FamilyNames, ...], kin: Kin) -> float:
    """P(these records' family, former and carer's names | one child of such a family)."""
    if kin.origin == "polish":
        records = tuple(_masculine(record) for record in records)
    universe = _candidates(records, kin.origin)
    total = 0.0
    for mother, mother_share in _with_unseen(universe, kin.origin):
        carers = vocabulary.product(_carer_told(record, mother) for record in records)
        if carers:
            for father, father_share in _fathers(mother, universe, kin.origin):
                for truth, share in _children(mother, father, universe, kin):
                    written = vocabulary.product(_written(record, truth, kin) for record in records)
                    total += mother_share * father_share * share * carers * written
    return total


def _masculine(record: FamilyNames) -> FamilyNames:
    family, former, carer = (naming.masculine(name) for name in (record.family, record.former, record.carer))
    return record._replace(family=family, former=former, carer=carer)


def _candidates(records: tuple[FamilyNames, ...], origin: str) -> tuple[str, ...]:
    """Single family names that may be borne in the family."""
    shares = vocabulary.family_shares(origin)
    written = {name for record in records for name in (record.family, record.former, record.carer) if name}
    found = {name for name in written if name in shares}
    for name in written - found:
        words = name.split(" ")
        parts = {" ".join(words[:place]) for place in range(1, len(words))}
        parts |= {" ".join(words[place:]) for place in range(1, len(words))}
        near = {other for part in (name, *parts) if part not in shares for other in _slips(part, origin)}
        found |= near | {part for part in parts if part in shares} or {name}
    return tuple(sorted(found))


def _slips(written: str, origin: str) -> tuple[str, ...]:
    """The commonest family names of which this may be a slip."""
    shares = vocabulary.family_shares(origin)
    near = sorted(vocabulary.surname_slips_of(written, origin), key=lambda name: (-shares[name], name))
    return tuple(near[:6])


def _share(name: str, origin: str) -> float:
    return 1.0 if name == UNSEEN else max(vocabulary.family_shares(origin).get(name, 0.0), vocabulary.UNKNOWN)


def _with_unseen(universe: Sequence[str], origin: str) -> Iterator[tuple[str, float]]:
    for name in (*universe, UNSEEN):
        yield name, _share(name, origin)


def _fathers(mother: str, universe: Sequence[str], origin: str) -> Iterator[tuple[str, float]]:
    """The father's name and its share, given the mother's; the same when they are married."""
    rates = families()
    married = rates.married * (1 - rates.new_father / 2)
    yield mother, married
    for name, share in _with_unseen(universe, origin):
        if name != mother:
            yield name, (1 - married) * share


def _children(mother: str, father: str, universe: Sequence[str], kin: Kin) -> Iterator[tuple[_True, float]]:
    """What the child may be called, given its parents' names."""
    changed = families().surname_changed * min(kin.age + 0.5, ADULT_YEARS) / ADULT_YEARS
    for name, parts, share in _at_birth(mother, father, universe, kin):
        yield _True(name, "", mother, father, parts), share * (1 - changed)
        if mother not in (name, UNSEEN):
            yield _True(mother, name, mother, father, ()), share * changed * TO_MOTHER
        anybodys = changed if mother == name else changed * (1 - TO_MOTHER)
        for new in universe:
            if new not in (name, mother):
                step = share * anybodys * _share(new, kin.origin)
                yield _True(new, name, mother, father, ()), step


def _at_birth(
    mother: str, father: str, universe: Sequence[str], kin: Kin
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Names given at birth: one parent's, both, or a girl's second name."""
    second = naming.second_names(kin.origin) if kin.girl else None
    family = 1 - families().second_name if second else 1.0
    for name in universe if second else ():
        yield name, (), families().second_name * second.shares.get(name, 0.0) if second else 0.0
    if mother == father:
        yield father, (), family
        return
    bears = families().child_bears
    total = sum(bears.values())
    yield father, (), family * bears["father"] / total
    yield mother, (), family * bears["mother"] / total
    if UNSEEN not in (mother, father):
        yield f"{mother} {father}", (mother, father), family * bears["mother_father"] / total
        yield f"{father} {mother}", (father, mother), family * bears["father_mother"] / total


def _carer_told(record: FamilyNames, mother: str) -> float:
    missing, typing = profiles()[record.custodian].carer["missing"], profiles()[record.custodian].carer["typing"]
    if not record.carer:
        return missing
    return (1 - missing - typing) * (record.carer == mother) + typing * slips.one_edit(mother, record.carer)


def _written(record: FamilyNames, truth: _True, kin: Kin) -> float:
    """P(family name and former name as written | the true ones)."""
    profile = profiles()[record.custodian]
    likely = _family_told(record.family, truth, profile, kin.origin)
    if record.newborn:
        likely = 0.5 * likely + 0.5 * (record.family == truth.mother)
    if not record.former:
        hidden = not truth.former or record.family == truth.former
        return likely if hidden else likely * (1 - profile.former_listed)
    return likely * profile.former_listed if record.former == truth.former else 0.0


def _family_told(written: str, truth: _True, profile: Profile, origin: str) -> float:
    rates, true = profile.family, truth.name
    if not written:
        return rates["missing"]
    parents = {truth.mother, truth.father} - {true}
    turned = " ".join(reversed(truth.parts))
    others = surname_spellings(origin, true)
    possible = {
        "former": float(written == truth.former) if truth.former else None,
        "other_parent": (written in parents) / len(parents) if parents else None,
        "part": (written in truth.parts) / 2 if truth.parts else None,
        "reversed": float(written == turned) if truth.parts else None,
        "spelling": (written in others) / len(others) if others else None,
        "typing": slips.one_edit(true, written),
        "two_edits": 0.0 if written == true else slips.two_edits(true, written),
        "missing": 0.0,
    }
    likely = sum(rates[kind] * share for kind, share in possible.items() if share)
    if written == true:
        likely += 1 - sum(rates[kind] for kind, share in possible.items() if share is not None)
    return likely
