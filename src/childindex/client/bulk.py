"""Many items: batches sent several at a time, outcomes in order, and never more waiting than are under way."""

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome")


def pipelined(
    send: Callable[[Sequence[_Item]], Sequence[_Outcome]],
    items: Iterable[_Item],
    *,
    batch_size: int,
    in_flight: int,
) -> Generator[tuple[_Item, _Outcome]]:
    """Each item with its outcome, in order. `send` is called from `in_flight` threads; what it raises ends the run."""
    batches = _batches(items, batch_size)
    waiting: deque[tuple[tuple[_Item, ...], Future[Sequence[_Outcome]]]] = deque()
    with ThreadPoolExecutor(in_flight, thread_name_prefix="childindex-batch") as pool:

        def refill() -> None:
            for batch in itertools.islice(batches, in_flight - len(waiting)):
                waiting.append((batch, pool.submit(send, batch)))

        refill()
        while waiting:
            sent, future = waiting.popleft()
            outcomes = future.result()
            refill()
            yield from zip(sent, outcomes, strict=True)


def _batches(items: Iterable[_Item], size: int) -> Iterator[tuple[_Item, ...]]:
    """`itertools.batched`, which Python 3.11 lacks."""
    rest = iter(items)
    while batch := tuple(itertools.islice(rest, size)):
        yield batch
