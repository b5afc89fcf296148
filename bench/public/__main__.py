"""`python -m bench.public --json FILE`: every public set and invented children, each by one `childindex evaluate`."""

import argparse
import json
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.public import SETS, evaluated, write_children
from childindex import linkage

_LIBRARIES = ("childindex", "numpy", "rapidfuzz")


def main() -> None:
    """Parse the command line, evaluate, write, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.public", description=__doc__)
    parser.add_argument("--json", type=Path, help="where to write the figures, one key a set")
    parser.add_argument("--about", action="store_true", help="say in the file, under 'about', when and by what")
    parser.add_argument("--children", type=int, default=5_000, help="invented children")
    parser.add_argument("--seed", type=int, default=20_261_122, help="of the invented children")
    asked = parser.parse_args()
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)  # not after ten minutes' work
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as directory:
        children = write_children(Path(directory), asked.children, asked.seed)
        for data in (*SETS, children):
            found[data.name] = evaluated(data)
            print(_line(data.name, found[data.name]), flush=True)
    if asked.json:
        about = {"about": _about(asked.children, asked.seed)} if asked.about else {}
        asked.json.write_text(json.dumps({**about, **found}, indent=1) + "\n", encoding="utf-8")


def _line(name: str, found: dict[str, Any]) -> str:
    sure = found["at"][-1]
    return (
        f"{name:<15} best F1 {found['best']['f1']:.5f}  clustered {found['clustered']['f1']:.5f}  "
        f"at P >= {sure['probability']}: recall {sure['recall']:.5f}, precision {sure['precision']:.5f}  "
        f"completeness {found['pair_completeness']:.5f}  "
        f"{found['train_seconds']:.0f} + {found['link_seconds']:.0f} s"
    )


def _about(children: int, seed: int) -> dict[str, Any]:
    model = linkage.shipped()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        "children": {"children": children, "seed": seed, "model": model.label, "digest": model.digest},
    }


if __name__ == "__main__":
    main()
