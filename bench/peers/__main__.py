"""`python -m bench.peers [--sets NAME ...] [--tools NAME ...] [--json FILE]`: all tools on the public sets, in one run.

Every tool reads the same rows, on one thread as far as it can be told; all but dedupe without labels. childindex is
run as a user runs it: `childindex evaluate --train` with the model in `bench/models`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.peers.boundary import Ints, Scored, Told
from bench.peers.figures import figures
from bench.peers.running import MEMORY_GB, measured, run_peer
from bench.peers.sets import labels, tables
from bench.peers.taught import GIVEN, write_labels
from bench.public import SETS, DataSet, evaluated

TOOLS = ("childindex", "splink", "recordlinkage", "dedupe")
_COLUMNS = (
    "set", "tool", "version", "pair completeness", "best F1", "clustered F1", "recall at P >= .999",
    "precision at P >= .999", "train s", "link s",
)  # fmt: skip
_NAMES = {"dedupe": f"dedupe, given {2 * GIVEN} labels"}


def main() -> None:
    """Run every tool on every set, print the table."""
    parser = argparse.ArgumentParser(prog="bench.peers", description=__doc__)
    names = tuple(each.name for each in SETS)
    parser.add_argument("--sets", nargs="+", choices=names, default=names)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=TOOLS)
    parser.add_argument("--limit", type=float, default=1200.0, help="seconds a peer may take for a set")
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    result: dict[str, Any] = {**measured(), "limit_seconds": chosen.limit, "sets": {}}
    for each in SETS:
        if each.name in chosen.sets:
            result["sets"][each.name] = {}
            for tool, told in _compared(each, chosen.tools, chosen.limit):
                result["sets"][each.name][tool] = told
                if chosen.json:  # as far as it is: a peer may take long
                    chosen.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("\n".join(table(result)))


def table(result: Mapping[str, Any]) -> list[str]:
    """The figures as rows of Markdown."""
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    for name, tools in result["sets"].items():
        rows += [(name, _NAMES.get(tool, tool), *_cells(told, result["limit_seconds"])) for tool, told in tools.items()]
    return ["| " + " | ".join(row) + " |" for row in rows]


def _cells(told: Mapping[str, Any], limit: float) -> tuple[str, ...]:
    """One tool's figures; dashes where it did not end within the limits."""
    if not told["finished"]:
        return (f"not done in {limit:,.0f} s and {MEMORY_GB} GB", *("-" for _ in _COLUMNS[3:]))
    certain = next(each for each in told["at"] if each["probability"] == 0.999)
    shares = (
        told["pair_completeness"], told["best"]["f1"], told["clustered"]["f1"], certain["recall"], certain["precision"],
    )  # fmt: skip
    seconds = (told["train_seconds"], told["link_seconds"])
    return (told["version"], *(f"{share:.5f}" for share in shares), *(f"{each:.1f}" for each in seconds))


def _compared(each: DataSet, tools: Sequence[str], limit: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """By tool, its figures on one set."""
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        files = tables(each)
        for letter, file in zip("ab", files, strict=False):
            file.write(directory / f"{letter}.csv")
        truth = labels(files)
        write_labels(directory / "labels.json", truth)
        for tool in tools:
            print(f"{each.name}: {tool}", file=sys.stderr, flush=True)
            yield tool, _ours(each) if tool == "childindex" else _peer(tool, each.name, directory, truth, limit)


def _ours(each: DataSet) -> dict[str, Any]:
    return {"finished": True, "version": version("childindex"), **evaluated(each)}


def _peer(tool: str, name: str, directory: Path, truth: Sequence[Ints], limit: float) -> dict[str, Any]:
    if not run_peer(tool, name, directory, limit=limit):
        return {"finished": False}
    told = Told.load(directory / f"{tool}.json")
    return {
        "finished": True,
        "version": told.version,
        **figures(Scored.load(directory / f"{tool}.npz"), truth),
        "train_seconds": told.seconds["train"],
        "link_seconds": told.seconds["link"],
    }


if __name__ == "__main__":
    main()
