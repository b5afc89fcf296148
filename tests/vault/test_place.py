"""A value sealed for a record key opens for that record key, and for no other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.pointer import RecordKey
from childindex.vault.keyset import Key, Purpose, State
from childindex.vault.place import PlaceSealer
from childindex.vault.secret import Secret

from .tampering import refuses_all

OLD = Key(b"old.", Purpose.PLACE, State.ENABLED, Secret(bytes(32)))
NEW = Key(b"new.", Purpose.PLACE, State.PRIMARY, Secret(bytes([1]) * 32))
BEFORE, AFTER = PlaceSealer((OLD,), OLD.id), PlaceSealer((OLD, NEW), NEW.id)
RECORD = RecordKey("a-school", "pupils", "school.pupil", "0001")
TEXT = st.text("ab-", max_size=3)


KEYS = st.builds(RecordKey, TEXT, TEXT, TEXT, TEXT, st.integers(0, 2))


@given(KEYS, KEYS)
def test_it_opens_for_its_record_key_only(key: RecordKey, other: RecordKey) -> None:
    sealed = AFTER.seal(key, b"place")
    assert AFTER.open(key, sealed) == b"place"
    if key != other:
        with pytest.raises(StoreDamaged):
            AFTER.open(other, sealed)


OTHERS = [
    replace(RECORD, custodian="x"),
    replace(RECORD, system="x"),
    replace(RECORD, record_type="x"),
    replace(RECORD, local_id="x"),
    replace(RECORD, use=1),
]


@pytest.mark.parametrize("other", OTHERS, ids=["custodian", "system", "record_type", "local_id", "use"])
def test_every_part_of_the_record_key_counts(other: RecordKey) -> None:
    sealed = AFTER.seal(RECORD, b"place")
    with pytest.raises(StoreDamaged):
        AFTER.open(other, sealed)


def test_no_byte_can_be_changed() -> None:
    refuses_all(lambda sealed: AFTER.open(RECORD, sealed), AFTER.seal(RECORD, b"place"))


def test_equal_places_never_look_alike() -> None:
    assert len({AFTER.seal(RECORD, b"same") for _ in range(50)}) == 50


def test_what_an_older_key_sealed_opens_and_another_keyset_opens_nothing() -> None:
    assert AFTER.open(RECORD, BEFORE.seal(RECORD, b"place")) == b"place"
    stranger = PlaceSealer((Key(b"new.", Purpose.PLACE, State.PRIMARY, Secret(bytes([2]) * 32)),), b"new.")
    for other in (BEFORE, stranger):
        with pytest.raises(StoreDamaged):
            other.open(RECORD, AFTER.seal(RECORD, b"place"))
