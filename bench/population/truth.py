"""What is true of the synthetic children: columns, one child at a time on request, and how children are related."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import overload

import numpy as np

from bench.population.draws import Ints
from bench.population.places import Places
from childindex.demographics import Sex

EARLIER = 3  # addresses a family may have had before
Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Address:
    """A house: its postcode and property number."""

    postcode: str
    uprn: str

    def __repr__(self) -> str:
        return "Address(...)"


@dataclass(frozen=True, slots=True)
class Child:
    """One child as it is.

    `number` is its place in the population; `elsewhere` is where the other parent or a carer lives.
    """

    number: int
    family: int
    given_name: str
    middle_names: str
    known_as: str
    family_name: str
    former_family_name: str
    former_until: date | None
    mother_family_name: str
    father_family_name: str
    birth_date: date
    sex: Sex
    origin: str
    address: Address
    earlier: tuple[Address, ...]
    elsewhere: Address
    nhs_number: str
    upn: str
    uln: str
    twin: int | None

    def __repr__(self) -> str:
        return f"Child({self.number})"


class Kinship(StrEnum):
    """How two children are related; one pair has one kinship."""

    TWIN = "twin"
    SIBLING = "sibling"
    HALF_SIBLING = "half_sibling"
    SAME_NAME_NEIGHBOUR = "same_name_neighbour"


@dataclass(frozen=True, slots=True)
class Relationship:
    """Two children, the lower number first, and what they are to each other."""

    kinship: Kinship
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Truth:
    """All children, a column a property. Days are `date.toordinal()`; -1 means none in columns of numbers."""

    family: Ints
    father: Ints  # numbers of fathers; children of one mother and father are full siblings
    birth: Ints
    sex: Ints  # values of `Sex`
    twin: Ints
    origins: tuple[str, ...]
    origin: Ints  # into `origins`
    given: Sequence[str]
    middle: Sequence[str]
    known_as: Sequence[str]
    name: Sequence[str]
    former: Sequence[str]
    former_until: Ints
    mother_name: Sequence[str]
    father_name: Sequence[str]
    place: Table  # children x (1 + EARLIER + 1): present, earlier ones (latest first), elsewhere; into `codes`
    house: Table
    earlier: Ints  # how many earlier addresses the child has lived at
    codes: Sequence[str]
    uprn: Sequence[Sequence[str]]  # one column of property numbers for each column of `place`
    nhs_number: Sequence[str]
    upn: Sequence[str]
    uln: Sequence[str]
    places: Places

    def __repr__(self) -> str:
        return f"Truth({len(self.family)})"

    def address(self, child: int, column: int) -> Address:
        """The child's address in a column of `place`."""
        return Address(self.codes[int(self.place[child, column])], self.uprn[column][child])

    def child(self, number: int) -> Child:
        """One child."""
        earlier = int(self.earlier[number])
        until, twin = int(self.former_until[number]), int(self.twin[number])
        return Child(
            number=number,
            family=int(self.family[number]),
            given_name=self.given[number],
            middle_names=self.middle[number],
            known_as=self.known_as[number],
            family_name=self.name[number],
            former_family_name=self.former[number],
            former_until=date.fromordinal(until) if until >= 0 else None,
            mother_family_name=self.mother_name[number],
            father_family_name=self.father_name[number],
            birth_date=date.fromordinal(int(self.birth[number])),
            sex=Sex(int(self.sex[number])),
            origin=self.origins[int(self.origin[number])],
            address=self.address(number, 0),
            earlier=tuple(self.address(number, 1 + place) for place in range(earlier)),
            elsewhere=self.address(number, 1 + EARLIER),
            nhs_number=self.nhs_number[number],
            upn=self.upn[number],
            uln=self.uln[number],
            twin=twin if twin >= 0 else None,
        )


@dataclass(frozen=True, slots=True)
class Children(Sequence[Child]):
    """The children, made one at a time from the columns."""

    truth: Truth

    def __len__(self) -> int:
        return len(self.truth.family)

    @overload
    def __getitem__(self, place: int) -> Child: ...
    @overload
    def __getitem__(self, place: slice) -> list[Child]: ...
    def __getitem__(self, place: int | slice) -> Child | list[Child]:
        numbers = range(len(self))[place]
        return self.truth.child(numbers) if isinstance(numbers, int) else [self.truth.child(one) for one in numbers]

    def __iter__(self) -> Iterator[Child]:
        return map(self.truth.child, range(len(self)))
