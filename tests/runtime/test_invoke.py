"""One run: who calls, how long it may take, which loop, and nothing of it left behind."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import json
import threading
import time
import warnings
from typing import Any

import pytest

from cloudpy._client.context import invocation
from cloudpy.runtime import FunctionDir, Handler, Runner, ainvoke, load, make_context

from .program import PROGRAMS


def as_user(openid: str) -> dict[str, Any]:
    return make_context({"WX_OPENID": openid, "WX_CONTEXT_KEYS": "WX_OPENID"})


def test_the_variables_of_the_context_count_while_it_runs_and_not_after() -> None:
    with FunctionDir(PROGRAMS / "who") as directory, Runner() as runner:
        handler = load(directory)
        for openid in ("o-alice", "o-bob"):
            seen = runner.invoke(handler, {}, as_user(openid))
            assert {"here": openid, "task": openid, "to_thread": openid, "bare_thread": openid} == seen
            assert invocation.get() is None


def test_many_at_once_in_one_loop_see_their_own_user() -> None:
    async def everybody() -> list[Any]:
        arrived = 0
        all_there = asyncio.Event()

        async def barrier() -> None:
            nonlocal arrived
            arrived += 1
            if arrived == 50:
                all_there.set()
            await all_there.wait()

        calls = [ainvoke(handler, {"barrier": barrier}, as_user(f"o-{i}")) for i in range(50)]
        return await asyncio.gather(*calls)

    with FunctionDir(PROGRAMS / "who") as directory:
        handler = load(directory)
        results = asyncio.run(everybody())
    for i, seen in enumerate(results):
        # whom a bare thread works for cannot be known where many are invoked at once
        assert {"here": f"o-{i}", "task": f"o-{i}", "to_thread": f"o-{i}", "bare_thread": "refused"} == seen


def test_threads_that_run_sync_handlers_see_their_own_user() -> None:
    import cloudpy.sync as cloud

    barrier = threading.Barrier(8)

    def main(event: Any, context: Any) -> Any:
        barrier.wait()
        return cloud.getWXContext()["OPENID"]

    seen: dict[int, str] = {}

    def one(number: int) -> None:
        with Runner() as runner:
            seen[number] = runner.invoke(Handler(main), {}, as_user(f"o-{number}"))

    threads = [threading.Thread(target=one, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {i: f"o-{i}" for i in range(8)} == seen


def test_the_older_form_of_the_variables() -> None:
    def main(event: Any, context: Any) -> Any:
        running = invocation.get()
        return running and running.variables

    context = {"environ": "WX_API_TOKEN=abc==;;no sign;B=;C=1=2"}
    assert {"WX_API_TOKEN": "abc==", "B": "", "C": "1=2"} == Runner().invoke(Handler(main), {}, context)


@pytest.mark.parametrize("environment", ["not JSON", "[1]", '"text"', "5"])
def test_variables_that_cannot_be_read(environment: str) -> None:
    with pytest.raises(ValueError, match="is invalid: expected a JSON object") as caught:
        Runner().invoke(Handler(lambda event, context: 1), {}, {"environment": environment})
    assert "not JSON" not in str(caught.value)  # tokens may be in there


def test_the_deadline_is_the_functions_own() -> None:
    def main(event: Any, context: Any) -> Any:
        running = invocation.get()
        return running and running.deadline

    before = time.monotonic()
    deadline = Runner().invoke(Handler(main), {}, make_context(timeout=20))
    assert before + 20 <= deadline <= time.monotonic() + 20
    for context in ({}, {"time_limit_in_ms": "soon"}, {"time_limit_in_ms": 0}, {"time_limit_in_ms": True}):
        assert Runner().invoke(Handler(main), {}, context) is None


def test_the_request_id_is_the_contexts() -> None:
    def main(event: Any, context: Any) -> Any:
        running = invocation.get()
        return running and running.request_id

    assert "r-1" == Runner().invoke(Handler(main), {}, make_context(request="r-1"))


def test_context_variables_that_a_handler_sets_end_with_it() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")

    def main(event: Any, context: Any) -> Any:
        before = variable.get()
        variable.set("left behind")
        return before

    async def async_main(event: Any, context: Any) -> Any:
        return main(event, context)

    with Runner() as runner:
        for call in (main, async_main):
            for _ in range(2):
                assert "unset" == runner.invoke(Handler(call), {}, {})
    assert "unset" == variable.get()


def test_one_loop_for_all_and_it_ends_with_the_runner() -> None:
    async def main(event: Any, context: Any) -> Any:
        return asyncio.get_running_loop()

    with Runner() as runner:
        loop = runner.invoke(Handler(main), {}, {})
        assert loop is runner.invoke(Handler(main), {}, {})
        assert not loop.is_closed()
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="closed"):
        runner.invoke(Handler(main), {}, {})


def test_asynchronous_generators_end_with_the_runner() -> None:
    # cloudpy's own sessions wait in one; it is how they hear of the end of their loop
    ended = []

    async def keeper() -> Any:
        try:
            yield 1
        finally:
            ended.append(True)

    generators = []

    async def main(event: Any, context: Any) -> None:
        generators.append(keeper())
        await generators[0].__anext__()

    with Runner() as runner:
        runner.invoke(Handler(main), {}, {})
        assert [] == ended
    assert [True] == ended


def test_tasks_left_behind_go_on_as_their_own_user_and_end_with_the_runner() -> None:
    import cloudpy as cloud

    seen: list[Any] = []
    go = asyncio.Event()
    tasks = []

    async def later() -> None:
        await go.wait()
        seen.append(cloud.getWXContext()["OPENID"])
        await asyncio.Event().wait()

    async def first(event: Any, context: Any) -> None:
        tasks.append(asyncio.create_task(later()))

    async def second(event: Any, context: Any) -> Any:
        go.set()
        while not seen:
            await asyncio.sleep(0)
        return cloud.getWXContext()["OPENID"]

    with Runner() as runner:
        runner.invoke(Handler(first), {}, as_user("o-alice"))
        assert "o-bob" == runner.invoke(Handler(second), {}, as_user("o-bob"))
        assert ["o-alice"] == seen
    assert tasks[0].cancelled()


def test_what_a_handler_raises_comes_through() -> None:
    async def main(event: Any, context: Any) -> None:
        raise KeyError("missing")

    def sync_main(event: Any, context: Any) -> None:
        raise SystemExit(3)

    with Runner() as runner:
        with pytest.raises(KeyError, match="missing"):
            runner.invoke(Handler(main), {}, {})
        with pytest.raises(SystemExit):
            runner.invoke(Handler(sync_main), {}, {})
        assert 1 == runner.invoke(Handler(lambda event, context: 1), {}, {})
    assert invocation.get() is None


def test_system_exit_in_an_async_handler_leaves_the_runner_usable() -> None:
    async def main(event: Any, context: Any) -> int:
        if event:
            raise SystemExit(3)
        return 1

    with Runner() as runner:
        with pytest.raises(SystemExit):
            runner.invoke(Handler(main), {"end": True}, {})
        assert 1 == runner.invoke(Handler(main), {}, {})


def test_inside_a_running_loop_the_way_out_is_named() -> None:
    async def main(event: Any, context: Any) -> int:
        return 1

    async def inside() -> Any:
        with pytest.raises(RuntimeError, match="await ainvoke"):
            Runner().invoke(Handler(main), {}, {})
        return await ainvoke(Handler(main), {}, {})

    assert 1 == asyncio.run(inside())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()  # nothing was left un-awaited


def test_ainvoke_awaits_what_a_sync_handler_returns() -> None:
    async def answer() -> int:
        return 5

    assert 5 == asyncio.run(ainvoke(Handler(lambda event, context: answer()), {}, {}))
    assert 6 == asyncio.run(ainvoke(Handler(lambda event, context: 6), {}, {}))


def test_cancelling_ainvoke_cancels_the_handler() -> None:
    async def outer() -> str:
        started, ended = asyncio.Event(), []

        async def main(event: Any, context: Any) -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("cancelled")

        task = asyncio.create_task(ainvoke(Handler(main), {}, {}))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return str(ended[0])

    assert "cancelled" == asyncio.run(outer())


def test_the_context_is_as_the_platform_gives_it() -> None:
    variables = {"TCB_ENV": "env-1", "WX_API_TOKEN": "abc==", "X": "a;b"}
    context = make_context(variables, function="steps", timeout=0.5, memory=128, request="r-1", region="ap-beijing")
    assert {
        "memory_limit_in_mb": 128,
        "time_limit_in_ms": 500,
        "request_id": "r-1",
        "environment": json.dumps(variables),
        "environ": "TCB_ENV=env-1;WX_API_TOKEN=abc==",  # this form has no way to write a semicolon
        "function_version": "$LATEST",
        "function_name": "steps",
        "namespace": "env-1",
        "tencentcloud_region": "ap-beijing",
        "tencentcloud_appid": "1250000000",
        "tencentcloud_uin": "100000000000",
    } == context
    assert make_context()["request_id"] != make_context()["request_id"]
    assert 3000 == make_context()["time_limit_in_ms"]
