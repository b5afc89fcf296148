"""`childindex serve`: the service."""

from typing import Annotated

import typer

from childindex.cli.options import DEFAULT_VAR, Var

app = typer.Typer()


@app.command()
def serve(
    var: Var = DEFAULT_VAR,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Worker processes; else as configured.")] = None,
) -> None:
    """Serve the index until SIGTERM or Ctrl-C, then finish the calls under way and exit 0.

    Logs are JSON lines on standard error.
    """
    from childindex.cli import service
    from childindex.cli.build import config_of

    config = config_of(var)
    service.run(config if workers is None else config.model_copy(update={"workers": workers}))
