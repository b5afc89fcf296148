"""One custodian's extract: which children it has records of, and what is written in them.

Every error is drawn by one uniform number against the stated rates of its field (so at most one error a field), over
all records at once; only the records hit are then visited one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from bench.population import dates, naming, places, writing
from bench.population.draws import Draws, Floats, Ints
from bench.population.people import GIRL, band_of
from bench.population.profiles import Profile
from bench.population.truth import EARLIER, Truth
from childindex.demographics import Sex

_YEAR = 365.2425
_DUE = 12  # days that a birth may differ from the day it was expected, either way
_LOCAL_IDS = 10_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """An extract, one list a column in the order of the file; `involved_*` and dates are ISO or empty."""

    local_id: list[str]
    record_type: list[str]
    system: list[str]
    source_version: list[str]
    given_name: list[str]
    middle_names: list[str]
    family_name: list[str]
    known_as: list[str]
    former_family_names: list[str]
    carer_family_name: list[str]
    birth_date: list[str]
    expected_birth_date: list[str]
    sex: list[str]
    postcode: list[str]
    uprn: list[str]
    nhs_number: list[str]
    upn: list[str]
    uln: list[str]
    involved_from: list[str]
    involved_until: list[str]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The header of the file."""
        return tuple(column.name for column in fields(cls))


@dataclass(frozen=True, slots=True)
class Recording:
    """An extract as it was made: the columns, the child of every row, and which error befell which field."""

    child: list[int]
    columns: Columns
    errors: Mapping[str, list[str]]  # field -> kind of error of each row, "" for none


