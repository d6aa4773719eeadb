"""Promises: what is awaited, chained and gathered."""

from __future__ import annotations

import asyncio
import functools
from contextvars import ContextVar, copy_context
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, iterate, number
from .values import caught, thrown, truthy


async def wait(value: Any) -> Any:
    """Return ``await value`` of what may be no promise."""
    return await value if hasattr(value, "__await__") else value


async def each_awaited(values: Any) -> Any:
    """Go through ``for await (… of values)``: an async generator, or a list of values and promises."""
    if hasattr(values, "__anext__"):
        async for value in values:
            yield value
    else:
        for value in iterate(values):
            yield await wait(value)


def done(value: Any) -> Any:
    """Return what a call gives that nobody waits for: a promise there would never be kept, so it is an error."""
    if hasattr(value, "__await__"):
        value.close()
        raise NotTranslated("nobody waits for the promise that this call gives: write await before it")
    return value


_BACKGROUND: ContextVar[list[Any]] = ContextVar("background")


def background(promise: Any) -> Any:
    """Start a promise that nothing awaits; what is no promise is returned."""
    if not hasattr(promise, "__await__"):
        return promise
    task = asyncio.ensure_future(promise)
    tasks = _BACKGROUND.get(None)
    if tasks is not None:
        tasks.append(task)
    return task


def started(promises: Any) -> Any:
    """Start the promises of a list that nothing gathers."""
    return [background(promise) for promise in promises]


def finishing(function: Any) -> Any:
    """Decorate ``main``: wait for what was started with ``background``."""

    async def run(*arguments: Any) -> Any:
        tasks: list[Any] = []
        _BACKGROUND.set(tasks)
        try:
            return await wait(call(function, *arguments))
        finally:
            while tasks:
                await asyncio.wait([tasks.pop(0)])  # asyncio logs an error that nothing takes

    return functools.wraps(function)(run)


def flattened(function: Any) -> Any:
    """Decorate an async function that returns a promise out of a ``try``: it is awaited after that has ended."""

    async def wait_for_result(*arguments: Any, **saved: Any) -> Any:
        return await wait(await function(*arguments, **saved))

    return functools.wraps(function)(wait_for_result)


async def then(promise: Any, done: Any, failed: Any = UNDEFINED) -> Any:
    """Return ``promise.then(done, failed)``."""
    if failed is not UNDEFINED:  # with then.3, then.any
        try:
            value = await promise
        except Exception as error:
            return await wait(call(failed, caught(error)))
        return await wait(call(done, value))
    return await wait(call(done, await promise))


async def catch(promise: Any, failed: Any) -> Any:
    """Return ``promise.catch(failed)``."""
    try:
        return await promise
    except Exception as error:
        return await wait(call(failed, caught(error)))


async def last(promise: Any, then_do: Any) -> Any:
    """Return ``promise.finally(then_do)``."""
    try:
        return await promise
    finally:
        await wait(call(then_do))


def promise(executor: Any) -> Any:
    """Return ``new Promise(executor)``."""
    future = asyncio.get_running_loop().create_future()

    def settle(task: Any) -> None:
        error = task.exception()
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(task.result())

    def resolve(value: Any = UNDEFINED) -> Any:
        if hasattr(value, "__await__"):
            asyncio.ensure_future(wait(value)).add_done_callback(settle)
        elif not future.done():
            future.set_result(value)
        return UNDEFINED

    def reject(error: Any = UNDEFINED) -> Any:
        if not future.done():
            future.set_exception(thrown(error))
        return UNDEFINED

    def end(task: Any) -> None:
        if task.exception() is not None:
            settle(task)

    context = copy_context()
    context.run(_PROMISE.set, future)
    try:
        hasher = context.run(call, executor, resolve, reject)
        if hasattr(hasher, "__await__"):
            asyncio.ensure_future(hasher).add_done_callback(end)
    except Exception as error:
        reject(error)
    return future


class Uncaught(BaseException):
    """An error in a callback, which no ``catch`` of the program sees: in Node the process ends with it."""


_PROMISE: ContextVar[Any] = ContextVar("promise")  # of the ``new Promise`` around


