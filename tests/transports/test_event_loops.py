"""The async transport in many loops, one after the other and side by side, and calls that are cancelled."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path

import pytest

from cloudpy._transports import TransportFailure
from cloudpy._transports.aio import AIOTransport

from ..scripted_server import Peer, ScriptedServer, echo, http
from .clients import AsyncClient, UvloopClient, request


def test_a_thousand_loops_one_after_the_other_leave_nothing_behind() -> None:
    """One module-level Cloud, 1,000 × asyncio.run, warnings as errors, descriptors counted."""
    program = """
        import asyncio, gc, os, sys
        import cloudpy as cloud
        cloud.init(env="test-env", serviceUrl=sys.argv[1], secretId="id", secretKey="key", config=None)
        async def main():
            return await cloud.openapi.a.b({"c": 1})
        # debug=False: -X dev would have every callback timed, and what is slow reported
        assert asyncio.run(main(), debug=False)["errCode"] == 0
        before = len(os.listdir("/dev/fd"))
        for _ in range(1000):
            result = asyncio.run(main(), debug=False)
            assert result["errCode"] == 0, result
        after = len(os.listdir("/dev/fd"))
        assert after <= before, (before, after)
        from cloudpy import _transports
        assert not _transports.async_transport()._loops
        gc.collect()
        print("done")
    """
    with ScriptedServer(_empty_message) as server:
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(program), server.url],
            capture_output=True,
            text=True,
            timeout=240,
            cwd=Path(__file__).parents[2],
        )
    assert ("done\n", "", 0) == (done.stdout, done.stderr, done.returncode)
    assert 1001 == len(server.received)


def _empty_message(peer: Peer) -> None:
    while peer.read():
        peer.write(http(b""))


def test_loops_in_threads_at_once() -> None:
    transport = AIOTransport()

    async def calls(thread: int) -> list[bytes]:
        gathered = (transport.send(request(server.url, b"%d:%d" % (thread, i)), 60.0) for i in range(50))
        return [response.body for response in await asyncio.gather(*gathered)]

    with ScriptedServer(echo) as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda thread: asyncio.run(calls(thread)), range(8)))
    assert [[b"%d:%d" % (thread, i) for i in range(50)] for thread in range(8)] == answers
    assert {} == transport._loops


def test_500_calls_at_once() -> None:
    transport = AIOTransport()

    async def calls() -> list[bytes]:
        responses = await asyncio.gather(*(transport.send(request(server.url, b"%d" % i), 60.0) for i in range(500)))
        return [response.body for response in responses]

    with ScriptedServer(echo) as server:
        assert [b"%d" % i for i in range(500)] == asyncio.run(calls())


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning", "ignore:Unclosed:ResourceWarning")
def test_a_loop_closed_without_ceremony_does_not_break_the_next() -> None:
    transport = AIOTransport()
    with ScriptedServer(echo) as server:
        for i in range(5):
            loop = asyncio.new_event_loop()
            assert b"%d" % i == loop.run_until_complete(transport.send(request(server.url, b"%d" % i), 20.0)).body
            loop.close()
        assert b"x" == asyncio.run(transport.send(request(server.url, b"x"), 20.0)).body
        assert {} == transport._loops
        del loop
        gc.collect()  # the warnings are true: whoever closed the loop so left its connections open
        assert 6 == server.connections


class Stuck:
    """A server that answers requests of `wait` only when told to, and tells who hung up."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.hung_up = threading.Semaphore(0)
        self.go_on = threading.Event()

    def __call__(self, peer: Peer) -> None:
        while received := peer.read():
            if received.body.startswith(b"cancelled"):
                self.asked.release()
                if peer.closed_by_client():
                    self.hung_up.release()
                return
            if received.body.startswith(b"wait"):
                self.asked.release()
                self.go_on.wait(20)
            peer.write(http(received.body))


