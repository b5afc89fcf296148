"""`childindex init`: make an index."""

from pathlib import Path
from typing import Annotated, Final

import typer

from childindex.cli.faults import Misused
from childindex.cli.options import DEFAULT_VAR, Var

app = typer.Typer()

_PORT: Final = 50_051
_TRYING_PORT: Final = 7_443  # the one that clients on the same machine ask unless told otherwise


@app.command()
def init(
    var: Var = DEFAULT_VAR,
    development: Annotated[
        bool, typer.Option("--development", help="Make certificates and policy signers too; never for real children.")
    ] = False,
    signer: Annotated[
        list[str] | None,
        typer.Option(help="In production, twice: who signs policies, as NAME=PUBLIC_KEY_FILE.", metavar="NAME=FILE"),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="In development: the first policy document, TOML.", metavar="FILE")
    ] = None,
    population: Annotated[int, typer.Option(help="How many children live in the area that is served.")] = 12_000_000,
    port: Annotated[
        int | None, typer.Option(help="The port of the service; 50051, with --development 7443.", show_default=False)
    ] = None,
    metrics_port: Annotated[int, typer.Option(help="The port of the metrics.")] = 9_464,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes of the service.")] = 2,
) -> None:
    """Make an index in an empty directory: its keyset, its store, its configuration."""
    from childindex.cli import founding

    signers = dict(founding.public_key(text) for text in signer or ())
    if development and signers:
        raise Misused("--signer is for production; --development makes its own")
    if not development:
        founding.check_signers(signers, len(signer or ()))
        if policy is not None:
            raise Misused("--policy is for development; sign the document and use `childindex policy adopt`")
    plan = founding.Plan(
        development=development,
        signers=signers,
        policy=policy,
        population=population,
        port=port if port is not None else _TRYING_PORT if development else _PORT,
        metrics_port=metrics_port,
        workers=workers,
    )
    for line in founding.found(var, plan):
        typer.echo(line)
    if development and policy is not None:
        typer.echo(f"next: childindex serve --var {var}")
    else:
        typer.echo(f"next: childindex policy sign, then childindex policy adopt --var {var}")
