"""`childindex custodian`: certificates for custodians, in development."""

from pathlib import Path
from typing import Annotated

import typer

from childindex.cli.options import DEFAULT_VAR, Var

app = typer.Typer(no_args_is_help=True)


@app.callback()
def custodian() -> None:
    """Certificates for custodians, in development."""


@app.command()
def credentials(
    custodian: Annotated[str, typer.Argument(help="The custodian's id in the policy.")],
    var: Var = DEFAULT_VAR,
    out: Annotated[Path | None, typer.Option(help="Where to; by default DIR/credentials/ID.", metavar="FOLDER")] = None,
) -> None:
    """Write ca.pem, client.pem and client.key for a custodian's client."""
    from childindex.cli import founding

    folder = out or var / "credentials" / custodian
    founding.issue(var, custodian, folder)
    typer.echo(f"made  {folder}/  ca.pem, client.pem, client.key")