async def _in_thread(semaphore: threading.Semaphore) -> bool:
    return await asyncio.get_running_loop().run_in_executor(None, lambda: semaphore.acquire(timeout=20))


def test_cancelling_closes_that_request_and_no_other() -> None:
    transport, script = AIOTransport(), Stuck()

    async def main() -> None:
        doomed = asyncio.create_task(transport.send(request(server.url, b"cancelled"), 60.0))
        others = [asyncio.create_task(transport.send(request(server.url, b"wait%d" % i), 60.0)) for i in range(5)]
        for _ in range(6):
            assert await _in_thread(script.asked)
        doomed.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doomed
        assert await _in_thread(script.hung_up)  # the server saw the end of it while the others wait
        assert not any(task.done() for task in others)
        script.go_on.set()
        assert [b"wait%d" % i for i in range(5)] == [response.body for response in await asyncio.gather(*others)]
        assert b"next" == (await transport.send(request(server.url, b"next"), 60.0)).body

    with ScriptedServer(script) as server:
        asyncio.run(main())


def test_a_time_limit_of_the_callers_own_closes_the_request() -> None:
    transport, script = AIOTransport(), Stuck()

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(transport.send(request(server.url, b"cancelled1"), 60.0), 0.2)
        assert await _in_thread(script.hung_up)
        if sys.version_info >= (3, 11):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await transport.send(request(server.url, b"cancelled2"), 60.0)
            assert await _in_thread(script.hung_up)
        assert b"next" == (await transport.send(request(server.url, b"next"), 60.0)).body

    with ScriptedServer(script) as server:
        asyncio.run(main())


def test_the_inner_time_limit_is_a_failure_and_not_a_cancellation() -> None:
    transport, script = AIOTransport(), Stuck()

    async def main() -> None:
        with pytest.raises(TransportFailure) as caught:
            await asyncio.wait_for(transport.send(request(server.url, b"cancelled"), 0.2), 20)
        assert caught.value.timed_out
        assert await _in_thread(script.hung_up)

    with ScriptedServer(script) as server:
        asyncio.run(main())


def test_a_loop_that_ends_with_calls_under_way_ends_quietly() -> None:
    transport, script = AIOTransport(), Stuck()

    async def main() -> None:
        task = asyncio.create_task(transport.send(request(server.url, b"cancelled"), 60.0))
        assert await _in_thread(script.asked)
        assert not task.done()

    with ScriptedServer(script) as server:
        asyncio.run(main())
        assert script.hung_up.acquire(timeout=20)
    assert {} == transport._loops


@pytest.mark.parametrize("client", [AsyncClient, UvloopClient], ids=lambda client: client.name)
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_ends_the_program_ends_the_loop(client: type[AsyncClient], error: type[BaseException]) -> None:
    with ScriptedServer(echo) as server:
        transport, loop = AIOTransport(), client.new_loop()

        async def call() -> None:
            await transport.send(request(server.url), 20.0)
            await transport.send(request(server.url), 20.0)
            raise error

        async def main() -> None:
            task = asyncio.ensure_future(call())
            await asyncio.sleep(60)
            await task

        with pytest.raises(error):
            loop.run_until_complete(main())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@pytest.mark.parametrize("client", [AsyncClient, UvloopClient], ids=lambda client: client.name)
def test_a_call_keeps_the_context_of_its_task(client: type[AsyncClient]) -> None:
    current: ContextVar[int] = ContextVar("current")

    async def one(number: int) -> tuple[int, asyncio.Task[object] | None]:
        current.set(number)
        await transport.send(request(server.url), 20.0)
        return current.get(), asyncio.current_task()

    async def main() -> None:
        tasks = [asyncio.ensure_future(one(number)) for number in range(50)]
        assert [(number, task) for number, task in enumerate(tasks)] == list(await asyncio.gather(*tasks))
        await transport.aclose()

    with ScriptedServer(echo) as server:
        transport, loop = AIOTransport(), client.new_loop()
        loop.run_until_complete(main())
        loop.close()
