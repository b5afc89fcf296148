"""`childindex fsck | stats | copy`: what an operator may look at. Counts and places of faults; nobody's details."""

import asyncio
from typing import TYPE_CHECKING

import typer
from rich import box
from rich.table import Table

from childindex.cli.connection import Json
from childindex.cli.faults import PROBLEMS
from childindex.cli.options import DEFAULT_VAR, Var
from childindex.cli.screen import console

if TYPE_CHECKING:
    from childindex.config import Config
    from childindex.operations.inspect import Inspection

app = typer.Typer()


@app.command()
def fsck(var: Var = DEFAULT_VAR) -> None:
    """Check the whole index, running or not: the journal, the tables folded from it, and every child's file.

    Exit code 0 when it is sound, 4 when it is not. Nothing is changed.
    """
    from childindex import store
    from childindex.cli.build import config_of, keys_of, store_of
    from childindex.vault import Vault

    config = config_of(var)
    report = store.fsck(store_of(config), Vault.open(keys_of(config)).keyset_id)
    problems = [(problem.fault.value, problem.where, "") for problem in report.problems]
    typer.echo(f"position {report.position}, {report.tree.size} events, {sum(report.rows.values())} rows")
    if report.sound:  # what is not the journal's fold is not looked into further
        inspection = asyncio.run(_inspect(config))
        problems += [("entry", fault, str(count)) for fault, count in sorted(inspection.faults.items())]
        typer.echo(f"{inspection.entries} entries, {inspection.rows} rows of features")
    if not problems:
        typer.echo("sound")
        return
    table = Table("fault", "where or what", "times", box=box.SIMPLE_HEAD)
    for problem in problems:
        table.add_row(*problem)
    console().print(table)
    raise typer.Exit(PROBLEMS)


async def _inspect(config: "Config") -> "Inspection":
    from childindex.cli.build import index_of
    from childindex.operations.inspect import inspect

    index = index_of(config, writer="socket")  # reads only; no writer is asked
    try:
        return await inspect(index)
    finally:
        await index.store.close()


@app.command()
def stats(var: Var = DEFAULT_VAR, as_json: Json = False) -> None:
    """Count what the index holds. No personal data."""
    import json

    from childindex.cli import counting
    from childindex.cli.build import config_of

    counts = asyncio.run(counting.count(config_of(var)))
    if as_json:
        typer.echo(json.dumps({name.strip(): value for name, value in counts.items()}))  # indented for the eye only
        return
    table = Table("what", box=box.SIMPLE_HEAD, show_header=False)
    table.add_column(justify="right")
    for name, value in counts.items():
        table.add_row(name, f"{value:,}")
    console().print(table)


@app.command()
def copy(var: Var = DEFAULT_VAR) -> None:
    """Make a verified copy of the index, running or not: where a rebuild starts. The newest two are kept.

    It holds no keys and is no backup: copy the journal and the keys elsewhere as well.
    """
    from childindex import store
    from childindex.cli.build import config_of, keys_of, store_of
    from childindex.vault import Vault

    config = config_of(var)
    made = store.copy(store_of(config), Vault.open(keys_of(config)).keyset_id)
    typer.echo(f"made  {made.folder}/  position {made.position}")
