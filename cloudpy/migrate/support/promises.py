"""Promises: what is awaited, chained and gathered."""

from __future__ import annotations

from typing import Any

from .lists import call, iterate
from .values import UNDEFINED, caught


async def wait(value: Any) -> Any:
    """``await value`` of what may be no promise."""
    return await value if hasattr(value, "__await__") else value


def done(value: Any) -> Any:
    """What a call gives that nobody waits for: a promise there would never be kept, so it is an error."""
    if hasattr(value, "__await__"):
        value.close()
        raise NotImplementedError("nobody waits for the promise that this call gives: write await before it")
    return value


async def then(promise: Any, done: Any, failed: Any = UNDEFINED) -> Any:
    """``promise.then(done, failed)``."""
    try:
        value = await wait(promise)
    except Exception as error:
        if failed is UNDEFINED:
            raise
        return await wait(call(failed, caught(error)))
    return await wait(call(done, value))


async def catch(promise: Any, failed: Any) -> Any:
    """``promise.catch(failed)``."""
    try:
        return await wait(promise)
    except Exception as error:
        return await wait(call(failed, caught(error)))


async def last(promise: Any, then_do: Any) -> Any:
    """``promise.finally(then_do)``."""
    try:
        return await wait(promise)
    finally:
        await wait(call(then_do))


async def gather(promises: Any) -> list[Any]:
    """``Promise.all(promises)``: all at the same time; the first that fails is raised."""
    import asyncio

    return list(await asyncio.gather(*[wait(promise) for promise in iterate(promises)]))


async def gather_settled(promises: Any) -> list[Any]:
    """``Promise.allSettled(promises)``."""
    import asyncio

    done = await asyncio.gather(*[wait(promise) for promise in iterate(promises)], return_exceptions=True)
    return [
        {"status": "rejected", "reason": caught(each)}
        if isinstance(each, Exception)
        else {"status": "fulfilled", "value": each}
        for each in done
    ]
