"""Sending a call again: what may be, when, and until when."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from childindex.client.errors import ClientError

_Answer = TypeVar("_Answer")
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Exponential backoff with full jitter (Brooker, "Exponential backoff and jitter", 2015), in seconds.

    A delay the index asks for is kept as the least one. All attempts together stay within the call's deadline.
    """

    attempts: int = 8
    first: float = 0.1
    most: float = 5.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    jitter: Callable[[float, float], float] = field(default=random.uniform, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def run(self, attempt: Callable[[float], _Answer], timeout: float) -> _Answer:
        """Call `attempt(seconds left)` until it answers.

        Raises the last `ClientError` when it may not be retried, when attempts are used up, or when the next one
        would begin after the deadline.
        """
        deadline = self.clock() + timeout
        for count in range(self.attempts):
            try:
                return attempt(max(deadline - self.clock(), 0.001))
            except ClientError as error:
                delay = self.delay(count, error)
                if not error.retryable or count + 1 == self.attempts or self.clock() + delay >= deadline:
                    raise
                self.sleep(delay)
        raise AssertionError("at least one attempt is made")

    def items(
        self,
        send: Callable[[Sequence[_Item], float], list[_Answer | ClientError]],
        items: Sequence[_Item],
        timeout: float,
    ) -> list[_Answer | ClientError]:
        """Send a batch by `send(items, seconds left)`, then again those items whose refusal may be retried."""
        deadline = self.clock() + timeout
        answers = send(items, timeout)
        for count in range(self.attempts - 1):
            refused = {place: each for place, each in enumerate(answers) if isinstance(each, ClientError)}
            again = [place for place, error in refused.items() if error.retryable]
            delay = max((self.delay(count, refused[place]) for place in again), default=0.0)
            if not again or self.clock() + delay >= deadline:
                break
            self.sleep(delay)
            later = send([items[place] for place in again], max(deadline - self.clock(), 0.001))
            for place, answer in zip(again, later, strict=True):
                answers[place] = answer
        return answers

    def delay(self, count: int, error: ClientError) -> float:
        """How long to wait after attempt `count` (from 0)."""
        return (error.retry_after or 0.0) + self.jitter(0.0, min(self.most, self.first * 2**count))
