"""Guards against a slow obvious oracle; budgets by the window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import Error, Reason
from childindex.store import Charge
from childindex.store.layout import budget_key
from childindex.store.preconditions import Budgets, Guards

DAY = 86_400
ALICE, BOB = b"account-alice---", b"account-bob-----"


def subject(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_a_guard_touched_since_the_snapshot_does_not_hold() -> None:
    guards = Guards(floor=5)
    guards.stage(6, [b"a"])
    assert guards.hold(5, [b"b"])
    assert not guards.hold(5, [b"b", b"a"])  # seen within the batch
    guards.keep()
    assert not guards.hold(5, [b"a"])
    assert guards.hold(6, [b"a"])


def test_what_was_touched_before_the_floor_is_unknown_and_does_not_hold() -> None:
    guards = Guards(floor=5)
    assert not guards.hold(4, [b"never touched"])
    assert guards.hold(4, [])  # nothing is guarded


def test_a_dropped_batch_touched_nothing() -> None:
    guards = Guards(floor=0)
    guards.stage(1, [b"a"])
    guards.drop()
    assert guards.hold(0, [b"a"])


keys = st.sampled_from([bytes([n]) for n in range(6)])


@given(
    st.lists(st.tuples(st.lists(keys, max_size=3), st.booleans()), max_size=30),
    st.lists(keys, min_size=1, max_size=3),
    st.integers(0, 30),
    st.integers(1, 6),
)
def test_guards_never_hold_where_the_whole_history_says_no(
    batches: list[tuple[list[bytes], bool]], asked: list[bytes], snapshot: int, most: int
) -> None:
    guards, history, position = Guards(floor=0, most=most), dict[bytes, int](), 0
    for touches, kept in batches:
        guards.stage(position + 1, touches)
        if kept:
            guards.keep()
            position += 1
            history |= dict.fromkeys(touches, position)
        else:
            guards.drop()
    truth = all(history.get(key, 0) <= snapshot for key in asked)
    assert not guards.hold(snapshot, asked) or truth
    if most >= 6:  # all keys are remembered: then the answer is exact
        assert guards.hold(snapshot, asked) == truth


class Clock:
    def __init__(self) -> None:
        self.now = 100.0 * DAY

    def __call__(self) -> float:
        return self.now


def budgets(clock: Clock, stored: dict[int, list[bytes]] | None = None) -> Budgets:
    return Budgets(lambda window: (stored or {}).get(window, []), clock=clock)


def test_distinct_subjects_are_counted_and_repeats_are_free() -> None:
    spending = budgets(Clock())
    assert spending.spend([Charge(ALICE, subject(1), 2)]) == (budget_key(100, ALICE, subject(1)),)
    assert spending.spend([Charge(ALICE, subject(1), 2)]) == ()
    assert len(spending.spend([Charge(ALICE, subject(2), 2)])) == 1
    with pytest.raises(Error) as refusal:
        spending.spend([Charge(ALICE, subject(3), 2)])
    assert refusal.value.reason is Reason.BUDGET_EXHAUSTED
    assert refusal.value.retry_after == DAY
    assert len(spending.spend([Charge(BOB, subject(3), 2)])) == 1
    assert spending.spend([Charge(ALICE, subject(9), 0)]) == ()  # no limit, no account kept


def test_a_refused_commit_spends_nothing() -> None:
    spending = budgets(Clock())
    with pytest.raises(Error):
        spending.spend([Charge(BOB, subject(1), 1), Charge(ALICE, subject(1), 1), Charge(ALICE, subject(2), 1)])
    assert len(spending.spend([Charge(ALICE, subject(2), 1)])) == 1
    assert len(spending.spend([Charge(BOB, subject(2), 1)])) == 1


def test_a_dropped_batch_spends_nothing_and_a_kept_one_stays() -> None:
    spending = budgets(Clock())
    spending.spend([Charge(ALICE, subject(1), 1)])
    spending.drop()
    spending.spend([Charge(ALICE, subject(2), 1)])
    spending.keep()
    spending.drop()
    with pytest.raises(Error):
        spending.spend([Charge(ALICE, subject(3), 1)])


def test_a_new_window_is_a_new_budget_and_the_old_never_opens_again() -> None:
    clock = Clock()
    spending = budgets(clock)
    spending.spend([Charge(ALICE, subject(1), 1)])
    clock.now += DAY
    assert len(spending.spend([Charge(ALICE, subject(2), 1)])) == 1
    clock.now -= DAY
    with pytest.raises(Error):
        spending.spend([Charge(ALICE, subject(3), 1)])


def test_what_the_tables_hold_of_this_window_is_spent_already() -> None:
    stored = {100: [budget_key(100, ALICE, subject(1))], 99: [budget_key(99, ALICE, subject(5))]}
    spending = budgets(Clock(), stored)
    assert spending.spend([Charge(ALICE, subject(1), 1)]) == ()
    with pytest.raises(Error):
        spending.spend([Charge(ALICE, subject(5), 1)])
