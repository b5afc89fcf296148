"""Names of mothers, fathers and children: what a family of an origin calls itself, and what it calls its children."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

import numpy as np

from bench.population import naming
from bench.population.draws import Draws, Floats, Ints
from bench.population.families import Births, pick
from bench.population.naming import NameTable, Objects, plain
from bench.population.profiles import Families

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
GIRL = 1  # Sex.FEMALE
_YEAR = 365.2425
TO_MOTHER = 0.4  # of changed surnames, where the mother bears another
PATRONYMIC = ("somali", "eritrean")  # the middle name is the father's given name


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all children, a column a property; `former_until` is an ordinal, or -1."""

    origin: Ints
    given: list[str]
    middle: list[str]
    known_as: list[str]
    family: list[str]
    former: list[str]
    former_until: Ints
    mother: list[str]
    father: list[str]


@dataclass(frozen=True, slots=True)
class _Borne:
    """Family names for each child: the father's, the mother's and its own at birth."""

    father: Objects
    mother: Objects
    child: Objects


def named(births: Births, today: int, rates: Families, seed: int) -> Names:
    """Names for children; their order and kinship are given."""
    mothers, origin = _origins(births, rates, Draws(seed, "origins"))
    borne = _family_names(births, mothers, origin, rates, Draws(seed, "family names"))
    given = _given_names(births, origin, rates, Draws(seed, "given names"))
    middle = _middle_names(births, origin, rates, Draws(seed, "middle names"))
    age = np.maximum(0, today - births.birth)
    chance = rates.surname_changed * age / (18 * _YEAR)
    family, former, since = _changed(borne, origin, chance, Draws(seed, "changed names"))
    until = np.where([bool(name) for name in former], today - (since * age).astype(np.int64), -1)
    known_as = _known_as(given, rates, Draws(seed, "known as"))
    return Names(
        origin, given.tolist(), middle, known_as, family, former, until, borne.mother.tolist(), borne.father.tolist()
    )


def _origins(births: Births, rates: Families, draws: Draws) -> tuple[Ints, Ints]:
    """The origin of every mother (by family), and the one whose names each child bears."""
    count = int(births.father.max()) + 1
    names = list(naming.origins())
    shares = tuple(rates.origins.get(name, 0.0) for name in names)
    mothers = pick(shares, draws.uniform(int(births.family.max()) + 1))
    other = pick(shares, draws.uniform(count))
    same = draws.uniform(count) < rates.same_origin_parents
    fathers = np.where(same[births.father], mothers[births.family], other[births.father])
    chosen = draws.uniform(count)[births.father] < 0.5
    return mothers, np.where(chosen, fathers, mothers[births.family])


def _drawn(origin: Ints, tables: Sequence[NameTable], uniform: Floats) -> Objects:
    names = np.empty(len(origin), dtype=object)
    for number, table in enumerate(tables):
        chosen = np.flatnonzero(origin == number)
        names[chosen] = table.draw(uniform[chosen])
    return names


def _family_names(births: Births, mothers: Ints, origin: Ints, rates: Families, draws: Draws) -> _Borne:
    tables = [naming.family_names(name) for name in naming.origins()]
    fathers = int(births.father.max()) + 1
    origin_of = np.zeros(fathers, dtype=np.int64)
    origin_of[births.father] = origin
    father = _drawn(origin_of, tables, draws.uniform(fathers))[births.father]
    own = _drawn(mothers, tables, draws.uniform(len(mothers)))
    married = draws.uniform(len(mothers)) < rates.married
    # A married mother bears the name of her first father, with later children too.
    first = np.unique(births.family, return_index=True)[1]
    taken = married & births.first_father[first]
    mother = np.where(taken, father[first], own)[births.family]
    bears = pick(tuple(rates.child_bears.values()), draws.uniform(fathers))[births.father]
    bears = np.where((father == mother) | (married[births.family] & births.first_father), 0, bears)
    child = np.empty(len(father), dtype=object)
    child[:] = [
        _borne(rule, dad, mum) for rule, dad, mum in zip(bears.tolist(), father.tolist(), mother.tolist(), strict=True)
    ]
    _inflect(child, mother, births, origin)
    _second_names(child, births, origin, rates, draws)
    return _Borne(father, mother, child)


def _borne(rule: int, father: str, mother: str) -> str:
    return (father, mother, f"{mother}-{father}", f"{father}-{mother}")[rule]


def _inflect(child: Objects, mother: Objects, births: Births, origin: Ints) -> None:
    """Polish women bear the feminine form."""
    polish = np.flatnonzero(origin == naming.origins().index("polish"))
    for place in polish.tolist():
        mother[place] = naming.feminine(mother[place])
        if births.sex[place] == GIRL:
            child[place] = naming.feminine(child[place])


def _second_names(child: Objects, births: Births, origin: Ints, rates: Families, draws: Draws) -> None:
    chosen = (draws.uniform(len(child)) < rates.second_name) & (births.sex == GIRL)
    uniform = draws.uniform(len(child))
    for number, name in enumerate(naming.origins()):
        table = naming.second_names(name)
        if table is not None:
            places = np.flatnonzero(chosen & (origin == number))
            child[places] = table.draw(uniform[places])


