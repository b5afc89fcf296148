"""What a worker takes on at once: more is refused at the door, with a word on when to come back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from childindex.errors import Error, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one worker: of one request, of all calls at once, of one custodian's, and of time.

    One custodian gets no more than its share of the calls, so that its bulk load does not shut out a duty desk.
    A call is not begun with fewer seconds left than `least_seconds`, a write with fewer than `least_seconds_to_write`.
    """

    request_bytes: int = 4 * 2**20
    bytes: int = 64 * 2**20
    calls: int = 512
    calls_of_one: int = 256
    least_seconds: float = 0.005
    least_seconds_to_write: float = 0.05
    retry_after: float = 0.25


class Admission:
    """Counts the calls that are being answered now."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._draining = False
        self._bytes = 0
        self._calls_of: Counter[str] = Counter()
        self.calls = 0

    def drain(self) -> None:
        """Admit nothing from now on."""
        self._draining = True

    @contextmanager
    def admitted(self, custodian: str, size: int) -> Iterator[None]:
        """Count a call of `size` bytes while it is answered. Raises DRAINING or OVERLOADED with a time to come back."""
        self._refuse_excess(custodian, size)
        self.calls += 1
        self._bytes += size
        self._calls_of[custodian] += 1
        try:
            yield
        finally:
            self.calls -= 1
            self._bytes -= size
            self._calls_of[custodian] -= 1
            if not self._calls_of[custodian]:
                del self._calls_of[custodian]

    def require_time(self, remaining: float | None, least: float) -> None:
        """Raise DEADLINE_TOO_SHORT when fewer seconds remain than are needed; None is no deadline."""
        if remaining is not None and remaining < least:
            raise Error(
                Reason.DEADLINE_TOO_SHORT,
                "the deadline leaves too little time to begin",
                metadata={"least_milliseconds": f"{least * 1000:.0f}"},
            )

    def _refuse_excess(self, custodian: str, size: int) -> None:
        limits, after = self._limits, self._limits.retry_after
        if self._draining:
            raise Error(Reason.DRAINING, "the service is stopping; connect again", retry_after=after)
        if self.calls >= limits.calls or self._bytes + size > limits.bytes:
            raise Error(Reason.OVERLOADED, "the service has too much to do; come back", retry_after=after)
        if self._calls_of[custodian] >= limits.calls_of_one:
            raise Error(Reason.OVERLOADED, "the custodian has too many calls under way; come back", retry_after=after)
