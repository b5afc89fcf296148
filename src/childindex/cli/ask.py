"""`childindex resolve | verify | find`: what a professional asks."""

from typing import Annotated

import typer
from rich.console import Console

from childindex.cli.connection import DEFAULT_TARGET, ActorText, Asker, CredentialsFolder, Json, PurposeName, Target
from childindex.cli.given import From, Values, complete, given

app = typer.Typer()

Number = Annotated[str, typer.Argument(help="The child number, in any spelling.")]


@app.command()
def resolve(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    values: Values = None,
    source: From = None,
    target: Target = DEFAULT_TARGET,
    explain: Annotated[bool, typer.Option("--explain", help="Show why; needs the grant EXPLAIN.")] = False,
    as_json: Json = False,
) -> None:
    """Ask for the number of the child whose details are given."""
    from childindex.cli import columns, shown

    row = given(columns.DETAIL_COLUMNS, values, source)
    details = columns.details(row)
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.resolve(details, explain=explain)
    shown.say_json(answer) if as_json else shown.resolution(Console(), answer)


@app.command()
def verify(
    number: Number,
    birth_date: Annotated[str, typer.Argument(help="The child's birth date, YYYY-MM-DD.")],
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """Check that a number and a birth date belong together."""
    from childindex.cli import columns, shown

    row = columns.Row({"birth_date": birth_date})
    born = row.date("birth_date")
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.verify(number, born)
    if as_json:
        shown.say_json(answer)
    else:
        typer.echo("VERIFIED" if answer.verified else "NOT CONFIRMED")
        if answer.current is not None:
            typer.echo(f"  the number now is {shown.number_text(answer.current)}")


@app.command()
def find(
    number: Number,
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    birth_date: Annotated[str, typer.Option(help="The child's birth date, YYYY-MM-DD.")] = "",
    own: Annotated[str, typer.Option(help="Or a record of your own: system/record_type/local_id.")] = "",
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """Ask who holds records of a child. Beside the number stands the birth date or a record of your own."""
    from childindex.cli import columns, shown

    key = dict(zip(columns.KEY_COLUMNS, own.split("/", 2), strict=False))
    row = columns.Row({"birth_date": birth_date, **key})
    born, record = row.date("birth_date"), columns.key(row) if own else None
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.find(number, birth_date=born if born else None, own_record=record)
    shown.say_json(answer) if as_json else shown.found(Console(), answer)
