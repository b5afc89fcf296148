"""`childindex register | withdraw`: what a custodian declares, one record at a time."""

from typing import Annotated

import typer

from childindex.cli.connection import DEFAULT_TARGET, ActorText, Asker, CredentialsFolder, Json, PurposeName, Target
from childindex.cli.faults import Misused
from childindex.cli.given import From, Values, complete, given
from childindex.cli.row import KEY_COLUMNS, RECORD_COLUMNS, Row
from childindex.pointer import WithdrawalReason

app = typer.Typer()


@app.command()
def register(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    values: Values = None,
    source: From = None,
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """Declare a record (see `load` for many) and learn the child's number."""
    from childindex.cli import columns, shown, words

    row = given(RECORD_COLUMNS, values, source)
    record = columns.record(row)
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        answer = client.register(record)
    shown.say_json(answer) if as_json else typer.echo(words.number_text(answer.number))


@app.command()
def withdraw(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    reason: Annotated[str, typer.Option(help="ended, entered_in_error or consent_withdrawn.")],
    values: Values = None,
    source: From = None,
    ended: Annotated[str, typer.Option(help="With the reason ended: the last day, YYYY-MM-DD.")] = "",
    target: Target = DEFAULT_TARGET,
) -> None:
    """End or retract a record, given by system, record_type and local_id."""
    from childindex.cli import columns

    if reason.upper() not in WithdrawalReason.__members__:
        raise Misused("--reason must be one of ended, entered_in_error, consent_withdrawn")
    row = given(KEY_COLUMNS, values, source)
    key, last = columns.key(row), Row({"--ended": ended})
    day = last.date("--ended")
    row.faults += last.faults
    complete(row)
    with Asker(target, credentials, purpose, actor).client() as client:
        client.withdraw(key, WithdrawalReason[reason.upper()], ended=day if day else None)
    typer.echo("withdrawn")
