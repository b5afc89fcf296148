"""`childindex resolve | verify | find`: what a professional asks."""

from typing import Annotated

import typer

from childindex.cli.connection import DEFAULT_TARGET, ActorText, Asker, CredentialsFolder, Json, PurposeName, Target
from childindex.cli.given import From, Values, complete, details, given
from childindex.cli.row import KEY_COLUMNS
from childindex.cli.screen import console

app = typer.Typer()


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
    from childindex.cli import shown

    child = details(values, source)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.resolve(child, explain=explain)
    if as_json:
        shown.say_json(answer)
    else:
        shown.resolution(console(), answer)


@app.command()
def verify(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    values: Values = None,
    source: From = None,
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """Check that a child number and a birth_date belong together."""
    from childindex.cli import columns, shown

    row = given(("number", "birth_date"), values, source)
    number, born = columns.number(row), row.date("birth_date")
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.verify(number, born)
    if as_json:
        shown.say_json(answer)
    else:
        shown.verification(console(), answer)


@app.command()
def find(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    values: Values = None,
    source: From = None,
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """Ask who holds records of a child, by number and birth_date.

    Instead of the birth date a record of your own will do: system, record_type and local_id.
    """
    from childindex.cli import columns, shown

    row = given(("number", "birth_date", *KEY_COLUMNS), values, source)
    number, born = columns.number(row), row.date("birth_date")
    own = columns.key(row) if row.text("local_id") else None
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.find(number, birth_date=born if born else None, own_record=own)
    if as_json:
        shown.say_json(answer)
    else:
        shown.found(console(), answer)
