"""The canary: one made-up child whose details may appear in no output of the whole test run, in any encoding.

Tests use it wherever they need a child; this plugin reads what every test wrote (standard output and error, of
its subprocesses too, and log records) and fails the test in whose output it, or any valid child number, is found.
"""

import base64
import re
from collections.abc import Generator, Iterator
from functools import cache
from urllib.parse import quote

import pytest

from childindex.demographics import Demographics, PartialDate, Sex
from childindex.number import ChildNumber, InvalidNumber

CANARY = Demographics(
    given_name="Tamsin",
    middle_names="Rosalba",
    family_name="Quillfeather",
    birth_date=PartialDate(2015, 3, 14),
    sex=Sex.FEMALE,
    postcode="ZE9 4QQ",
)
LOCAL_ID = "CANARY-7Q41"
SECRETS = ("Tamsin", "Rosalba", "Quillfeather", "ZE9 4QQ", "ZE94QQ", "2015-03-14", "20150314", "14/03/2015", LOCAL_ID)
_NUMBER = re.compile(r"\b[CPT][0-9A-HJKMNP-TV-Z]{3}-?[0-9A-HJKMNP-TV-Z]{3}-?[0-9A-HJKMNP-TV-Z]{4}\b", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9a-f]{2}){11,}", re.IGNORECASE)


def encodings(secret: str) -> Iterator[bytes]:
    """The secret as text, UTF-16, hex, base64 at each of its three alignments, and percent-encoded; case apart."""
    for form in (secret, secret.lower(), secret.upper()):
        for plain in (form.encode(), form.encode("utf-16-le"), form.encode("utf-16-be")):
            yield plain
            yield plain.hex().encode()
            for shift in range(3):
                whole = base64.b64encode(bytes(shift) + plain)
                yield whole[(0, 2, 3)[shift] : -4]
                yield whole[(0, 2, 3)[shift] : -4].replace(b"+", b"-").replace(b"/", b"_")
        yield quote(form, safe="").encode()
        yield quote(form).encode()
        yield "".join(f"%{byte:02X}" for byte in form.encode()).encode()


@cache
def _needles() -> frozenset[bytes]:
    return frozenset(needle.lower() for secret in SECRETS for needle in encodings(secret) if len(needle) >= 6)


def leaks(output: str) -> list[str]:
    """What of the canary, or which kind of child number, is in some output."""
    data = output.encode("utf-8", "surrogateescape").lower()
    found = [f"a secret of the canary, {len(needle)} bytes" for needle in _needles() if needle in data]
    unhexed = " ".join(bytes.fromhex(run).decode("latin-1") for run in _HEX.findall(output))
    return found + ["a child number" for text in _NUMBER.findall(f"{output} {unhexed}") if _is_number(text)]


def _is_number(text: str) -> bool:
    try:
        ChildNumber.parse(text)
    except InvalidNumber:
        return False
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that wrote a secret."""
    report = yield
    found = [(name, leak) for name, text in report.sections for leak in leaks(text)]
    if found and report.passed:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} leaks: " + "; ".join(f"{name}: {leak}" for name, leak in found)
    return report
