"""Default deny: what no agreement in force grants is refused, and pointers are filtered one by one."""

from datetime import UTC, date, datetime

import pytest

from childindex.caller import ActorRole, Grant, Purpose, Visibility
from childindex.demographics import Demographics
from childindex.errors import Error, InvalidFields, Reason
from childindex.operations.directory import Document
from childindex.operations.policy import Policy
from childindex.pointer import Declaration, Pointer, PointerState, Provenance, RecordKey, Sensitivity
from tests.operations.documents import POLICY, caller

TODAY = date(2026, 9, 1)


def pointer(custodian: str, record_type: str, sensitivity: Sensitivity = Sensitivity.STANDARD) -> Pointer:
    now = datetime(2026, 8, 1, tzinfo=UTC)
    told = Provenance("officer-7", 1, "r-1", now)
    key = RecordKey(custodian, "any", record_type, "1")
    return Pointer(key, 0, 1, PointerState.ACTIVE, now, now, told, sensitivity=sensitivity)


CASE = pointer("borough-social-care", "social_care.case")
PUPIL = pointer("oakfield-school", "school.pupil")


def policy(text: str = POLICY) -> Policy:
    return Policy(Document.parse(text.encode()))


def reason_of(**changes: object) -> Reason:
    day = changes.pop("day", TODAY)
    grant = changes.pop("grant", Grant.RESOLVE)
    text = changes.pop("text", POLICY)
    with pytest.raises(Error) as caught:
        policy(str(text)).require(caller(**changes), grant, day)  # type: ignore[arg-type]  # test kwargs
    return caught.value.reason


def test_an_agreement_in_force_grants_what_it_says() -> None:
    assert policy().require(caller(), Grant.REGISTER, TODAY).id == "oakfield-school"


def test_everything_else_is_denied() -> None:
    assert reason_of(custodian="nobody") is Reason.UNKNOWN_CUSTODIAN
    assert reason_of(custodian="harbour-trust") is Reason.NO_AGREEMENT
    assert reason_of(purpose=Purpose.HOUSING) is Reason.NO_AGREEMENT
    assert reason_of(custodian="borough-social-care", grant=Grant.ISSUE) is Reason.NO_AGREEMENT


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2031, 1, 1)])
def test_agreements_are_dated(day: date) -> None:
    assert reason_of(day=day) is Reason.NO_AGREEMENT


def test_the_first_and_the_last_day_count() -> None:
    for day in (date(2026, 1, 1), date(2030, 12, 31)):
        assert policy().require(caller(), Grant.RESOLVE, day).id == caller().custodian


def test_a_suspended_custodian_is_refused() -> None:
    text = POLICY.replace('name = "Oakfield School"', 'name = "Oakfield School"\nsuspended = true')
    assert reason_of(text=text) is Reason.CUSTODIAN_SUSPENDED


def test_a_territory_is_a_limit() -> None:
    text = POLICY.replace('territory = "England"\nstarts', 'territory = "Wales"\nstarts')
    assert reason_of(text=text) is Reason.NO_AGREEMENT


def test_automated_actors_never_find_and_only_stewards_and_clerks_are_explained_to() -> None:
    assert reason_of(role=ActorRole.AUTOMATED, grant=Grant.FIND) is Reason.ACTOR_NOT_PERMITTED
    social = "borough-social-care"
    assert reason_of(custodian=social, grant=Grant.EXPLAIN) is Reason.ACTOR_NOT_PERMITTED
    policy().require(caller(social, role=ActorRole.STEWARD), Grant.EXPLAIN, TODAY)


def declared(custodian: str, record_type: str, sensitivity: Sensitivity = Sensitivity.UNSPECIFIED) -> Declaration:
    return Declaration(RecordKey(custodian, "any", record_type, "1"), 1, Demographics(), sensitivity=sensitivity)


def test_record_types_belong_to_custodians_and_sensitive_ones_wait_for_consent() -> None:
    book = policy()
    school, surgery = book.member(caller()), book.member(caller("mill-lane-surgery"))
    book.may_hold(school, declared("oakfield-school", "school.pupil"))
    with pytest.raises(Error) as anothers:
        book.may_hold(surgery, declared("oakfield-school", "school.pupil"))
    assert anothers.value.reason is Reason.NO_AGREEMENT
    with pytest.raises(Error) as other:
        book.may_hold(school, declared("oakfield-school", "social_care.case"))
    assert other.value.reason is Reason.NO_AGREEMENT
    with pytest.raises(Error) as by_type:
        book.may_hold(surgery, declared("mill-lane-surgery", "health.sexual_health"))
    with pytest.raises(Error) as by_record:
        book.may_hold(school, declared("oakfield-school", "school.pupil", Sensitivity.SENSITIVE))
    assert by_type.value.reason is by_record.value.reason is Reason.CONSENT_REQUIRED


def test_each_pointer_is_seen_as_far_as_the_agreement_says() -> None:
    book = policy()
    school, social = book.member(caller()), book.member(caller("borough-social-care"))
    assert book.visibility(school, Purpose.SAFEGUARDING, CASE, TODAY) is Visibility.EXISTENCE
    assert book.visibility(social, Purpose.SAFEGUARDING, PUPIL, TODAY) is Visibility.CONTENT
    assert book.visibility(school, Purpose.SAFEGUARDING, PUPIL, TODAY) is Visibility.CONTENT  # its own
    assert book.visibility(school, Purpose.HOUSING, CASE, TODAY) is None
    gp = pointer("mill-lane-surgery", "health.gp_patient")
    assert book.visibility(school, Purpose.SAFEGUARDING, gp, TODAY) is None
    sensitive = pointer("mill-lane-surgery", "health.sexual_health")
    marked = pointer("oakfield-school", "school.pupil", Sensitivity.SENSITIVE)
    for hidden in (sensitive, marked):
        assert book.visibility(social, Purpose.SAFEGUARDING, hidden, TODAY) is None


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("version = 1", "version = 0", "version"),
        ('purposes = ["SAFEGUARDING", "RECORD_KEEPING"]', 'purposes = ["CRIME_DETECTION"]', "agreements.1"),
        ('kind = "voluntary"', 'kind = "private_detective"', "custodians.3.kind"),
        ('parties = ["borough-social-care"]', 'parties = ["stranger"]', "policy"),
        ("ends = 2030-12-31", "ends = 2020-12-31", "agreements.0"),
        ('visibility = "EXISTENCE"', 'visibility = "EVERYTHING"', "agreements.0.find.0.visibility"),
    ],
)
def test_a_malformed_document_names_the_key(old: str, new: str, field: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        Document.parse(POLICY.replace(old, new, 1).encode())
    assert field in [v.field for v in caught.value.violations]


def test_bytes_that_are_no_document_are_refused() -> None:
    for text in (b"\xff\xfe", b"version = ", b""):
        with pytest.raises(InvalidFields):
            Document.parse(text)
