"""The golden corpus: what the normalising code makes of some invented records, as one fingerprint.

A model file and its tables do not say how a name is folded or a postcode parsed: code does, and an index holds what
that code made. Under other code it would find a known child no more, and issue it a second number, with no sign of it.
So the fingerprint is part of a model's digest, which every index keeps and is served under alone.

Covered is whatever is stored of a record: source columns, normalised values, codes and strings, blocking keys, guards
and narrow rows, under a fixed key. Comparison is not: other weights change answers, no stored row.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.linkage import children

CORPUS = Path(__file__).with_name("tables") / "golden.toml"
_KEY = b"golden corpus"
_IDENTIFIERS = {"nhs_number": IdentifierType.NHS_NUMBER, "upn": IdentifierType.UPN, "uln": IdentifierType.ULN}

Source = Mapping[str, tuple[str, ...]]
Stored = Callable[[Source, Callable[[str, str], int]], Iterator[object]]


def fingerprint(stored: Stored) -> str:
    """The fingerprint of the corpus: `stored` makes of the source columns of a record all that is stored of it, under a
    coder of (kind, value)."""
    digest = blake2b(digest_size=16, key=_KEY)
    for source in sources():
        for each in stored(source, code):
            digest.update(repr(each).encode() + b"\n")
    return digest.hexdigest()


def code(kind: str, value: str) -> int:
    """A code as a vault would make it, under the key of the corpus."""
    return int.from_bytes(blake2b(f"{kind}\0{value}".encode(), digest_size=8, key=_KEY).digest(), "little")


@cache
def sources() -> tuple[Source, ...]:
    """The source columns of every record of the corpus."""
    found = tomllib.loads(CORPUS.read_text(encoding="utf-8"))["children"]
    return tuple(children.source(_child(each)) for each in found)


def _child(fields: Mapping[str, str]) -> Demographics:
    texts = ("given_name", "middle_names", "family_name", "known_as", "carer_family_name", "postcode", "uprn")
    given, middle, family, known_as, carer, postcode, uprn = (fields.get(name, "") for name in texts)
    former = fields.get("former_family_names", "")
    return Demographics(
        given_name=given,
        middle_names=middle,
        family_name=family,
        known_as=known_as,
        former_family_names=(former,) if former else (),
        carer_family_name=carer,
        birth_date=_date(fields.get("birth_date", "")),
        expected_birth_date=_date(fields.get("expected_birth_date", "")),
        sex=Sex[fields.get("sex", "UNSPECIFIED")],
        postcode=postcode,
        uprn=uprn,
        identifiers=tuple(Identifier(kind, fields[name]) for name, kind in _IDENTIFIERS.items() if name in fields),
    )


def _date(text: str) -> PartialDate:
    return PartialDate(*map(int, text.split("-"))) if text else PartialDate()
