"""The names of an extract: forename, middle names, family name, known-as, former and carer's names."""

from collections.abc import Iterator

import numpy as np

from bench.population import customs, naming, writing
from bench.population.customs import Written
from bench.population.people import GIRL, band_of
from bench.population.sheet import Sheet, one


def name_columns(sheet: Sheet) -> Iterator[list[str]]:
    """Forename, middle names, family name, known-as, former family names and carer's family name of every row."""
    given, middle, family = _given(sheet), _middle(sheet), _family(sheet)
    _newborn(sheet, given, middle, family)
    _swap(sheet, given, middle, family)
    if sheet.customs:
        _customs(sheet, given, middle, family)
    capitals, accents = sheet.profile.capitals, sheet.profile.accents
    for names in (given, middle, family, _known_as(sheet), _former(sheet, family), _carer(sheet)):
        yield [writing.styled(name, capitals, accents) for name in names]


def _given(sheet: Sheet) -> list[str]:
    truth, kinds = sheet.truth, sheet.kinds("given", sheet.profile.given)
    written = [truth.given[child] for child in sheet.rows]
    for row, uniform in sheet.hit("given outcomes", kinds):
        child, kind = sheet.rows[row], kinds[row]
        if kind == "other":
            written[row] = _other_name(sheet, child, uniform[0])
        elif kind in writing.SLIPS:
            written[row] = writing.slipped(kind, written[row], uniform)
        else:
            origin = truth.origins[int(truth.origin[child])]
            made = writing.given_outcomes(kind, written[row], truth.middle[child], truth.known_as[child], origin)
            written[row] = one(made, uniform[0], written[row])
            kinds[row] = kind if made else ""
    return written


def _other_name(sheet: Sheet, child: int, uniform: float) -> str:
    """A name the child goes by that has nothing to do with the registered one."""
    truth = sheet.truth
    part = "girl" if truth.sex[child] == GIRL else "boy"
    band = naming.BANDS[int(band_of(truth.birth[child : child + 1])[0])]
    table = naming.given_names(truth.origins[int(truth.origin[child])], part, band)
    return str(table.draw(np.array([uniform]))[0])


def _family(sheet: Sheet) -> list[str]:
    truth, kinds = sheet.truth, sheet.kinds("family", sheet.profile.family)
    written = [truth.name[child] for child in sheet.rows]
    for row, uniform in sheet.hit("family outcomes", kinds):
        child, kind = sheet.rows[row], kinds[row]
        if kind in writing.SLIPS:
            written[row] = writing.slipped(kind, written[row], uniform)
        else:
            parents = truth.mother_name[child], truth.father_name[child]
            origin = truth.origins[int(truth.origin[child])]
            made = writing.family_outcomes(kind, written[row], truth.former[child], parents, origin)
            written[row] = one(made, uniform[0], written[row])
            kinds[row] = kind if made else ""
    return written


def _middle(sheet: Sheet) -> list[str]:
    truth, kinds = sheet.truth, sheet.kinds("middle", sheet.profile.middle)
    written = []
    for row, child in enumerate(sheet.rows):
        name = truth.middle[child]
        kinds[row] = kinds[row] if name else ""
        kind = kinds[row]
        written.append("" if kind == "missing" else " ".join(w[0] for w in name.split()) if kind else name)
    return written


