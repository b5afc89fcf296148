"""An index and the model its rows were written by belong together: no other serves it or calls it sound."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.founded import found


@pytest.mark.parametrize("command", ["serve", "fsck"])
def test_another_population_is_refused_before_anything_is_answered(command: str, tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    ran = subprocess.run(
        [sys.executable, "-m", "childindex", command, "--var", str(var)],
        env=os.environ | {"CHILDINDEX_POPULATION": "7000"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 2, ran.stderr
    assert "another model, population or release" in ran.stderr
    assert "SERVING" not in ran.stderr
