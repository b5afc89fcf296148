"""Each data set as one command: `childindex evaluate` on its files, by its model, trained on its records alone."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_BENCH: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class DataSet:
    """Files to be deduplicated (one) or linked (two), the column of their truth, and the model; the children's, as
    shipped, where none is named. `columns` maps its fields; `groups` is a column of groups told apart."""

    name: str
    files: tuple[Path, ...]
    truth: str
    model: Path | None = None
    columns: str = ""
    groups: str = ""

    def arguments(self) -> list[str]:
        """What follows `childindex` on the command line. A set with a model of its own is trained without labels."""
        given = ["evaluate", "--json", "--left", str(self.files[0]), "--truth", self.truth]
        given += ["--right", str(self.files[1])] if len(self.files) > 1 else []
        given += ["--model", str(self.model), "--train"] if self.model else []
        given += ["--columns", self.columns] if self.columns else []
        return given + (["--groups", self.groups] if self.groups else [])


def _public(name: str, truth: str, *files: str) -> DataSet:
    data = tuple(_BENCH / "data" / f"{each}.csv.gz" for each in files or (name,))
    return DataSet(name, data, truth, _BENCH / "models" / f"{name}.toml")


SETS: Final = (
    _public("febrl3", "entity"),
    _public("febrl4", "entity", "febrl4_a", "febrl4_b"),
    _public("fake_1000", "cluster"),
    _public("historical_50k", "cluster"),
)


def evaluated(data: DataSet) -> dict[str, Any]:
    """What the command prints, in a process of its own. Raises `CalledProcessError` where it fails."""
    command = [sys.executable, "-m", "childindex", *data.arguments()]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    found: dict[str, Any] = json.loads(done.stdout)
    return found