def _given_names(births: Births, origin: Ints, rates: Families, draws: Draws) -> Objects:
    english = np.array([rates.english_given_name.get(name, 0.0) for name in naming.origins()])
    source = np.where(draws.uniform(len(origin)) < english[origin], 0, origin)
    given = np.empty(len(origin), dtype=object)
    todo = np.arange(len(origin))
    while len(todo):  # no two children of a mother bear one name
        _draw_given(given, todo, source, births, draws.uniform(len(todo)))
        todo = _repeated(births.family, given)
    alike = np.flatnonzero((births.twin >= 0) & (births.twin < np.arange(len(origin))))
    same = births.sex[alike] == births.sex[births.twin[alike]]
    chosen = same & (draws.uniform(len(alike)) < rates.twins_similar_names)
    for place, uniform in zip(alike[chosen].tolist(), draws.uniform(int(chosen.sum())).tolist(), strict=True):
        part = "girl" if births.sex[place] == GIRL else "boy"
        similar = similar_names(naming.origins()[int(source[place])], part, given[int(births.twin[place])])
        taken = {plain(given[other]) for other in np.flatnonzero(births.family == births.family[place])}
        similar = tuple(name for name in similar if plain(name) not in taken)
        if similar:
            given[place] = similar[int(uniform * len(similar))]
    return given


def _draw_given(given: Objects, todo: Ints, source: Ints, births: Births, uniform: Floats) -> None:
    band = band_of(births.birth[todo])
    girl = births.sex[todo] == GIRL
    for number, origin in enumerate(naming.origins()):
        of_origin = source[todo] == number
        for part, of_sex in (("girl", girl), ("boy", ~girl)):
            for place, year in enumerate(naming.BANDS):
                chosen = np.flatnonzero(of_origin & of_sex & (band == place))
                if len(chosen):
                    given[todo[chosen]] = naming.given_names(origin, part, year).draw(uniform[chosen])


def band_of(birth: Ints) -> Ints:
    """Which of `naming.BANDS` a birth (an ordinal) belongs to."""
    year = (birth / _YEAR + 1).astype(np.int64)
    return np.maximum(0, np.searchsorted(np.array(naming.BANDS), year, side="right") - 1).astype(np.int64)


def _repeated(family: Ints, given: Objects) -> Ints:
    seen: set[tuple[int, str]] = set()
    again = []
    for place, key in enumerate(zip(family.tolist(), map(plain, given.tolist()), strict=True)):
        if key in seen:
            again.append(place)
        seen.add(key)
    return np.array(again, dtype=np.int64)


@cache
def similar_names(origin: str, part: str, name: str) -> tuple[str, ...]:
    """Names that sound and look like this one: same two first letters, four letters in five alike."""
    table, start = naming.given_names(origin, part, naming.BANDS[-1]), plain(name)[:2]
    near = [other for other in table.names.tolist() if plain(other)[:2] == start and plain(other) != plain(name)]
    return tuple(other for other in near if SequenceMatcher(None, plain(other), plain(name)).ratio() >= 0.8)


def _middle_names(births: Births, origin: Ints, rates: Families, draws: Draws) -> list[str]:
    count = len(origin)
    many = pick(rates.middle_names, draws.uniform(count))
    first, second = np.empty(count, dtype=object), np.empty(count, dtype=object)
    everyone = np.arange(count)
    _draw_given(first, everyone, origin, births, draws.uniform(count))
    _draw_given(second, everyone, origin, births, draws.uniform(count))
    fathers = draws.uniform(int(births.father.max()) + 1)[births.father]
    patronymic, own_father = first.copy(), np.zeros(count, dtype=bool)
    for name in PATRONYMIC:
        chosen = origin == naming.origins().index(name)
        patronymic[chosen] = naming.given_names(name, "boy", naming.BANDS[0]).draw(fathers[chosen])
        own_father |= chosen
    return [
        dad if patronymics else ("", one, f"{one} {other}")[number]
        for patronymics, number, dad, one, other in zip(
            own_father.tolist(), many.tolist(), patronymic.tolist(), first.tolist(), second.tolist(), strict=True
        )
    ]


def _known_as(given: Objects, rates: Families, draws: Draws) -> list[str]:
    chosen = (draws.uniform(len(given)) < rates.known_as).tolist()
    which = draws.uniform(len(given)).tolist()
    found = []
    for name, wanted, uniform in zip(given.tolist(), chosen, which, strict=True):
        short = naming.nicknames(name) if wanted else ()
        found.append(short[int(uniform * len(short))].title() if short else "")
    return found


def _changed(borne: _Borne, origin: Ints, chance: Floats, draws: Draws) -> tuple[list[str], list[str], Floats]:
    """Some children's names change, to the mother's or (a step-parent's) another.

    Returns the name now, the name before ("" for none), and when: the share of the child's life since.
    """
    count = len(origin)
    changes = draws.uniform(count) < chance
    mother = _as_borne(borne, origin)
    to_mother = (draws.uniform(count) < TO_MOTHER) & _different(mother, borne.child)
    tables = [naming.family_names(name) for name in naming.origins()]
    new = np.where(to_mother, mother, _drawn(origin, tables, draws.uniform(count)))
    changes &= _different(new, borne.child)
    now, before = np.where(changes, new, borne.child), np.where(changes, borne.child, "")
    return now.tolist(), before.tolist(), draws.uniform(count)


def _different(one: Objects, other: Objects) -> Flags:
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    return np.array([plain(naming.masculine(first)) != plain(naming.masculine(second)) for first, second in pairs])


def _as_borne(borne: _Borne, origin: Ints) -> Objects:
    """The mother's names as a son or daughter with such a name bears them."""
    names = borne.mother.copy()
    for place in np.flatnonzero(origin == naming.origins().index("polish")).tolist():
        daughter = borne.child[place] != naming.masculine(borne.child[place])
        names[place] = names[place] if daughter else naming.masculine(names[place])
    return names
