"""The policy document: who the custodians are, what they may hold, and which agreements are in force.

Officials write it as TOML and two of them sign its bytes; the index keeps it sealed and compiles it
(`policy.Policy`). Purposes and grants are closed lists; nothing here can allow the detection of crime.
"""

import tomllib
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from childindex.caller import Grant, Purpose, Visibility
from childindex.errors import InvalidFields, Violation

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
TypeName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.]{0,63}$")]
Line = Annotated[str, Field(min_length=1, max_length=128)]


@unique
class Kind(StrEnum):
    """The kinds of custodian; a voluntary organisation stands equal with the others."""

    SCHOOL = "school"
    GENERAL_PRACTICE = "general_practice"
    BIRTHS = "births"
    SOCIAL_CARE = "social_care"
    POLICE = "police"
    YOUTH_JUSTICE = "youth_justice"
    HOUSING = "housing"
    VOLUNTARY = "voluntary"
    LOCAL_AUTHORITY = "local_authority"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reach(_Part):
    """How to reach a custodian: a duty desk, never a person's private number."""

    team: Line
    telephone: str = ""
    out_of_hours: str = ""
    email: str = ""


class Custodian(_Part):
    """An organisation that holds records or asks. `accountable_officer` is a post, not a name."""

    id: Name
    name: Line
    kind: Kind
    authority: Name
    territory: Line
    accountable_officer: Line
    contact: Reach
    record_types: tuple[TypeName, ...] = ()
    suspended: bool = False


class RecordType(_Part):
    """A kind of record; sensitive ones are refused until consent can be recorded."""

    name: TypeName
    sensitive: bool = False


class Find(_Part):
    """Whose records, of which types, the parties of an agreement may find, and how much of each."""

    holders: tuple[Kind, ...]
    record_types: tuple[TypeName, ...]
    visibility: Visibility

    @model_validator(mode="before")
    @classmethod
    def _visibility_by_name(cls, data: dict[str, object]) -> dict[str, object]:
        name = data.get("visibility")
        if isinstance(name, str) and name in Visibility.__members__:
            return {**data, "visibility": Visibility[name]}
        return data


class Agreement(_Part):
    """A dated sharing agreement: its legal gateway, territory, parties, purposes and what it grants."""

    id: Name
    gateway: Line
    territory: Line
    starts: date
    ends: date
    parties: tuple[Name, ...]
    purposes: tuple[str, ...]
    grants: tuple[Grant, ...] = ()
    find: tuple[Find, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if unknown := [p for p in self.purposes if p not in Purpose.__members__]:
            raise ValueError(f"purposes: {len(unknown)} not in the closed list")
        if self.ends < self.starts:
            raise ValueError("ends: before starts")
        if bool(self.find) != (Grant.FIND in self.grants):
            raise ValueError("find: needs the grant FIND, and the grant FIND needs it")
        return self


class Document(_Part):
    """One version of the policy: complete, never a difference.

    `loaded` are the kinds of custodian whose records are all in: of them the index knows how many children of an age
    it holds. While a kind is being loaded it is not named; where none is, the model's own prior serves.
    """

    version: Annotated[int, Field(ge=1)]
    loaded: tuple[Kind, ...] = ()
    custodians: tuple[Custodian, ...]
    record_types: tuple[RecordType, ...]
    agreements: tuple[Agreement, ...]

    @model_validator(mode="after")
    def _references(self) -> Self:
        ids = [c.id for c in self.custodians]
        types = {t.name for t in self.record_types}
        if len(ids) != len(set(ids)):
            raise ValueError("custodians: an id appears twice")
        named = [t for c in self.custodians for t in c.record_types]
        named += [t for a in self.agreements for f in a.find for t in f.record_types]
        if not types.issuperset(named):
            raise ValueError("record_types: one is used but not declared")
        if not set(ids).issuperset(p for a in self.agreements for p in a.parties):
            raise ValueError("agreements: a party is not in the directory")
        return self

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """The document of TOML bytes; raises `InvalidFields` naming every key that is wrong."""
        try:
            return cls.model_validate(tomllib.loads(text.decode()))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidFields([Violation("policy", "not a TOML document in UTF-8")]) from error
        except ValidationError as error:
            places = [".".join(str(p) for p in e["loc"]) or "policy" for e in error.errors()]
            raise InvalidFields(
                [Violation(place, e["msg"]) for place, e in zip(places, error.errors(), strict=True)]
            ) from None
