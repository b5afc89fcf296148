"""The console that people's answers go to."""

import sys
from typing import Final

from rich.console import Console

_WIDE: Final = 160  # columns of a file or pipe, where nothing need be cut


def console() -> Console:
    """Standard output: as wide as the terminal, or wide where there is none. Nothing in an answer is markup."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, markup=False, soft_wrap=False)
