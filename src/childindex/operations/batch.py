"""Register many: each record answers for itself, and their commits share the writer's batches."""

import asyncio
from collections.abc import Sequence

from childindex.caller import Caller, Grant
from childindex.errors import Error
from childindex.operations.adopt import policy_in_force
from childindex.operations.answers import Registration
from childindex.operations.index import Index
from childindex.operations.register import register
from childindex.pointer import Declaration

_AT_ONCE = 24  # enough to fill the writer's batches, few enough that twins of one batch rarely collide


async def register_many(
    index: Index, caller: Caller, items: Sequence[Declaration | Error]
) -> list[Registration | Error]:
    """As `register` for each item; an item that is an error already stays it, one that is refused answers its error."""
    (await policy_in_force(index)).require(caller, Grant.REGISTER, index.today())
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(item: Declaration | Error) -> Registration | Error:
        if isinstance(item, Error):
            return item
        async with gate:
            try:
                answer = await register(index, caller, item)
            except Error as error:
                return error
            await asyncio.sleep(0)  # let others at the loop between two matches
            return answer

    return list(await asyncio.gather(*(one(item) for item in items)))
