"""Operations that answer without an index, for tests of the wire and of the client."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

import pytest

from childindex import operations
from childindex.caller import Caller, Visibility
from childindex.demographics import Demographics, PartialDate
from childindex.errors import Error
from childindex.number import ChildNumber, NumberType
from childindex.operations import (
    Changes,
    Contact,
    Found,
    FoundPointer,
    OwnRecords,
    Registration,
    Resolution,
    Verification,
)
from childindex.pointer import Declaration, PointerState, RecordKey, WithdrawalReason

NAMES = (
    "resolve verify register withdraw find list_own_records list_changes resolve_many register_many check_number"
).split()
_Answer = TypeVar("_Answer")
MOMENT = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)


def number(seed: int = 7, kind: NumberType = NumberType.PERMANENT) -> ChildNumber:
    """A well-formed number."""
    return ChildNumber.draw(kind, lambda bits: seed * 0x9E3779B97F4A7C15 % 2**bits)


class FakeStore:
    """Notes that it was closed."""

    closed = False

    async def close(self) -> None:
        """Note it."""
        self.closed = True


@dataclass
class FakeIndex:
    """An index without rooms."""

    store: FakeStore = field(default_factory=FakeStore)

    def today(self) -> date:
        """A fixed day."""
        return MOMENT.date()


@dataclass
class FakeOperations:
    """Records its calls; answers what `answers` holds under the operation's name, raises what is an exception."""

    calls: list[tuple[str, Caller, tuple[Any, ...]]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def _answer(self, name: str, default: _Answer, caller: Caller, *given: Any) -> _Answer:
        self.calls.append((name, caller, given))
        self.entered.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        answer = self.answers.get(name, default)
        if isinstance(answer, list) and name in {"resolve", "register"}:
            answer = answer.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return cast(_Answer, answer)

    async def resolve(
        self, index: object, caller: Caller, demographics: Demographics, *, explain: bool = False
    ) -> Resolution:
        """See `childindex.operations`, as all below."""
        return await self._answer("resolve", Resolution(number()), caller, demographics, explain)

    async def verify(self, index: object, caller: Caller, child: ChildNumber, birth_date: PartialDate) -> Verification:
        return await self._answer("verify", Verification(verified=True), caller, child, birth_date)

    async def register(self, index: object, caller: Caller, declaration: Declaration) -> Registration:
        return await self._answer("register", Registration(number()), caller, declaration)

    async def withdraw(
        self, index: object, caller: Caller, key: RecordKey, reason: WithdrawalReason, ended: PartialDate
    ) -> None:
        await self._answer("withdraw", None, caller, key, reason, ended)

    async def find(
        self,
        index: object,
        caller: Caller,
        child: ChildNumber,
        *,
        birth_date: PartialDate | None,
        own_record: RecordKey | None,
    ) -> Found:
        shown = FoundPointer(
            "mill-lane-surgery", "Mill Lane Surgery", "health.gp_patient", PointerState.ACTIVE, Visibility.EXISTENCE,
            Contact("duty desk", "0300 000 0000", "0300 000 0001", "duty@example.org"),
        )  # fmt: skip
        return await self._answer("find", Found(child, (shown,)), caller, child, birth_date, own_record)

    async def list_own_records(self, index: object, caller: Caller, page_size: int, page_token: str) -> OwnRecords:
        return await self._answer("list_own_records", OwnRecords((), ""), caller, page_size, page_token)

    async def list_changes(self, index: object, caller: Caller, cursor: str, page_size: int) -> Changes:
        return await self._answer("list_changes", Changes((), "c1", False), caller, cursor, page_size)

    async def resolve_many(
        self, index: object, caller: Caller, items: Sequence[Demographics]
    ) -> list[Resolution | Error]:
        return await self._answer("resolve_many", [Resolution(number(i)) for i in range(len(items))], caller, items)

    async def register_many(
        self, index: object, caller: Caller, items: Sequence[Declaration]
    ) -> list[Registration | Error]:
        return await self._answer("register_many", [Registration(number(i)) for i in range(len(items))], caller, items)

    async def check_number(self, index: object, caller: Caller, text: str) -> ChildNumber | None:
        return await self._answer("check_number", None, caller, text)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put them in the place of the real ones."""
        for name in NAMES:
            monkeypatch.setattr(operations, name, getattr(self, name))
