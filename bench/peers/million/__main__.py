"""`python -m bench.peers.million --children 1000000 --queries 20000 [--seed 1] [--work DIR] [--json FILE]`.

Draws the children, writes the two files, has Splink train on them and link them, and childindex find every query in the
index with the shipped model; then the figures of both. The model's population is the number of children, as an index
for them would be configured. Both tools get one thread and run side by side, where there are two cores: `--in-turn`
has the one wait for the other. With `--work` the files and Splink's pairs stay there, and are used again by a later run
of the same children: Splink does not change with our model.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from time import strftime
from typing import Any

import numpy as np

from bench.peers.boundary import Floats, Scored, Told
from bench.peers.million.files import Task, task
from bench.peers.million.live import Answers, answers
from bench.peers.million.ranking import Pairs, Ranking, ranking
from bench.peers.running import measured, run_peer
from childindex import linkage
from childindex.linkage import Model

_COLUMNS = (
    "tool", "version", "pairs", "pair completeness", "rank 1", "recall at precision >= .999",
    "the best pair of a query only", "read s", "train s", "link s",
)  # fmt: skip


def main() -> None:
    """Generate, run both tools, print."""
    parser = argparse.ArgumentParser(prog="bench.peers.million", description=__doc__)
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("childindex", "splink"), default=None)
    parser.add_argument("--in-turn", action="store_true")
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    drawn = _drawn((chosen.children, chosen.queries, chosen.seed), chosen.work)
    _say(f"{len(drawn.index):,} records in the index, {len(drawn.queries):,} queries, {drawn.linkable:,} to be found")
    model = linkage.shipped(chosen.children)
    side_by_side = chosen.only is None and not chosen.in_turn and (os.cpu_count() or 1) > 1
    result: dict[str, Any] = {
        **measured(),
        "seed": chosen.seed,
        "children": chosen.children,
        "index": len(drawn.index),
        "queries": len(drawn.queries),
        "linkable": drawn.linkable,
        "of_twins": int((drawn.twin & (drawn.answer >= 0)).sum()),
        "model": model.label,
        "digest": model.digest,
        "side_by_side": side_by_side,
        "tools": {},
    }
    with ThreadPoolExecutor(1) as beside:  # the peer is a process of its own: the thread only waits for it
        if chosen.only != "childindex":
            peer = beside.submit(_splink, drawn, chosen.work)
            if not side_by_side:
                peer.result()
        if chosen.only != "splink":
            result["tools"]["childindex"] = _childindex(model, drawn)
        if chosen.only != "childindex":
            result["tools"]["splink"] = peer.result()
    print("\n".join(table(result)))
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def table(result: Mapping[str, Any]) -> list[str]:
    """The figures as rows of Markdown."""
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    for tool, told in result["tools"].items():
        shares = (told[name] for name in ("completeness", "rank_1", "recall_pairs", "recall_best"))
        seconds = (told["seconds"].get(name, 0.0) for name in ("read", "train", "link"))
        numbers = (f"{told['pairs']:,}", *(f"{share:.5f}" for share in shares), *(f"{each:,.0f}" for each in seconds))
        rows.append((tool, told["version"], *numbers))
    return ["| " + " | ".join(row) + " |" for row in rows]


def _childindex(model: Model, drawn: Task) -> dict[str, object]:
    _say("childindex")
    told = Told("childindex", model.label)
    found = answers(model, drawn.index, drawn.queries, told)
    return {
        **_figures(told, found.scored, drawn),
        "automatic": _automatic(found, drawn),
        "rules": {
            rule.name: {"pairs": rule.pairs, "alone": rule.alone, "capped": rule.capped} for rule in found.pairs.counts
        },
    }


def _automatic(found: Answers, drawn: Task) -> dict[str, object]:
    """What the index would have linked without a person."""
    linked = found.linked >= 0
    right = int((found.linked[linked] == drawn.answer[linked]).sum())
    return {
        "links": int(linked.sum()),
        "wrong": int(linked.sum()) - right,
        "recall": round(right / drawn.linkable, 5),
        "review_rate": round(float(found.review.mean()), 5),
    }


def _drawn(which: tuple[int, int, int], work: Path | None) -> Task:
    """The files of these numbers of children and queries and this seed: drawn, or read where they are already."""
    if work is None:
        return task(*which)
    named = work / "drawn.json"
    if not named.exists() or json.loads(named.read_text(encoding="utf-8")) != list(which):
        for old in work.glob("splink.*"):
            old.unlink()
        task(*which).write(work)
        named.write_text(json.dumps(which), encoding="utf-8")
    return Task.read(work)


def _splink(drawn: Task, work: Path | None) -> dict[str, object]:
    _say("splink")
    with tempfile.TemporaryDirectory() as place:
        directory = work or Path(place)
        if work is None:
            drawn.write(directory)
        if not (directory / "splink.json").exists():
            run_peer("splink", "children", directory)
        scored = Scored.load(directory / "splink.npz")
        told = Told.load(directory / "splink.json")
    return _figures(told, Scored(scored.right, scored.left, scored.bits), drawn)


def _figures(told: Told, scored: Scored, drawn: Task) -> dict[str, object]:
    """The figures of pairs whose left place is the query's: of all queries, and of those whose child has no twin."""
    pairs = Pairs(scored.left, scored.right, _finite(scored.bits))
    found = ranking(pairs, drawn.answer)
    single = ranking(pairs.of(~drawn.twin), np.where(drawn.twin, -1, drawn.answer))
    return {
        "version": told.version,
        **_rounded(found),
        "recall": round(found.recall, 5),
        "without_twins": {**_rounded(single), "recall": round(single.recall, 5)},
        "seconds": told.seconds,
    }


def _rounded(found: Ranking) -> dict[str, float]:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in asdict(found).items()}


def _finite(bits: Floats) -> Floats:
    return np.asarray(np.nan_to_num(bits, posinf=1e6, neginf=-1e6))


def _say(what: str) -> None:
    print(f"{strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
