"""The embedded engine does what any engine must."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from childindex import store
from childindex.store import Settings, Store
from childindex.store.place import Mark, Place
from tests.store.conformance import Conformance
from tests.store.samples import KEYSET


class Embedded(Conformance):
    """Journal and LMDB in one process; every other restart is one of the machine, which builds the tables anew."""

    def start(self) -> Store:
        self.root = Path(tempfile.mkdtemp())
        self.boots = 0
        store.init(self.root / "store", KEYSET)
        return self._open()

    def restart(self) -> Store:
        self.run_close()
        self.boots += 1
        if self.boots % 2:
            Mark("an earlier boot", clean=False).write(Place(self.root / "store").index)
        return self._open()

    def teardown(self) -> None:
        super().teardown()
        assert store.fsck(self.root / "store", KEYSET).problems in ([], self._loose())
        shutil.rmtree(self.root)

    def run_close(self) -> None:
        self.run(self.store.close())

    def _open(self) -> Store:
        return store.open_local(self.root / "store", KEYSET, Settings(segment_bytes=2000))

    def _loose(self) -> list[store.Problem]:
        """Drawn at random, postings and sealed values may point at nothing; all else must be sound."""
        loose = (store.Fault.POSTING, store.Fault.KEY)
        return [problem for problem in store.fsck(self.root / "store", KEYSET).problems if problem.fault in loose]


def test_the_embedded_engine() -> None:
    run_state_machine_as_test(Embedded, settings=settings(max_examples=6, stateful_step_count=20))


@pytest.mark.slow
def test_the_embedded_engine_at_length() -> None:
    run_state_machine_as_test(Embedded, settings=settings(max_examples=150, stateful_step_count=40))
