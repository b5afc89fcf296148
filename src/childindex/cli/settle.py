"""`childindex settle`: let the entries be the children that their records settle to, whatever order those came in."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich import box
from rich.table import Table

from childindex.cli.faults import Misused
from childindex.cli.options import DEFAULT_VAR, Var
from childindex.cli.screen import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from childindex.config import Config
    from childindex.operations import Settlement

app = typer.Typer()

_TOLD: Final = {
    "merged": ("merged", "would be merged: two entries certainly of one child"),
    "together": ("reviews raised: two entries, perhaps one child", "reviews to raise: two entries, perhaps one child"),
    "apart": ("reviews raised: one entry, perhaps two children", "reviews to raise: one entry, perhaps two children"),
    "known": ("under review before", "under review already"),
    "closed": ("reviews closed: the evidence has decided", "reviews to close: the evidence has decided"),
    "forgotten": (
        "forgotten: removed as a slip, and not sent again",
        "forgotten: removed as a slip, and not sent again",
    ),
    "large": ("left: too many records hang together", "left: too many records hang together"),
    "left": ("left: rulings contradict, or others are at work on it", "left: rulings contradict"),
}

Number = Annotated[
    str, typer.Option("--number", metavar="NUMBER", help="Only the component of this child; without it, of all.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Carry it out. Without it nothing is changed.")]
Json = Annotated[bool, typer.Option("--json", help="The counts as JSON.")]


@app.command()
def settle(var: Var = DEFAULT_VAR, number: Number = "", apply: Apply = False, as_json: Json = False) -> None:
    """Settle entries: merge certain duplicates, raise reviews of the rest. Changes nothing without --apply.

    Whatever order records came, changed and went in, they settle to the same children. Only what is certain, valid,
    and neither shielded nor disputed is merged; nobody is split. Reviews that the evidence has decided are closed.
    Tells counts, no personal data. May run beside the service.
    """
    import json

    from childindex.cli.build import config_of

    found = asyncio.run(_run(config_of(var), number, apply=apply))
    counts = {"entries": found[0], **asdict(found[1])}
    if as_json:
        typer.echo(json.dumps(counts))
        return
    table = Table("settled" if apply else "foreseen", box=box.SIMPLE_HEAD, show_header=False)
    table.add_column(justify="right")
    table.add_row("entries looked at", f"{counts.pop('entries'):,}")
    for name, count in counts.items():
        table.add_row(_TOLD[name][not apply], f"{count:,}")
    console().print(table)


async def _run(config: "Config", number: str, *, apply: bool) -> "tuple[int, Settlement]":
    """How many entries were looked at, and what it came to; through the running service's writer if there is one."""
    from childindex.cli.build import index_of
    from childindex.cli.founding import OPERATOR
    from childindex.errors import StoreUnavailable
    from childindex.number import ChildNumber, InvalidNumber
    from childindex.operations import entry_numbered, foresee, live_entries, settle_each
    from childindex.operations.review import open_reviews

    try:
        asked = ChildNumber.parse(number) if number else None
    except InvalidNumber as error:
        raise Misused(f"--number: {error.message}") from None
    try:
        index = index_of(config, writer="local" if apply or asked else "socket")
    except StoreUnavailable:  # a writer runs: ask it
        index = index_of(config, writer="socket")
    try:
        if asked:
            chosen = [await entry_numbered(index, OPERATOR, asked)]
        else:
            chosen = [entry async for entry in live_entries(index)]
        async with index.store.snapshot() as snapshot:
            reviews = await open_reviews(index, snapshot)
        seen = _watched(chosen)
        done = await (settle_each(index, OPERATOR, seen, reviews) if apply else foresee(index, seen, reviews))
        return len(chosen), done
    finally:
        await index.store.close()


def _watched(entries: "Sequence[int]") -> "Iterable[int]":
    """The entries, with a progress bar on a terminal's standard error: some take long."""
    from rich.console import Console
    from rich.progress import track

    screen = Console(stderr=True)
    return track(entries, "entries", console=screen, transient=True, disable=not screen.is_terminal)
