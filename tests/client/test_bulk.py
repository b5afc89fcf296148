"""Many items in batches."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from childindex.client.bulk import pipelined


def test_outcomes_in_order_and_batches_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=20)
    sizes: list[int] = []

    def send(batch: Sequence[int]) -> list[int]:
        sizes.append(len(batch))
        if max(batch) < 30:
            together.wait()  # passes only if three are under way at once
        return [item * 2 for item in batch]

    assert list(pipelined(send, range(95), batch_size=10, in_flight=3)) == [(item, item * 2) for item in range(95)]
    assert sorted(sizes) == [5] + [10] * 9


def test_source_is_read_no_further_than_what_is_under_way() -> None:
    read: list[int] = []

    def source() -> Iterator[int]:
        for item in range(1000):
            read.append(item)
            yield item

    outcomes = pipelined(lambda batch: batch, source(), batch_size=10, in_flight=2)
    next(outcomes)
    assert len(read) <= 40
    outcomes.close()


def test_nothing_to_send() -> None:
    assert list(pipelined(lambda batch: batch, [], batch_size=10, in_flight=2)) == []


def test_refusal_of_a_batch_ends_the_run_after_what_came_before() -> None:
    def send(batch: Sequence[int]) -> Sequence[int]:
        if 25 in batch:
            raise ValueError("refused")
        return batch

    got: list[int] = []
    with pytest.raises(ValueError, match="refused"):
        got.extend(item for item, _ in pipelined(send, range(100), batch_size=10, in_flight=2))
    assert got == list(range(20))
