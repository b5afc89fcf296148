"""`childindex train`: a model's figures from the records of files."""

import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from childindex.cli.evaluate import Charts, Columns, tell_lacking
from childindex.cli.faults import Misused
from childindex.cli.screen import console, working
from childindex.cli.writable import check_file, check_place

if TYPE_CHECKING:
    from rich.console import Console

    from childindex.linkage import Model
    from childindex.linkage.batch.expectation import Convergence

app = typer.Typer()


@app.command()
def train(
    model: Annotated[Path, typer.Argument(help="The model to begin with.", metavar="MODEL.toml")],
    records: Annotated[
        list[Path],
        typer.Argument(
            help="CSV, plain or gzip: one file that has duplicates, or several that have none.", metavar="RECORDS"
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the model.", metavar="TRAINED.toml")],
    truth: Annotated[
        str, typer.Option(help="A column of labels, if every record's is known: equal values are one entity.")
    ] = "",
    columns: Columns = "",
    least: Annotated[
        int, typer.Option(min=1, help="Values that fewer records share are left out of the model: they name people.")
    ] = 10,
    charts: Charts = None,
) -> None:
    """Train a model on records, without labels or with them, and say how it went.

    Equal records give the same model to the last bit, in whatever order they come.
    """
    from childindex.cli.model_columns import column_of, custodian_of, is_childrens, mapping, model_of, read_for
    from childindex.linkage import batch
    from childindex.linkage.batch.written import written

    used, renamed = model_of(model), mapping(columns)
    _check(output, (model, *records), used)
    if charts:
        check_place(charts, "--charts")
    lenient = is_childrens(used)
    read = [read_for(used, path, renamed, lenient, truth=truth) for path in records]
    tell_lacking(used, records, [source for source, _ in read], truth)
    labels = [column_of(path, given, truth) for path, (_, given) in zip(records, read, strict=True)] if truth else None
    alone = labels is not None and not _tell_pairs(labels)
    if labels is not None and alone and not _tell_kin(used, labels):
        raise Misused(f"column {truth} gives no two of the records one label: there is nothing to count")
    table = Table("pairs of", "pairs", "iterations", "log likelihood", "share", "last change", box=box.SIMPLE_HEAD)
    screen = console()
    with working("training") as doing:

        def told(step: "Convergence") -> None:
            doing(f"training: {step.name} done")
            table.add_row(*_told(step))
            if not sys.stderr.isatty():
                typer.echo(f"childindex: training: {step.name}: {step.iterations} iterations", err=True)

        options = batch.Options(least=least, custodians=[custodian_of(path) for path in records])
        trained = batch.train(used, [source for source, _ in read], truth=labels, options=options, told=told)
    table.caption = "each run twice: the second time records of one entity count once"
    screen.print(table if trained.report else "m and u counted from the labels: nothing had to be estimated")
    if alone:
        screen.print("no two records have one label: m stays as it was, and every pair taught u or the rivals")
    for path in records:
        _tell_defaults(screen, path, trained.model.shape.defaults.get(custodian_of(path), ()))
    _write(output, written(trained.model.shape, _made(used, trained.model, len(records))), used)
    screen.print(f"{trained.model.label}: written to {output}")
    if charts:
        from childindex.cli.charts import write_charts

        write_charts(charts, trained.model)


def _tell_defaults(screen: "Console", path: Path, endings: Sequence[str]) -> None:
    """Say which dates a file shows so often that they stand where the day is not known."""
    if endings:
        told = ", ".join(f"*{ending}" for ending in endings)
        screen.print(f"{path.name}: dates {told} are written by default; they count as partial dates", markup=False)


def _told(step: "Convergence") -> tuple[str, ...]:
    settled = f"{step.largest_change:.1e}" + ("" if step.settled else " (not settled)")
    return (
        step.name,
        f"{step.pairs:,}",
        f"{step.iterations}",
        f"{step.log_likelihood:,.1f}",
        f"{step.share:.3g}",
        settled,
    )


def _made(before: "Model", after: "Model", files: int) -> str:
    return (
        f"{after.version}: trained from {before.name} {before.version} (digest {before.digest}) on {files} "
        f"{'file' if files == 1 else 'files'}.\nIts figures are estimates from those records; rare values are left out."
    )


def _tell_pairs(labels: Sequence[Sequence[str]]) -> bool:
    """Whether two records of one file, or of two of several, have one label."""
    files = [set(each) for each in labels] if len(labels) > 1 else labels
    counts = Counter(label for file in files for label in file if label)
    return any(count > 1 for count in counts.values())


def _tell_kin(model: "Model", labels: Sequence[Sequence[str]]) -> bool:
    """Whether labels say of one file that it holds nobody twice, which teaches a model's rivals, if not m."""
    return len(labels) == 1 and bool(model.shape.rivals) and any(labels[0])


def _check(output: Path, read: Sequence[Path], model: "Model") -> None:
    """Raises `Misused` where what training makes could not be written: better before it than after."""
    check_file(output, "--output")
    for path in read:
        if output.exists() and path.exists() and output.samefile(path):
            raise Misused(f"--output would overwrite {path.name}, which training reads")
    for name in model.shape.table_files:
        there, own = output.parent / "tables" / name, model.tables / name
        if there.exists() and there.read_bytes() != own.read_bytes():
            raise Misused(f"--output would overwrite the table {there} of another model; choose another directory")


def _write(output: Path, text: str, model: "Model") -> None:
    """The model, and beside it the tables that it refers to."""
    tables, files = output.parent / "tables", model.shape.table_files
    output.parent.mkdir(parents=True, exist_ok=True)
    if files and tables.resolve() != model.tables.resolve():
        tables.mkdir(exist_ok=True)
        for name in files:
            shutil.copyfile(model.tables / name, tables / name)
    output.write_text(text, encoding="utf-8")
