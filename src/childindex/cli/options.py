"""Options that commands of operators share."""

from pathlib import Path
from typing import Annotated, Final

import typer

CONFIG_FILE: Final = "childindex.toml"
DEFAULT_VAR: Final = Path("var")

Var = Annotated[Path, typer.Option("--var", help=f"The index's directory, in which {CONFIG_FILE} lies.", metavar="DIR")]
