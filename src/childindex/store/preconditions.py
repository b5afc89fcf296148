"""What a commit demands before it holds: guards untouched and budgets unspent, in the order of its batch.

What a batch's earlier commits change is seen by its later ones, and forgotten when the batch cannot be recorded:
each object stages and then keeps or drops.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from childindex.errors import Error, Reason
from childindex.store.commit import Charge
from childindex.store.layout import budget_key, decode_budget_key

MOST_GUARDS = 1_000_000
WINDOW_SECONDS = 86_400


class Guards:
    """Key -> position of the last commit that touched it, for the newest `most` keys; what is older is the floor."""

    def __init__(self, floor: int, *, most: int = MOST_GUARDS) -> None:
        """Begin knowing nothing of what was touched up to position `floor`."""
        self._floor = floor
        self._most = most
        self._touched: OrderedDict[bytes, int] = OrderedDict()
        self._staged: dict[bytes, int] = {}

    def hold(self, snapshot: int, guards: Iterable[bytes]) -> bool:
        """Whether none of the guards was touched since position `snapshot`, as far as is still known."""
        known, staged = self._touched, self._staged
        for guard in guards:
            if snapshot < self._floor or staged.get(guard, known.get(guard, 0)) > snapshot:
                return False
        return True

    def stage(self, position: int, touches: Iterable[bytes]) -> None:
        """Note what the commit at `position` touches, should its batch be recorded."""
        for key in touches:
            self._staged[key] = position

    def keep(self) -> None:
        """The batch is recorded."""
        for key, position in self._staged.items():
            self._touched[key] = position
            self._touched.move_to_end(key)
        self._staged.clear()
        while len(self._touched) > self._most:
            _, position = self._touched.popitem(last=False)
            self._floor = max(self._floor, position)

    def drop(self) -> None:
        """The batch is not recorded."""
        self._staged.clear()


class Budgets:
    """Distinct subjects charged to each account in the present window (by default the day, in UTC)."""

    def __init__(
        self,
        charged: Callable[[int], Iterable[bytes]],
        *,
        clock: Callable[[], float],
        window_seconds: int = WINDOW_SECONDS,
    ) -> None:
        """`charged` tells the BUDGET keys that the tables hold of a window; `clock` seconds since 1970."""
        self._charged = charged
        self._clock = clock
        self._seconds = window_seconds
        self._window = -1
        self._subjects: dict[bytes, set[bytes]] = {}
        self._staged: list[tuple[bytes, bytes]] = []

    def spend(self, charges: Iterable[Charge]) -> tuple[bytes, ...]:
        """The BUDGET keys that the charges newly spend; raises `Error(BUDGET_EXHAUSTED)`, and then spends none."""
        spent: list[bytes] = []
        mark = len(self._staged)
        for charge in charges:
            if charge.limit <= 0:
                continue
            self._roll()
            subjects = self._subjects.setdefault(charge.account, set())
            if charge.subject in subjects:
                continue
            if len(subjects) >= charge.limit:
                self._unspend(mark)
                raise self._exhausted()
            subjects.add(charge.subject)
            self._staged.append((charge.account, charge.subject))
            spent.append(budget_key(self._window, charge.account, charge.subject))
        return tuple(spent)

    def keep(self) -> None:
        """The batch is recorded."""
        self._staged.clear()

    def drop(self) -> None:
        """The batch is not recorded."""
        self._unspend(0)

    def _unspend(self, mark: int) -> None:
        for account, subject in self._staged[mark:]:
            self._subjects.get(account, set()).discard(subject)
        del self._staged[mark:]

    def _roll(self) -> None:
        window = int(self._clock()) // self._seconds
        if window <= self._window:  # a clock set back must not reopen a spent window
            return
        self._window = window
        self._subjects = {}
        self._staged.clear()
        for key in self._charged(window):
            _, account, subject = decode_budget_key(key)
            self._subjects.setdefault(account, set()).add(subject)

    def _exhausted(self) -> Error:
        left = (self._window + 1) * self._seconds - self._clock()
        return Error(
            Reason.BUDGET_EXHAUSTED,
            "the budget of distinct children is spent for this period",
            retry_after=max(1.0, left),
        )
