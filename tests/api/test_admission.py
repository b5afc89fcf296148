"""What a worker takes on."""

from contextlib import ExitStack

import pytest

from childindex.api.admission import Admission, Limits
from childindex.errors import Error, Reason


def refused(admission: Admission, custodian: str, size: int = 1) -> Error:
    """How a call is refused."""
    with pytest.raises(Error) as caught, admission.admitted(custodian, size):
        raise AssertionError("admitted")
    return caught.value


def test_all_calls_are_bounded_and_room_comes_back() -> None:
    admission = Admission(Limits(calls=3, calls_of_one=3, retry_after=2.0))
    with ExitStack() as stack:
        for custodian in ("a", "a", "b"):
            stack.enter_context(admission.admitted(custodian, 1))
        assert admission.calls == 3
        error = refused(admission, "c")
        assert (error.reason, error.retry_after) == (Reason.OVERLOADED, 2.0)
    with admission.admitted("c", 1):
        assert admission.calls == 1


def test_one_custodian_does_not_shut_out_another() -> None:
    admission = Admission(Limits(calls=10, calls_of_one=2))
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(admission.admitted("loader", 1))
        assert "custodian" in refused(admission, "loader").message
        stack.enter_context(admission.admitted("duty-desk", 1))
    with admission.admitted("loader", 1):
        assert admission.calls == 1


def test_bytes_of_all_calls_are_bounded() -> None:
    admission = Admission(Limits(bytes=100))
    with admission.admitted("a", 60):
        assert refused(admission, "b", 41).reason is Reason.OVERLOADED
        with admission.admitted("b", 40):
            pass
    with admission.admitted("b", 100):
        pass


def test_room_comes_back_when_a_call_fails() -> None:
    admission = Admission(Limits(bytes=100, calls=1, calls_of_one=1))

    def fail() -> None:
        with admission.admitted("a", 100):
            raise ValueError

    for _ in range(3):
        with pytest.raises(ValueError):  # noqa: PT011  ours
            fail()
    assert admission.calls == 0


def test_draining() -> None:
    admission = Admission(Limits())
    admission.drain()
    error = refused(admission, "a")
    assert error.reason is Reason.DRAINING
    assert error.retry_after is not None


def test_time() -> None:
    admission = Admission(Limits())
    admission.require_time(None, 5.0)
    admission.require_time(5.0, 5.0)
    with pytest.raises(Error) as caught:
        admission.require_time(4.9, 5.0)
    assert caught.value.reason is Reason.DEADLINE_TOO_SHORT
