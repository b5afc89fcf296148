"""What the vault costs: medians in microseconds. Run with `python -m bench.vault`.

The rows are those of one resolve: the chunks of a whole birth date (1,830 narrow rows of 26 bytes in chunks of 128)
and the feature rows of its survivors. The machine's speed swings; compare figures of one run.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from childindex.pointer import RecordKey
from childindex.vault import Handle, Sealed, Vault

ROUNDS = 200
CALLS = 20
NARROW_ROW = 26
FEATURES = 120
CHUNK_ROWS = 128
BIRTH_DATE_ROWS = 1830


def median(call: Callable[[], object]) -> float:
    """The median time of a call in microseconds, over rounds of several calls each."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(CALLS):
            call()
        times.append((time.perf_counter() - start) / CALLS)
    return statistics.median(times) * 1e6


def measure(vault: Vault) -> dict[str, float]:
    """The median of every operation, by name."""
    return _rows(vault) | _seals(vault) | _hashes(vault)


def _rows(vault: Vault) -> dict[str, float]:
    one = vault.encrypt_rows(os.urandom(FEATURES))
    many = [vault.encrypt_rows(os.urandom(FEATURES)) for _ in range(25)]
    sizes = [min(CHUNK_ROWS, BIRTH_DATE_ROWS - at) * NARROW_ROW for at in range(0, BIRTH_DATE_ROWS, CHUNK_ROWS)]
    chunks = [vault.encrypt_rows(os.urandom(size)) for size in sizes]
    loose = [vault.encrypt_rows(os.urandom(NARROW_ROW)) for _ in range(40)]
    bound = vault.bind_row(one, b"12345678")
    return {
        "encrypt_rows, 1 row of 120 B": median(lambda: vault.encrypt_rows(bytes(FEATURES))),
        "decrypt_rows, 1 row of 120 B": median(lambda: vault.decrypt_rows([one])),
        "decrypt_rows, 25 rows of 120 B": median(lambda: vault.decrypt_rows(many)),
        "decrypt_rows, 40 rows of 26 B": median(lambda: vault.decrypt_rows(loose)),
        "decrypt_rows, 1 chunk of 128 rows": median(lambda: vault.decrypt_rows(chunks[:1])),
        f"decrypt_rows, a birth date: {len(chunks)} chunks, 1,830 rows": median(lambda: vault.decrypt_rows(chunks)),
        "check_row": median(lambda: vault.check_row(bound, b"12345678")),
    }


def _seals(vault: Vault) -> dict[str, float]:
    record = RecordKey("a-school", "pupils", "school.pupil", "0001")
    name = vault.seal(Sealed.LEXICON, b"surname", b"code")
    place = vault.seal_place(record, bytes(34))
    child, wrapped = vault.new_child_key(b"12345678")
    pointers = child.seal_padded(b"pointers", bytes(200), b"12345678")
    return {
        "seal, a lexicon value": median(lambda: vault.seal(Sealed.LEXICON, b"surname", b"code")),
        "open_sealed, a lexicon value": median(lambda: vault.open_sealed(Sealed.LEXICON, name, b"code")),
        "seal_place": median(lambda: vault.seal_place(record, bytes(34))),
        "open_place": median(lambda: vault.open_place(record, place)),
        "new_child_key": median(lambda: vault.new_child_key(b"12345678")),
        "child_key": median(lambda: vault.child_key(b"12345678", wrapped)),
        "ChildKey.seal_padded, 200 B": median(lambda: child.seal_padded(b"pointers", bytes(200), b"12345678")),
        "ChildKey.open_padded, 200 B": median(lambda: child.open_padded(b"pointers", pointers, b"12345678")),
    }


def _hashes(vault: Vault) -> dict[str, float]:
    return {
        "code": median(lambda: vault.code("surname", "sample")),
        "block_key": median(lambda: vault.block_key("postcode and name", ("AA1 1AA", "sample"))),
        "birth_code": median(lambda: vault.birth_code("2019-03-04")),
        "handle": median(lambda: vault.handle(Handle.RECORD, "a-school", "pupils", "school.pupil", "0001")),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the medians."""
    argparse.ArgumentParser(prog="bench.vault", description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        for name, microseconds in measure(Vault.create(Path(directory) / "keys")).items():
            print(f"{name:<55} {microseconds:8.1f} us")


if __name__ == "__main__":
    main()
