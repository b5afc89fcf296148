"""Retrying: what, how often, how long, on a clock that the test turns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from childindex.client import ClientError, Retry


@dataclass
class Clock:
    """Time that passes only by sleeping and by `work`."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.slept.append(seconds)
        self.now += seconds

    def retry(self, attempts: int = 5) -> Retry:
        """A policy on this clock, with the longest jitter."""
        return Retry(
            attempts=attempts,
            first=1.0,
            most=4.0,
            sleep=self.sleep,
            jitter=lambda low, high: high,
            clock=lambda: self.now,
        )


def refusal(code: str, retry_after: float | None = None) -> ClientError:
    """A refusal."""
    return ClientError(code, "refused", code=code, retry_after=retry_after)


def answers(*outcomes: object) -> Callable[[float], object]:
    """An attempt that goes through these outcomes; exceptions are raised."""
    rest = iter(outcomes)

    def attempt(left: float) -> object:
        outcome = next(rest)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return attempt


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (refusal("UNAVAILABLE"), True),
        (refusal("ABORTED"), True),
        (refusal("RESOURCE_EXHAUSTED", 0.5), True),
        (refusal("RESOURCE_EXHAUSTED"), False),
        (refusal("DEADLINE_EXCEEDED"), False),
        (refusal("INVALID_ARGUMENT"), False),
        (refusal("PERMISSION_DENIED", 0.5), False),
        (refusal("INTERNAL"), False),
        (refusal("DATA_LOSS"), False),
        (refusal("UNAUTHENTICATED"), False),
    ],
)
def test_what_may_be_retried(error: ClientError, again: bool) -> None:
    clock = Clock()
    if again:
        assert clock.retry().run(answers(error, "answer"), 60.0) == "answer"
    else:
        with pytest.raises(ClientError):
            clock.retry().run(answers(error, "answer"), 60.0)
    assert bool(clock.slept) is again


def test_delays_double_up_to_a_bound_and_attempts_end() -> None:
    clock = Clock()
    with pytest.raises(ClientError):
        clock.retry(attempts=6).run(answers(*[refusal("UNAVAILABLE")] * 6), 60.0)
    assert clock.slept == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_delay_asked_for_is_the_least_one() -> None:
    clock = Clock()
    clock.retry().run(answers(refusal("RESOURCE_EXHAUSTED", 7.0), "answer"), 60.0)
    assert clock.slept == [8.0]


def test_deadline_holds_over_all_attempts() -> None:
    clock = Clock()
    left: list[float] = []

    def attempt(seconds: float) -> object:
        left.append(seconds)
        raise refusal("UNAVAILABLE")

    with pytest.raises(ClientError):
        clock.retry(attempts=100).run(attempt, 6.5)
    assert left == [6.5, 5.5, 3.5]  # a fourth would begin after the deadline
    assert clock.now <= 106.5


def test_jitter_spreads_from_nothing_to_the_whole_delay() -> None:
    asked: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    retry = Retry(first=0.5, sleep=lambda seconds: None, jitter=jitter)
    retry.run(answers(refusal("ABORTED"), refusal("ABORTED"), "answer"), 60.0)
    assert asked == [(0.0, 0.5), (0.0, 1.0)]


def test_items_refused_for_the_moment_are_sent_again_alone() -> None:
    clock = Clock()
    sent: list[list[str]] = []
    outcomes: Iterator[list[str | ClientError]] = iter(
        [
            ["A", refusal("ABORTED"), refusal("INVALID_ARGUMENT"), refusal("RESOURCE_EXHAUSTED", 3.0)],
            [refusal("ABORTED"), "D"],
            ["B"],
        ]
    )

    def send(items: Sequence[str], left: float) -> list[str | ClientError]:
        sent.append(list(items))
        return next(outcomes)

    got = clock.retry().items(send, ["a", "b", "c", "d"], 60.0)
    assert sent == [["a", "b", "c", "d"], ["b", "d"], ["b"]]
    assert [each if isinstance(each, str) else each.reason for each in got] == ["A", "B", "INVALID_ARGUMENT", "D"]
    assert clock.slept == [4.0, 2.0]


def test_items_stay_refused_when_time_is_up() -> None:
    clock = Clock()
    got = clock.retry().items(lambda items, left: [refusal("ABORTED")] * len(items), ["a", "b"], 2.5)
    assert [each.reason for each in got if isinstance(each, ClientError)] == ["ABORTED", "ABORTED"]
    assert clock.slept == [1.0]
