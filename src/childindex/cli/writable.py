"""Whether what a command is to write can be written where it was asked for: told before the work, not after."""

import os
from pathlib import Path

from childindex.cli.faults import Misused


def check_place(directory: Path, option: str) -> None:
    """Raises `Misused` where nothing can be written in a directory or it cannot be made: better before long work."""
    there = next(place for place in (directory, *directory.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise Misused(f"{option}: nothing can be written in {there}")


def check_file(file: Path, option: str) -> None:
    """As `check_place`, for a file that is to be written."""
    if file.is_dir():
        raise Misused(f"{option} {file} is a directory; name a file in it")
    check_place(file.parent, option)