class Clerk:
    """Writes the extract of one custodian. One method a group of fields, each with a stream of its own."""

    def __init__(self, truth: Truth, profile: Profile, today: date, seed: int) -> None:
        self._truth, self._profile, self._today, self._seed = truth, profile, today, seed
        self._child = self._members()
        self._rows = self._child.tolist()
        self._unborn = truth.birth[self._child] > today.toordinal()
        self._errors: dict[str, list[str]] = {}

    def record(self, identifiers: bool) -> Recording:
        """All columns."""
        given, middle, family = self._given(), self._middle(), self._family()
        self._newborn(given, middle, family)
        self._swap(given, middle, family)
        birth, expected = self._birth()
        postcode, uprn = self._place()
        started, ended = self._involved()
        count = len(self._rows)
        numbers = self._identifiers() if identifiers else [[""] * count for _ in range(3)]
        columns = Columns(
            self._local_ids(),
            [self._profile.record_type] * count,
            [self._profile.system] * count,
            [str(1 + number) for number in self._draws("version").below(5, count).tolist()],
            *(self._styled(names) for names in (given, middle, family, self._known_as(), self._former(family), self._carer())),
            birth, expected, self._sex(), postcode, uprn, *numbers, started, ended,
        )  # fmt: skip
        return Recording(self._rows, columns, self._errors)

    def _draws(self, purpose: str) -> Draws:
        return Draws(self._seed, self._profile.id, purpose)

    def _members(self) -> Ints:
        """The children on record in no order, a few of them twice."""
        draws = self._draws("coverage")
        count = len(self._truth.birth)
        days = self._today.toordinal() - self._truth.birth
        share = np.where(days < 0, self._profile.unborn, 0.0)
        for lowest, highest, covered in self._profile.coverage:
            share = np.where((days >= lowest * _YEAR) & (days < highest * _YEAR), covered, share)
        once = np.flatnonzero(draws.uniform(count) < share)
        twice = once[draws.uniform(len(once)) < self._profile.duplicates]
        every = np.concatenate([once, twice])
        return every[draws.order(len(every))]

    def _kinds(self, field: str, rates: Mapping[str, float]) -> list[str]:
        """The error drawn for each row, "" for none; the caller drops those that cannot happen."""
        names = np.array([*rates, ""], dtype=object)
        reached = np.cumsum(list(rates.values()))
        assert reached[-1] <= 1.0, f"{self._profile.id}: rates of {field} exceed 1"
        uniform = self._draws(f"{field} errors").uniform(len(self._rows))
        kinds: list[str] = names.take(np.searchsorted(reached, uniform, side="right")).tolist()
        self._errors[field] = kinds
        return kinds

    def _uniforms(self, purpose: str, kinds: list[str]) -> list[tuple[int, Floats]]:
        """The rows with an error, each with four uniform numbers."""
        hit = [row for row, kind in enumerate(kinds) if kind]
        uniform = self._draws(purpose).uniform(4 * len(hit)).reshape(-1, 4)
        return list(zip(hit, uniform, strict=True))

    def _given(self) -> list[str]:
        truth, kinds = self._truth, self._kinds("given", self._profile.given)
        written = [truth.given[child] for child in self._rows]
        for row, uniform in self._uniforms("given outcomes", kinds):
            child, kind = self._rows[row], kinds[row]
            if kind == "other":
                written[row] = self._other_name(child, uniform[0])
            elif kind in writing.SLIPS:
                written[row] = writing.slipped(kind, written[row], uniform)
            else:
                origin = truth.origins[int(truth.origin[child])]
                made = writing.given_outcomes(kind, written[row], truth.middle[child], truth.known_as[child], origin)
                written[row] = _one(made, uniform[0], written[row])
                kinds[row] = kind if made else ""
        return written

    def _other_name(self, child: int, uniform: float) -> str:
        """A name the child goes by that has nothing to do with the registered one."""
        truth = self._truth
        part = "girl" if truth.sex[child] == GIRL else "boy"
        band = naming.BANDS[int(band_of(truth.birth[child : child + 1])[0])]
        table = naming.given_names(truth.origins[int(truth.origin[child])], part, band)
        return str(table.draw(np.array([uniform]))[0])

    def _family(self) -> list[str]:
        truth, kinds = self._truth, self._kinds("family", self._profile.family)
        written = [truth.name[child] for child in self._rows]
        for row, uniform in self._uniforms("family outcomes", kinds):
            child, kind = self._rows[row], kinds[row]
            if kind in writing.SLIPS:
                written[row] = writing.slipped(kind, written[row], uniform)
            else:
                parents = truth.mother_name[child], truth.father_name[child]
                origin = truth.origins[int(truth.origin[child])]
                made = writing.family_outcomes(kind, written[row], truth.former[child], parents, origin)
                written[row] = _one(made, uniform[0], written[row])
                kinds[row] = kind if made else ""
        return written

    def _middle(self) -> list[str]:
        truth, kinds = self._truth, self._kinds("middle", self._profile.middle)
        written = []
        for row, child in enumerate(self._rows):
            name = truth.middle[child]
            kinds[row] = kinds[row] if name else ""
            kind = kinds[row]
            written.append("" if kind == "missing" else " ".join(w[0] for w in name.split()) if kind else name)
        return written

    def _newborn(self, given: list[str], middle: list[str], family: list[str]) -> None:
        """Placeholders for the unborn and for some of those just born; half of them bear the mother's name."""
        truth, rates = self._truth, self._profile.newborn
        days = self._today.toordinal() - truth.birth[self._child]
        draws = self._draws("newborn")
        fresh = (days < rates["until_days"]) & (draws.uniform(len(days)) < rates["placeholder"])
        uniform = draws.uniform(2 * len(days)).reshape(-1, 2)
        kinds = self._errors["newborn"] = [""] * len(self._rows)
        for row in np.flatnonzero(fresh | self._unborn).tolist():
            child = self._rows[row]
            twin = int(truth.twin[child])
            order = 0 if twin < 0 else 1 if child < twin else 2
            unborn = bool(self._unborn[row])
            given[row] = "Unborn" if unborn else writing.placeholder(int(truth.sex[child]), order, uniform[row, 0])
            middle[row], kinds[row] = "", "unborn" if unborn else "placeholder"
            mothers = unborn or uniform[row, 1] < 0.5 or not family[row]
            if mothers:
                family[row] = truth.mother_name[child]
            self._errors["given"][row] = self._errors["middle"][row] = ""
            self._errors["family"][row] = "" if mothers else self._errors["family"][row]

    def _swap(self, given: list[str], middle: list[str], family: list[str]) -> None:
        """The middle name first, where that is what is used; and given and family names in each other's place."""
        draws = self._draws("swapped")
        swapped = draws.uniform(len(given)) < self._profile.swapped_names
        kinds = self._errors["names"] = ["swapped" if swap else "" for swap in swapped.tolist()]
        for row, kind in enumerate(self._errors["given"]):
            if kind == "middle" and middle[row]:
                middle[row] = self._truth.given[self._rows[row]]
            if kinds[row] and given[row] and family[row] and not self._errors["newborn"][row]:
                given[row], family[row] = family[row], given[row]
            else:
                kinds[row] = ""
            if not given[row] and not family[row]:
                given[row], self._errors["given"][row] = self._truth.given[self._rows[row]], ""

    def _known_as(self) -> list[str]:
        told = self._draws("known as").uniform(len(self._rows)) < self._profile.known_as
        hidden = self._errors["newborn"]
        return [
            self._truth.known_as[child] if tell and not hidden[row] else ""
            for row, (child, tell) in enumerate(zip(self._rows, told.tolist(), strict=True))
        ]

    def _former(self, family: list[str]) -> list[str]:
        told = (self._draws("former").uniform(len(self._rows)) < self._profile.former_listed).tolist()
        former = [self._truth.former[child] for child in self._rows]
        return [name if tell and name != now else "" for name, tell, now in zip(former, told, family, strict=True)]

    def _carer(self) -> list[str]:
        kinds = self._kinds("carer", self._profile.carer)
        written = [self._truth.mother_name[child] for child in self._rows]
        for row, uniform in self._uniforms("carer outcomes", kinds):
            written[row] = "" if kinds[row] == "missing" else writing.slipped(kinds[row], written[row], uniform)
        return written

    def _birth(self) -> tuple[list[str], list[str]]:
        kinds = self._kinds("birth", self._profile.birth)
        due = (self._truth.birth[self._child] + self._draws("due").below(2 * _DUE + 1, len(self._rows)) - _DUE).tolist()
        unborn = self._unborn.tolist()
        days = [date.fromordinal(day) for day in self._truth.birth[self._child].tolist()]
        birth = ["" if hidden else day.isoformat() for day, hidden in zip(days, unborn, strict=True)]
        expected = [
            date.fromordinal(day).isoformat() if hidden else "" for day, hidden in zip(due, unborn, strict=True)
        ]
        for row, uniform in self._uniforms("birth outcomes", kinds):
            made = () if unborn[row] else dates.outcomes(kinds[row], days[row], self._today)
            birth[row] = _one(made, uniform[0], birth[row])
            kinds[row] = kinds[row] if made else ""
        return birth, expected

    def _sex(self) -> list[str]:
        kinds = self._kinds("sex", self._profile.sex)
        written = self._truth.sex[self._child].tolist()
        for row, kind in enumerate(kinds):
            if self._unborn[row]:
                kinds[row] = "missing"
            elif kind == "wrong":
                written[row] = 3 - written[row]
        return ["" if kind == "missing" else Sex(sex).name for sex, kind in zip(written, kinds, strict=True)]

    def _place(self) -> tuple[list[str], list[str]]:
        truth, kinds = self._truth, self._kinds("place", self._profile.place)
        column = np.zeros(len(self._rows), dtype=np.int64)
        mistyped: dict[int, Floats] = {}
        for row, uniform in self._uniforms("place outcomes", kinds):
            earlier = int(truth.earlier[self._rows[row]])
            match kinds[row]:
                case "earlier" if earlier:
                    column[row] = 1 + int(uniform[0] * earlier)
                case "elsewhere":
                    column[row] = 1 + EARLIER
                case "mistyped":
                    mistyped[row] = uniform
                case "earlier":
                    kinds[row] = ""
        told = (self._draws("uprn").uniform(len(self._rows)) < self._profile.uprn).tolist()
        postcode, uprn = [], []
        for row, (child, chosen) in enumerate(zip(self._rows, column.tolist(), strict=True)):
            known = kinds[row] != "missing"
            code = truth.codes[int(truth.place[child, chosen])] if known else ""
            postcode.append(places.mistyped(code, mistyped[row]) if row in mistyped else code)
            uprn.append(truth.uprn[chosen][child] if known and told[row] else "")
        return postcode, uprn

    def _identifiers(self) -> list[list[str]]:
        truth, rates = self._truth, self._profile.identifiers
        draws = self._draws("identifiers")
        count = len(self._rows)
        foreign = draws.uniform(count) < rates["foreign"]
        anybody = draws.below(len(truth.birth), count).tolist()
        owner = list(self._rows)
        self._errors["identifiers"] = ["foreign" if wrong else "" for wrong in foreign.tolist()]
        for row in np.flatnonzero(foreign).tolist():
            owner[row] = self._mixed_up(owner[row], anybody[row])
        found = []
        for name, column in (("nhs_number", truth.nhs_number), ("upn", truth.upn), ("uln", truth.uln)):
            told = (draws.uniform(count) < rates[name]) & ~self._unborn
            found.append([column[child] if tell else "" for child, tell in zip(owner, told.tolist(), strict=True)])
        return found

    def _mixed_up(self, child: int, anybody: int) -> int:
        """Whose numbers are written by mistake: the next or last child of the same mother, or somebody's."""
        family = self._truth.family
        for other in (child + 1, child - 1):
            if 0 <= other < len(family) and family[other] == family[child]:
                return other
        return anybody

    def _involved(self) -> tuple[list[str], list[str]]:
        draws = self._draws("involved")
        count, today = len(self._rows), self._today.toordinal()
        age = np.maximum(0, today - self._truth.birth[self._child])
        start = today - (draws.uniform(count) * age).astype(np.int64)
        end = today - (draws.uniform(count) * (today - start)).astype(np.int64)
        closed = (draws.uniform(count) < self._profile.closed) & (end > start)
        started = [date.fromordinal(day).isoformat() for day in start.tolist()]
        ended = [
            date.fromordinal(day).isoformat() if over else ""
            for day, over in zip(end.tolist(), closed.tolist(), strict=True)
        ]
        return started, ended

    def _local_ids(self) -> list[str]:
        start = int(self._draws("local ids").below(_LOCAL_IDS, 1)[0])
        prefix = self._profile.local_id
        return [f"{prefix}{(start + row * 618_033) % _LOCAL_IDS:07d}" for row in range(len(self._rows))]

    def _styled(self, names: list[str]) -> list[str]:
        capitals, accents = self._profile.capitals, self._profile.accents
        return [writing.styled(name, capitals, accents) for name in names]


def _one(made: tuple[str, ...], uniform: float, otherwise: str) -> str:
    return made[int(uniform * len(made))] if made else otherwise
