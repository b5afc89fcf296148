"""The console that people's answers go to, and where they see that something is being done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console

_WIDE: Final = 160  # columns of a file or pipe, where nothing need be cut


def console() -> Console:
    """Standard output: as wide as the terminal, or wide where there is none. Nothing in an answer is markup."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, markup=False, soft_wrap=False)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """What is being done, on standard error while it lasts and only on a terminal; answers alone go to standard output.

    Gives what to call when something else is being done.
    """
    with Console(stderr=True, markup=False).status(what) as status:
        yield status.update