def _newborn(sheet: Sheet, given: list[str], middle: list[str], family: list[str]) -> None:
    """Placeholders for the unborn and for some of those just born; half of them bear the mother's name."""
    truth, rates = sheet.truth, sheet.profile.newborn
    days = sheet.today.toordinal() - truth.birth[sheet.child]
    draws = sheet.draws("newborn")
    fresh = (days < rates["until_days"]) & (draws.uniform(len(days)) < rates["placeholder"])
    uniform = draws.uniform(2 * len(days)).reshape(-1, 2)
    kinds = sheet.errors["newborn"] = [""] * len(sheet.rows)
    for row in np.flatnonzero(fresh | sheet.unborn).tolist():
        child = sheet.rows[row]
        twin = int(truth.twin[child])
        order = 0 if twin < 0 else 1 if child < twin else 2
        unborn = bool(sheet.unborn[row])
        given[row] = "Unborn" if unborn else writing.placeholder(int(truth.sex[child]), order, uniform[row, 0])
        middle[row], kinds[row] = "", "unborn" if unborn else "placeholder"
        mothers = unborn or uniform[row, 1] < 0.5 or not family[row]
        if mothers:
            family[row] = truth.mother_name[child]
        sheet.errors["given"][row] = sheet.errors["middle"][row] = ""
        sheet.errors["family"][row] = "" if mothers else sheet.errors["family"][row]


def _swap(sheet: Sheet, given: list[str], middle: list[str], family: list[str]) -> None:
    """The middle name first, where that is what is used; and given and family names in each other's place."""
    draws = sheet.draws("swapped")
    swapped = draws.uniform(len(given)) < sheet.profile.swapped_names
    kinds = sheet.errors["names"] = ["swapped" if swap else "" for swap in swapped.tolist()]
    for row, kind in enumerate(sheet.errors["given"]):
        if kind == "middle" and middle[row]:
            middle[row] = sheet.truth.given[sheet.rows[row]]
        if kinds[row] and given[row] and family[row] and not sheet.errors["newborn"][row]:
            given[row], family[row] = family[row], given[row]
        else:
            kinds[row] = ""
        if not given[row] and not family[row]:
            given[row], sheet.errors["given"][row] = sheet.truth.given[sheet.rows[row]], ""


def _customs(sheet: Sheet, given: list[str], middle: list[str], family: list[str]) -> None:
    """What the custom of an origin, or a clerk who does not know it, makes of the names; none of a placeholder's."""
    truth = sheet.truth
    called = sheet.of_children("called").uniform(len(truth.given))
    kinds = sheet.errors["customs"] = sheet.customs_drawn()
    for row, uniform in sheet.hit("customs outcomes", kinds):
        child = sheet.rows[row]
        girl = int(truth.sex[child]) == GIRL
        english = naming.given_names(naming.BRITISH, "girl" if girl else "boy", naming.BANDS[-1])
        parents = truth.mother_name[child], truth.father_name[child]
        known = str(english.draw(called[child : child + 1])[0])
        names = Written(given[row], middle[row], family[row], *parents, known, girl)
        made = () if sheet.errors["newborn"][row] else customs.outcomes(kinds[row], names)
        kinds[row] = kinds[row] if made else ""
        if made:
            chosen = made[int(uniform[0] * len(made))]
            given[row], middle[row], family[row] = chosen.given, chosen.middle, chosen.family


def _known_as(sheet: Sheet) -> list[str]:
    told = sheet.draws("known as").uniform(len(sheet.rows)) < sheet.profile.known_as
    hidden = sheet.errors["newborn"]
    return [
        sheet.truth.known_as[child] if tell and not hidden[row] else ""
        for row, (child, tell) in enumerate(zip(sheet.rows, told.tolist(), strict=True))
    ]


def _former(sheet: Sheet, family: list[str]) -> list[str]:
    told = (sheet.draws("former").uniform(len(sheet.rows)) < sheet.profile.former_listed).tolist()
    former = [sheet.truth.former[child] for child in sheet.rows]
    return [name if tell and name != now else "" for name, tell, now in zip(former, told, family, strict=True)]


def _carer(sheet: Sheet) -> list[str]:
    kinds = sheet.kinds("carer", sheet.profile.carer)
    written = [sheet.truth.mother_name[child] for child in sheet.rows]
    for row, uniform in sheet.hit("carer outcomes", kinds):
        written[row] = "" if kinds[row] == "missing" else writing.slipped(kinds[row], written[row], uniform)
    return written
