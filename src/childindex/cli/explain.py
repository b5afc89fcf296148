"""`childindex explain`: why the index decides as it does of a child's details, for those granted EXPLAIN."""

from pathlib import Path
from typing import Annotated

import typer

from childindex.cli.connection import DEFAULT_TARGET, ActorText, Asker, CredentialsFolder, Json, PurposeName, Target
from childindex.cli.faults import Misused
from childindex.cli.given import From, Values, details
from childindex.cli.screen import console
from childindex.cli.writable import check_file

app = typer.Typer()


@app.command()
def explain(
    credentials: CredentialsFolder,
    purpose: PurposeName,
    actor: ActorText,
    values: Values = None,
    source: From = None,
    target: Target = DEFAULT_TARGET,
    most: Annotated[int, typer.Option("--candidates", help="Of how many candidates to show each weight.", min=1)] = 1,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Also draw it: an SVG without any value or number.", metavar="FILE.svg"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show why the index decides as it does of a child's details; needs the grant EXPLAIN."""
    from childindex.cli import shown, why
    from childindex.cli.picture import picture as drawn

    child = details(values, source)
    if picture is not None:  # before anything is asked: every explanation is journalled
        check_file(picture, "--picture")
        if picture.suffix.lower() != ".svg":
            raise Misused("--picture is an SVG: give it a name that ends in .svg")
    with Asker(target, credentials, purpose, actor).client() as client:
        told = client.resolve(child, explain=True).explanation
    assert told is not None, "the index explains what it was asked to explain"
    if picture is not None:
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(drawn(told), encoding="utf-8")
    if as_json:
        shown.say_json(told)
    else:
        why.explanation(console(), told, most=most)
