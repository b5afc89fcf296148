"""The canary is found in whatever form it leaks; otherwise its silence would say nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from childindex.number import ChildNumber, NumberType
from tests.canary import SECRETS, encodings, leaks

LEAKS = {
    "print": "print('x', CANARY.family_name.upper())",
    "base64": "print(base64.b64encode(b'name=' + CANARY.family_name.encode()))",
    "log": "logging.getLogger('any').warning('of %s', CANARY.postcode)",
    "subprocess": "subprocess.run([sys.executable, '-c', f'print({CANARY.given_name!r})'], check=True)",
    "stderr": "sys.stderr.write(quote('14/03/2015', safe=''))",
    "number": "print(ChildNumber.draw(NumberType.PERMANENT))",
}


@pytest.mark.parametrize("secret", SECRETS)
def test_every_encoding_of_every_secret_is_found(secret: str) -> None:
    for encoded in encodings(secret):
        if len(encoded) >= 6:
            assert leaks(f"before {encoded.decode('latin-1')} after"), secret[:2]


def test_ordinary_output_is_no_leak() -> None:
    assert leaks("registered 3 records in 0.2 s; position 17; C123-456-7890 is no number") == []
    number = ChildNumber.draw(NumberType.PROVISIONAL)
    for written in (str(number), number.value.lower(), number.value.encode().hex(), f"'{number}'"):
        assert leaks(f"number {written}"), written


@pytest.mark.parametrize("kind", LEAKS)
def test_a_test_that_leaks_fails(kind: str, tmp_path: Path) -> None:
    test = tmp_path / "test_leak.py"
    test.write_text(
        "import base64, logging, subprocess, sys\nfrom urllib.parse import quote\n"
        "from childindex.number import ChildNumber, NumberType\nfrom tests.canary import CANARY\n"
        f"def test_leak():\n    {LEAKS[kind]}\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.canary", "-p", "no:cacheprovider", str(test)]
    root = Path(__file__).parent.parent
    ran = subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir", str(tmp_path)], cwd=root, capture_output=True, check=False
    )
    assert ran.returncode == 1, ran.stdout
    assert b"leaks" in ran.stdout
