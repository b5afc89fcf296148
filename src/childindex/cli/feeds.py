"""`childindex own | changes`: what the index has of a custodian's own records, and what happened to their numbers."""

import json
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from childindex.cli.connection import DEFAULT_TARGET, ActorText, Asker, CredentialsFolder, Json, PurposeName, Target
from childindex.cli.screen import console

app = typer.Typer()


@app.command()
def own(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """List your own records and their children's numbers; --json gives a line for each."""
    from childindex.cli import shown, words

    table = Table("system", "record type", "local id", "number", "version", "state", "last seen", box=box.SIMPLE_HEAD)
    with Asker(target, credentials, purpose, actor).client() as client:
        for each in client.own_records():
            if as_json:
                shown.say_json(each)
                continue
            key, seen = each.key, each.last_seen.date().isoformat()
            cells = (key.system, key.record_type, key.local_id, words.number_text(each.number))
            table.add_row(*cells, str(each.source_version), each.state.name.lower(), seen)
    if not as_json:
        console().print(table)


@app.command()
def changes(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    cursor: Annotated[str, typer.Option(help="Where the last look ended; empty for the beginning.")] = "",
    target: Target = DEFAULT_TARGET,
    as_json: Json = False,
) -> None:
    """List what happened to the numbers of your own records since a cursor, and the next cursor."""
    from childindex.cli import shown, words

    table = Table("when", "what", "record type", "local id", "before", "now", box=box.SIMPLE_HEAD)
    more = True
    with Asker(target, credentials, purpose, actor).client() as client:
        while more:
            page = client.changes(cursor)
            cursor, more = page.next_cursor, page.more
            for each in page.changes:
                if as_json:
                    shown.say_json(each)
                    continue
                now = words.number_text(each.current) if each.current else "erased"
                when, what = each.changed.date().isoformat(), each.kind.name.replace("_", " ").lower()
                table.add_row(when, what, each.key.record_type, each.key.local_id, str(each.previous), now)
    if as_json:
        typer.echo(json.dumps({"next_cursor": cursor}))
    else:
        console().print(table)
        typer.echo(f"next cursor: {cursor}")
