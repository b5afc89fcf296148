"""What passes between the project's environment and the peers': CSV files in, scored pairs and times out.

Imports nothing but numpy, so that both environments can. Places count the rows of a file from 0; with one file both
places are of that file, the smaller first.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Scored:
    """Every pair that a tool looked at, each once: its places, and log2 of the odds of a match."""

    left: Ints
    right: Ints
    bits: Floats

    @property
    def probability(self) -> Floats:
        """The probability of a match."""
        with np.errstate(over="ignore"):
            return 1.0 / (1.0 + np.exp2(-self.bits))

    def save(self, path: Path) -> None:
        """Write to a .npz file."""
        np.savez(path, left=self.left, right=self.right, bits=self.bits)

    @classmethod
    def load(cls, path: Path) -> "Scored":
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(arrays["left"], arrays["right"], arrays["bits"])


def bits(probability: Floats) -> Floats:
    """log2 of the odds of probabilities; finite for 0 and 1."""
    held = np.clip(probability, 1e-300, 1.0)
    return np.asarray(np.log2(held) - np.log2(np.maximum(1.0 - held, 2.0**-53)))


@dataclass(slots=True)
class Told:
    """What a tool tells of its run beside the pairs: its version, and wall-clock seconds by step."""

    tool: str
    version: str
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Measure a step."""
        start = perf_counter()
        yield
        self.seconds[step] = round(self.seconds.get(step, 0.0) + perf_counter() - start, 2)

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Told":
        """Read what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