async def called_back(step: Any) -> None:
    """Wait for callbacks; what they fail with ends the ``new Promise`` around, which would wait for ever."""
    try:
        await step
    except BaseException as error:
        future = _PROMISE.get(None)
        if future is None or future.done():
            raise
        failure: BaseException = error
        if isinstance(error, Exception):
            failure = Uncaught(f"{type(error).__name__}: {error}")
            failure.__cause__ = error
        future.set_exception(failure)


_RUNNING: set[Any] = set()


def set_timeout(function: Any, milliseconds: Any = 0, *arguments: Any) -> Any:
    """Return ``setTimeout(function, milliseconds, ...arguments)`` in a promise that waits for it."""

    def run() -> None:
        hasher = call(function, *arguments)
        if hasattr(hasher, "__await__"):
            task = asyncio.ensure_future(hasher)
            _RUNNING.add(task)  # the loop itself keeps no hold of it
            task.add_done_callback(_RUNNING.discard)

    pause = number(milliseconds)
    return asyncio.get_running_loop().call_later(max(0, pause if pause == pause else 0) / 1000, run)


async def sleep(milliseconds: Any = 0, value: Any = UNDEFINED) -> Any:
    """Return ``util.promisify(setTimeout)(milliseconds, value)``."""
    pause = number(milliseconds)
    await asyncio.sleep(max(0, pause if pause == pause else 0) / 1000)
    return value


def clear_timeout(timer: Any) -> Any:
    """Return ``clearTimeout(timer)``."""
    if hasattr(timer, "cancel"):
        timer.cancel()
    return UNDEFINED


async def gather(promises: Any) -> list[Any]:
    """Return ``Promise.all(promises)``: all at the same time; the first that fails is raised."""
    return list(await asyncio.gather(*[wait(promise) for promise in iterate(promises)]))


async def gather_settled(promises: Any) -> list[Any]:
    """Return ``Promise.allSettled(promises)``."""
    done = await asyncio.gather(*[wait(promise) for promise in iterate(promises)], return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException) and not isinstance(each, Exception):
            raise each
    return [
        {"status": "rejected", "reason": caught(each)}
        if isinstance(each, Exception)
        else {"status": "fulfilled", "value": each}
        for each in done
    ]


async def race(promises: Any) -> Any:
    """Return ``Promise.race(promises)``: what is settled first."""
    first: Any = asyncio.get_running_loop().create_future()
    for task in _started(promises):
        task.add_done_callback(lambda done: first.done() or first.set_result(done))
    return (await first).result()


async def first_kept(promises: Any) -> Any:
    """Return ``Promise.any(promises)``: what is fulfilled first."""
    first: Any = asyncio.get_running_loop().create_future()
    tasks = _started(promises)
    left = [*tasks]

    def settle(task: Any) -> None:
        left.remove(task)
        if not first.done() and (task.exception() is None or not left):
            first.set_result(task)

    for task in tasks:
        task.add_done_callback(settle)
    if tasks and (await first).exception() is None:
        return first.result().result()
    error = Exception("All promises were rejected")
    vars(error).update(name="AggregateError", errors=[caught(task.exception()) for task in tasks])
    raise error


def _started(promises: Any) -> list[Any]:
    """Start all; what is left when the first is settled goes on, and its failure is nobody's."""
    tasks = [asyncio.ensure_future(wait(promise)) for promise in iterate(promises)]
    for task in tasks:
        _RUNNING.add(task)
        task.add_done_callback(_RUNNING.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return tasks


async def rejected(error: Any = UNDEFINED) -> Any:
    """Return ``Promise.reject(error)``."""
    raise thrown(error)


def promisify(function: Any) -> Any:
    """Return ``util.promisify(function)``: of one that calls its last argument with an error or a result."""

    async def run(*arguments: Any) -> Any:
        future = asyncio.get_running_loop().create_future()

        def back(error: Any = UNDEFINED, value: Any = UNDEFINED) -> Any:
            if not future.done():
                if truthy(error):
                    future.set_exception(thrown(error))
                else:
                    future.set_result(value)
            return UNDEFINED

        call(function, *arguments, back)
        return await future

    return run
