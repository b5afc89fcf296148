"""`childindex load`: a custodian's extract, from CSV through the API."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from childindex.cli.connection import DEFAULT_TARGET, Asker, CredentialsFolder, Target
from childindex.cli.faults import SOME_REJECTED, Misused
from childindex.cli.row import RECORD_COLUMNS
from childindex.cli.screen import console

if TYPE_CHECKING:
    from childindex.cli.loading import Load, Progress
    from childindex.client import Client

app = typer.Typer()


@app.command()
def load(
    file: Annotated[
        Path,
        typer.Argument(help=f"CSV whose header names columns of: {', '.join(RECORD_COLUMNS)}.", metavar="FILE.csv"),
    ],
    credentials: CredentialsFolder,
    target: Target = DEFAULT_TARGET,
    purpose: Annotated[str, typer.Option(help="Why; part of the legal record.")] = "record_keeping",
    actor: Annotated[str, typer.Option("--as", help="On whose behalf: role:reference.")] = "automated:load",
    system: Annotated[str, typer.Option(help="The system, where the file has no such column.")] = "",
    record_type: Annotated[str, typer.Option(help="The record type, where the file has no such column.")] = "",
    source_version: Annotated[str, typer.Option(help="The version, where the file has no such column.")] = "",
    encoding: Annotated[str, typer.Option(help="utf-8, windows-1252 or iso-8859-1.")] = "utf-8",
    progress: Annotated[
        Path | None, typer.Option(help="Where progress is kept; FILE.csv.progress by default.", metavar="FILE")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rejected rows are told; FILE.csv.rejects by default.", metavar="FILE")
    ] = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Begin at the first row, whatever was done before.")] = False,
    batch_size: Annotated[int, typer.Option(min=1, max=500, help="Records in a call.")] = 100,
    in_flight: Annotated[int, typer.Option(min=1, max=64, help="Calls under way at once.")] = 4,
) -> None:
    """Register a whole extract. It can be stopped and started again at will; nothing is registered twice.

    Rejected rows go to a file with line, column and reason, and nothing of the row. Exit code 0 when all rows were
    accepted, 3 when some were rejected.
    """
    from childindex.cli import extract, loading

    if encoding not in extract.ENCODINGS:
        raise Misused(f"--encoding must be one of {', '.join(extract.ENCODINGS)}")
    defaults = {"system": system, "record_type": record_type, "source_version": source_version}
    with Asker(target, credentials, purpose, actor).client(channels=in_flight) as client:
        plan = loading.Load(
            extract=extract.survey(file, encoding=encoding, defaults=defaults),
            progress=progress or file.with_name(file.name + ".progress"),
            rejects=rejects or file.with_name(file.name + ".rejects"),
            identity=loading.identity(target, credentials),
            afresh=afresh,
            batch_size=batch_size,
            in_flight=in_flight,
        )
        done = watched(client, plan, console())
    if done.rejected:
        typer.echo(f"{done.rejected:,} rows were rejected: see {plan.rejects}", err=True)
        raise typer.Exit(SOME_REJECTED)


def watched(client: "Client", plan: "Load", screen: Console, label: str = "") -> "Progress":
    """Load with a progress bar, and a line of what was done at the end; also used by the demonstration."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from childindex.cli import loading

    total, before = plan.extract.count, plan.begun().done
    name = label or plan.extract.path.name
    if before == total:
        screen.print(f"{name}: all {total:,} rows were loaded before; nothing to do")
        return plan.begun()
    began = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(name, total=total, completed=before)
        done = loading.load(client, plan, lambda now: bar.update(task, completed=now.done))
    seconds = time.monotonic() - began
    sent = done.done - before
    screen.print(
        f"{name}: {done.accepted:,} records registered, {done.provisional:,} of them with a provisional number, "
        f"{done.rejected:,} rejected; {sent:,} sent in {seconds:.1f} s ({sent / max(seconds, 0.001):,.0f} a second)",
        highlight=False,
    )
    if done.left_out:
        counts = ", ".join(f"{column} {count:,}" for column, count in sorted(done.left_out.items()))
        screen.print(f"{name}: left out, for they say nothing (all of the file): {counts}", highlight=False)
    return done
