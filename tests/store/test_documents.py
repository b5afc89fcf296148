"""Pointer sets and records as given come back whole, and anything else is refused without telling what it was."""

from datetime import UTC, datetime

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.errors import StoreDamaged
from childindex.pointer import Change, Declaration, Pointer, PointerState, Provenance, RecordKey, Sensitivity
from childindex.store.documents import decode_pointers, decode_record, encode_pointers, encode_record

text = st.text(max_size=12)
dates = st.builds(PartialDate, st.integers(0, 2100), st.integers(0, 12), st.integers(0, 31))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
keys = st.builds(RecordKey, text, text, text, text)
u16 = st.integers(0, 2**16 - 1)
versions = st.integers(0, 2**63 - 1)
sensitivities = st.sampled_from(Sensitivity)
pointers = st.builds(
    Pointer,
    key=keys,
    slot=u16,
    source_version=versions,
    state=st.sampled_from(PointerState),
    first_seen=moments,
    last_seen=moments,
    provenance=st.builds(Provenance, text, st.integers(0, 9), text, moments),
    involved_from=dates,
    involved_until=st.none() | dates,
    sensitivity=sensitivities,
    consent_reference=text,
)
identifiers = st.builds(Identifier, st.sampled_from(IdentifierType), text, st.lists(text, max_size=2).map(tuple))
demographics = st.builds(
    Demographics,
    given_name=text,
    middle_names=text,
    family_name=text,
    known_as=text,
    former_family_names=st.lists(text, max_size=3).map(tuple),
    carer_family_name=text,
    birth_date=dates,
    expected_birth_date=dates,
    sex=st.sampled_from(Sex),
    postcode=text,
    uprn=text,
    identifiers=st.lists(identifiers, max_size=3).map(tuple),
)
declarations = st.builds(
    Declaration,
    key=keys,
    source_version=versions,
    demographics=demographics,
    change=st.sampled_from(Change),
    involved_from=dates,
    involved_until=st.none() | dates,
    sensitivity=sensitivities,
    consent_reference=text,
)


@given(st.lists(pointers, max_size=4).map(tuple))
def test_pointer_sets_come_back(given_pointers: tuple[Pointer, ...]) -> None:
    assert decode_pointers(encode_pointers(given_pointers)) == given_pointers


@given(declarations)
def test_records_come_back(declaration: Declaration) -> None:
    assert decode_record(encode_record(declaration)) == declaration


def test_an_identifier_that_replaces_none_is_written_as_it_always_was() -> None:
    key = RecordKey("oakfield-school", "pupils", "school.pupil", "1")
    given = Identifier(IdentifierType.NHS_NUMBER, "4005678904")
    data = encode_record(Declaration(key, 1, Demographics(identifiers=(given,))))
    assert msgpack.unpackb(data)[3][-1] == [[IdentifierType.NHS_NUMBER, "4005678904"]]
    assert decode_record(data).demographics.identifiers == (given,)


def test_half_of_a_surrogate_pair_comes_back() -> None:
    key = RecordKey("oakfield-school", "pupils", "school.pupil", "1")
    declaration = Declaration(key, 1, Demographics(given_name="A\ud83d"))
    assert decode_record(encode_record(declaration)) == declaration


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x01", msgpack.packb([1]), msgpack.packb([1, [[1, 2]]])])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        decode_pointers(data)
    with pytest.raises(StoreDamaged):
        decode_record(data)


def test_a_later_version_is_refused_by_its_number() -> None:
    _, *rest = msgpack.unpackb(encode_pointers([]))
    with pytest.raises(StoreDamaged, match="version 2"):
        decode_pointers(msgpack.packb([2, *rest]))
