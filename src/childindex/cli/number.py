"""`childindex number`: the form of child numbers, without any index."""

import sys
from typing import Annotated

import typer

from childindex.cli.faults import REFUSED
from childindex.number import ChildNumber, InvalidNumber, NumberType, suggest

app = typer.Typer(no_args_is_help=True)


@app.command()
def check(text: Annotated[str, typer.Argument(help="The number as written; - reads it from standard input.")]) -> None:
    """Is this the form of a child number? Works offline and does not say whether it was issued.

    A single wrong symbol gives a suggestion. It is for a person to confirm at the source, never to be used unasked.
    """
    written = sys.stdin.readline().strip() if text == "-" else text
    try:
        number = ChildNumber.parse(written)
    except InvalidNumber as wrong:
        typer.echo(f"childindex: {wrong.message}", err=True)
        near = suggest(written)
        if near is not None:
            typer.echo(f"  one wrong symbol would explain {near}: ask whoever gave it", err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(f"{number}  {number.type.name.lower()}")


@app.command()
def draw(count: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 1) -> None:
    """Draw test numbers (T): well formed, never issued, refused by an index in production."""
    for _ in range(count):
        typer.echo(ChildNumber.draw(NumberType.TEST))
