"""Threads that a handler starts know who calls, and never somebody else."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest

import cloudpy.sync as cloud
from cloudpy._client.context import Invocation, in_thread, invocation
from cloudpy.runtime import Handler, Runner, make_context


def context(user: str) -> dict[str, Any]:
    return make_context({"WX_OPENID": user, "WX_CONTEXT_KEYS": "WX_OPENID"}, timeout=5)


def who(*_: object) -> str | None:
    found: str | None = cloud.getWXContext().get("OPENID")
    return found


KEPT = ThreadPoolExecutor(1)  # as a warm instance keeps one, from user to user


def by_thread(target: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(outcome(target)))
    thread.start()
    thread.join()
    assert "run" not in vars(thread)
    return found[0]


def outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except cloud.CloudSDKError as error:
        return error.errMsg


def in_pool(event: Any, context: Any) -> Any:
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(who, range(9)))


def in_a_kept_pool(event: Any, context: Any) -> Any:
    return KEPT.submit(who).result()


async def in_executor(event: Any, context: Any) -> Any:
    return [await asyncio.get_running_loop().run_in_executor(None, who), await asyncio.to_thread(who)]


def in_a_thread(event: Any, context: Any) -> Any:
    return by_thread(who)


def in_a_thread_of_a_pools_thread(event: Any, context: Any) -> Any:
    return KEPT.submit(by_thread, lambda: by_thread(who)).result()


def in_a_loop_of_a_thread(event: Any, context: Any) -> Any:
    async def of_another_loop() -> Any:
        return who(), await asyncio.to_thread(who)

    return by_thread(lambda: asyncio.run(of_another_loop()))


def in_a_pool_of_multiprocessing(event: Any, context: Any) -> Any:
    with ThreadPool(2) as pool:
        return pool.map(who, range(4))


WAYS = [
    in_pool,
    in_a_kept_pool,
    in_executor,
    in_a_thread,
    in_a_thread_of_a_pools_thread,
    in_a_loop_of_a_thread,
    in_a_pool_of_multiprocessing,
]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_start_one(way: Callable[..., Any]) -> None:
    def users(result: Any) -> set[Any]:
        return set(result) if isinstance(result, (list, tuple)) else {result}

    with Runner() as runner:
        for user in ("o-alice", "o-bob", "o-alice"):
            assert {user} == users(runner.invoke(Handler(way), {}, context(user)))
    assert {None} == {KEPT.submit(who).result()}  # outside of an invocation nobody calls
    assert by_thread(who) is None


def test_a_thread_that_outlives_its_invocation_is_refused() -> None:
    go_on = threading.Event()
    found: list[Any] = []

    def work() -> None:
        found.append(outcome(who))
        go_on.wait(60)
        found.append(outcome(who))

    def leaves_it(event: Any, context: Any) -> Any:
        thread = threading.Thread(target=work)
        thread.start()
        while not found:
            pass
        return thread

    with Runner() as runner:
        thread = runner.invoke(Handler(leaves_it), {}, context("o-alice"))

        def lets_it_go_on(event: Any, context: Any) -> None:
            go_on.set()
            thread.join()

        runner.invoke(Handler(lets_it_go_on), {}, context("o-bob"))
    assert "o-alice" == found[0]
    assert "the invocation that started it has ended" in found[1] and "ThreadPoolExecutor" in found[1]


def test_a_call_says_so_too_when_the_time_of_that_invocation_is_over() -> None:
    own = cloud.createNewInstance(env="e", config=None, serviceUrl="http://127.0.0.1:1/admin")
    over = Invocation({"WX_OPENID": "o-alice"}, time.monotonic() - 1, "r", alone=True)
    over.ended = True

    def call() -> Any:
        invocation.set(over)
        in_thread.set(True)
        return outcome(lambda: own.openapi.cloudbase.getOpenData(cloudidList=["c"]))

    assert "the invocation that started it has ended" in copy_context().run(call)


def test_two_at_a_time_are_told_apart() -> None:
    both = threading.Barrier(2)

    def meets(event: Any, context: Any) -> Any:
        both.wait(60)
        found = [KEPT.submit(who).result(), by_thread(who)]
        both.wait(60)
        return found

    def meets_with_a_copy(event: Any, context: Any) -> Any:
        both.wait(60)
        found: list[Any] = []
        current = copy_context()
        thread = threading.Thread(target=current.run, args=(lambda: found.append(who()),))
        thread.start()
        thread.join()
        both.wait(60)
        return found

    for way in (meets, meets_with_a_copy):
        handler = Handler(way)
        results: dict[str, Any] = {}

        def call(user: str, handler: Handler = handler, results: dict[str, Any] = results) -> None:
            with Runner() as runner:
                results[user] = runner.invoke(handler, {}, context(user))

        threads = [threading.Thread(target=call, args=(user,)) for user in ("o-alice", "o-bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for user, found in results.items():
            assert user == found[0]
            assert way is meets_with_a_copy or "several invocations at a time" in found[1]


LATE = """
import sys
from cloudpy.runtime import Handler, Runner, make_context

def main(event, context):
    from concurrent.futures import ThreadPoolExecutor  # imported by the handler itself, for the first time
    import cloudpy.sync as cloud
    with ThreadPoolExecutor(2) as pool:
        return [found.get("OPENID") for found in pool.map(lambda _: cloud.getWXContext(), range(3))]

handler = Handler(main)
assert "concurrent.futures.thread" not in sys.modules
with Runner() as runner:
    for user in ("o-alice", "o-bob"):
        context = make_context({"WX_OPENID": user, "WX_CONTEXT_KEYS": "WX_OPENID"}, timeout=5)
        found = runner.invoke(handler, {}, context)
        assert [user] * 3 == found, found
"""


def test_what_the_handler_imports_itself() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
