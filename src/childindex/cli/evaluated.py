"""An evaluation as JSON and as tables."""

import json
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from childindex.linkage import Model
    from childindex.linkage.batch.evaluation import Evaluation
    from childindex.linkage.batch.figures import Quality

Seconds = tuple[float, float]  # training, linking

NOTHING = "no true one: there is nothing to recall"


def as_json(found: "Evaluation", seconds: Seconds) -> str:
    """One JSON object; its keys are a promise."""
    return json.dumps(
        {
            "records": found.records,
            "true_pairs": found.true_pairs,
            "pairs_scored": found.pairs_scored,
            "pair_completeness": found.pair_completeness,
            "best": {"threshold": found.threshold, **_quality(found.best)},
            "at": [{"probability": at, **_quality(each)} for at, each in found.at],
            "clustered": {**_quality(found.clustered), "b_cubed_f1": found.b_cubed_f1},
            "calibration": [
                {
                    "from": band.low,
                    "to": band.high,
                    "pairs": band.count,
                    "predicted": band.predicted,
                    "true": band.true,
                    "interval": [band.least, band.most],
                }
                for band in found.calibration
            ],
            "groups": [
                {
                    "group": group.name,
                    "records": group.records,
                    "true_pairs": group.true_pairs,
                    **_quality(group.quality),
                }
                for group in found.groups
            ],
            "train_seconds": round(seconds[0], 3),
            "link_seconds": round(seconds[1], 3),
        },
        indent=2,
    )


def show(screen: Console, found: "Evaluation", seconds: Seconds, model: "Model") -> None:
    """The figures for people."""
    screen.print(f"{model.label}: {found.records:,} records, {found.true_pairs:,} true pairs")
    reached = f"{found.pair_completeness:.4%} of the true ones among them" if found.true_pairs else NOTHING
    screen.print(
        f"{found.pairs_scored:,} pairs scored, {reached}; trained in {seconds[0]:.1f} s, linked in {seconds[1]:.1f} s"
    )
    screen.print(_qualities(found))
    screen.print(_calibration(found))
    if found.groups:
        screen.print(_groups(found, model.thresholds.match))
    screen.print(_rules(found))


def _quality(quality: "Quality") -> dict[str, float]:
    return {"precision": quality.precision, "recall": quality.recall, "f1": quality.f1}


def _qualities(found: "Evaluation") -> Table:
    """Links from each P on, beside what P itself foretells of them: without a truth that is all one has."""
    table = Table("links", "precision", "recall", "F1", "foretold: precision", "recall", box=box.SIMPLE_HEAD)
    for (at, each), (_, foretold) in zip(found.at, found.expected, strict=True):
        table.add_row(f"P >= {at}", *_cells(each, found.true_pairs), *_cells(foretold)[:2])
    table.add_row(f"best, P >= {found.threshold:.6g}", *_cells(found.best, found.true_pairs))
    table.add_row("clustered", *_cells(found.clustered, found.true_pairs))
    table.add_row("B-cubed", "", "", f"{found.b_cubed_f1:.5f}")
    return table


def _cells(quality: "Quality", true_pairs: int = 1) -> tuple[str, str, str]:
    """Recall and F1 only where there is anything to recall: a zero would look like a failure."""
    if not true_pairs:
        return f"{quality.precision:.5f}", "-", "-"
    return f"{quality.precision:.5f}", f"{quality.recall:.5f}", f"{quality.f1:.5f}"


def _calibration(found: "Evaluation") -> Table:
    table = Table("P from", "to", "pairs", "mean P", "true", "95 % interval", box=box.SIMPLE_HEAD)
    for band in found.calibration:
        interval = f"{band.least:.4f} - {band.most:.4f}"
        table.add_row(
            f"{band.low:g}", f"{band.high:g}", f"{band.count:,}", f"{band.predicted:.4f}", f"{band.true:.4f}", interval
        )
    return table


def _groups(found: "Evaluation", match: float) -> Table:
    table = Table("group", "records", "true pairs", "precision", "recall", box=box.SIMPLE_HEAD)
    table.caption = f"links with P >= {match:g} of its records"
    for group in found.groups:
        figures = _cells(group.quality, group.true_pairs)[:2]
        table.add_row(group.name, f"{group.records:,}", f"{group.true_pairs:,}", *figures)
    return table


def _rules(found: "Evaluation") -> Table:
    table = Table("blocking rule", "pairs", "true", "by it alone", "true", "keys capped", box=box.SIMPLE_HEAD)
    for rule in found.rules:
        counts = (rule.pairs, rule.true, rule.alone, rule.true_alone, rule.capped)
        table.add_row(rule.name, *(f"{count:,}" for count in counts))
    return table
