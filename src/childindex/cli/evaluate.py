"""`childindex evaluate`: how right a model is on files whose truth is known."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from childindex.cli.connection import Json
from childindex.cli.screen import console, working
from childindex.cli.writable import check_place

if TYPE_CHECKING:
    from childindex.cli.model_columns import Source
    from childindex.linkage import Model
    from childindex.linkage.batch.evaluation import Evaluation
    from childindex.linkage.batch.linking import Linked

app = typer.Typer()

Columns = Annotated[
    str,
    typer.Option(
        help="Which column of the files a field is read from: field=column,..., or field=one|other where files differ.",
        metavar="MAP",
    ),
]
Charts = Annotated[Path | None, typer.Option(help="Where to draw charts, as SVG.", metavar="DIR")]


@app.command()
def evaluate(
    left: Annotated[Path, typer.Option(help="CSV, plain or gzip; alone, it is deduplicated.", metavar="FILE")],
    truth: Annotated[
        str, typer.Option(help="The column that says who a record is: equal values are one entity, blank is nobody.")
    ],
    right: Annotated[
        Path | None, typer.Option(help="A second CSV, to be linked with the first.", metavar="FILE")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="The model; the children's model by default.", metavar="MODEL.toml")
    ] = None,
    train: Annotated[
        bool, typer.Option("--train", help="Train the model on these files first, without labels.")
    ] = False,
    groups: Annotated[
        str, typer.Option(help="A column of groups, whose figures at the model's threshold are told apart.")
    ] = "",
    columns: Columns = "",
    charts: Charts = None,
    as_json: Json = False,
) -> None:
    """Deduplicate one file, or link two, and hold the result against the truth.

    The truth column is looked at only after everything is decided.
    """
    from childindex.cli import evaluated
    from childindex.cli.model_columns import column_of, custodian_of, is_childrens, mapping, model_of, read_for
    from childindex.linkage.batch.evaluation import evaluate as figures

    if charts:
        check_place(charts, "--charts")
    used, renamed = model_of(model), mapping(columns)
    paths = [left] if right is None else [left, right]
    lenient = is_childrens(used)
    read = [read_for(used, path, renamed, lenient, truth=truth) for path in paths]
    tell_lacking(used, paths, [source for source, _ in read], truth)
    labels = [column_of(path, given, truth) for path, (_, given) in zip(paths, read, strict=True)]
    grouped = [column_of(path, given, groups) for path, (_, given) in zip(paths, read, strict=True)] if groups else None
    sources = [source for source, _ in read]
    with working("training" if train else "linking") as doing:
        began = time.perf_counter()
        custodians = [custodian_of(path) for path in paths]
        used = _trained(used, sources, custodians, doing) if train else used
        ready = time.perf_counter()
        doing("linking")
        linked = _linked(used, sources, custodians)
        seconds = (ready - began if train else 0.0, time.perf_counter() - ready)
    found = figures(linked, labels, grouped, used.thresholds.match)
    if not found.true_pairs:
        _tell_nobody(truth, paths)
    if as_json:
        typer.echo(evaluated.as_json(found, seconds))
    else:
        evaluated.show(console(), found, seconds, used)
    if charts:
        _draw(charts, used, found)


def tell_lacking(model: "Model", paths: Sequence[Path], sources: Sequence["Source"], truth: str = "") -> None:
    """Say on standard error what a file tells nothing of: without names or dates the figures say little."""
    from childindex.cli.model_columns import lacking

    if any(truth in lacking(model, source) for source in sources):
        typer.echo(f"childindex: column {truth} is the truth: {model.name} does not read it", err=True)
    for path, source in zip(paths, sources, strict=True):
        absent = [name for name in lacking(model, source) if name != truth]
        if absent:
            typer.echo(f"childindex: {path.name} has no column {', '.join(absent)}: linked without", err=True)


def _tell_nobody(truth: str, paths: Sequence[Path]) -> None:
    """Say on standard error that the truth knows no pair: zeros of recall are no failure then."""
    where = f"in {paths[0].name}" if len(paths) == 1 else f"in both {paths[0].name} and {paths[1].name}"
    value = "no value occurs twice" if len(paths) == 1 else "no value occurs"
    typer.echo(
        f"childindex: {value} {where} in column {truth}: there are no true pairs and nothing to recall; "
        "recall, F1 and pair completeness say nothing",
        err=True,
    )


def _trained(model: "Model", sources: list["Source"], custodians: list[str], doing: Callable[[str], None]) -> "Model":
    from childindex.linkage import batch

    options = batch.Options(custodians=custodians)
    return batch.train(model, sources, options=options, told=lambda step: doing(f"training: {step.name} done")).model


def _linked(model: "Model", sources: list["Source"], custodians: list[str]) -> "Linked":
    from childindex.linkage.batch.linking import link

    return link(model, *sources, custodians=custodians)


def _draw(directory: Path, model: "Model", found: "Evaluation") -> None:
    from childindex.cli.charts import write_charts

    write_charts(directory, model, found.calibration)
