"""Programs of the operating system that some tests need."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def tool(name: str, package: str) -> str:
    """Where a program lies. Where it is missing the test is skipped, except in continuous integration."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing; `apt-get install {package}`")
        pytest.skip(f"{name} is not installed (Debian's package {package})")
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it says."""
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=DEPLOY)
