"""Doubts that a person decides: what a review is about, and how it is kept."""

import json
from dataclasses import dataclass
from enum import Enum, unique

from childindex.errors import StoreDamaged


@unique
class Doubt(Enum):
    """What a review is about."""

    DUPLICATE = "duplicate"  # two entries may be one child's
    MIXED = "mixed"  # the records of one entry may be two children's
    DISPUTED = "disputed"  # a record's latest version may be another child's
    REUSED = "reused"  # a local id in use was given to another child
    SHIELDED = "shielded"  # a shielded child fits, of whom the record's custodian must not learn


@dataclass(frozen=True, slots=True)
class Review:
    """A doubt about one entry, or whether two are one child's: the younger first. `vetoes` bar the link of two."""

    doubt: Doubt
    entries: tuple[int, ...]
    probability: float = 0.0
    vetoes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Review({self.doubt.name})"

    @property
    def subject(self) -> "Subject":
        """What the review is about: two reviews of one subject are one."""
        return self.doubt, frozenset(self.entries)

    def encode(self, model: str, raised: str) -> bytes:
        """As sealed in the store: with the model's label and when it was raised."""
        body = {
            "doubt": self.doubt.value,
            "entries": list(self.entries),
            "probability": round(self.probability, 6),
            "vetoes": list(self.vetoes),
            "model": model,
            "raised": raised,
        }
        return json.dumps(body, sort_keys=True).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Review":
        """The review of its stored form. Raises `StoreDamaged`."""
        try:
            body = json.loads(data)
            entries, vetoes = tuple(map(int, body["entries"])), tuple(map(str, body["vetoes"]))
            return cls(Doubt(body["doubt"]), entries, float(body["probability"]), vetoes)
        except (ValueError, KeyError, TypeError):
            raise StoreDamaged("a review cannot be read") from None


Subject = tuple[Doubt, frozenset[int]]
