"""What becomes of requests when processes are told to end, or are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from contextlib import ExitStack

import pytest

from cloudpy.runtime import Handler
from cloudpy.runtime.access_log import JsonLog
from cloudpy.runtime.adapters import RuntimeConfig, adapter_for
from cloudpy.runtime.executor import InvocationExecutor
from cloudpy.runtime.server import FunctionServer

from .serving import PATIENCE, PROGRAMS, Serving, post, read_answer


@pytest.mark.parametrize("handler", ["main", "blocking"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_lets_every_accepted_request_be_answered(handler: str, workers: str) -> None:
    options = ("--handler", f"index.{handler}", "--workers", workers)
    with Serving(PROGRAMS / "slow", *options) as server, ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(40)]
        for number, connection in enumerate(connections):
            connection.sendall(post(b'{"sleep": 0.4, "number": %d}' % number))
        silent = [stack.enter_context(server.connect()) for _ in range(5)]  # perhaps still in the system's queue
        server.process.send_signal(signal.SIGTERM)
        for number, connection in enumerate(silent):  # their requests were on the way
            connection.sendall(post(b'{"number": %d}' % number))
        for number, connection in enumerate(connections):
            answer = read_answer(connection)
            assert (answer.status, answer.json()["number"]) == (200, number)
        for number, connection in enumerate(silent):
            answer = read_answer(connection)
            assert (answer.status, answer.json()["number"]) == (200, number)
        assert server.end() == 0
        with pytest.raises(ConnectionRefusedError):
            server.connect()


def test_a_connection_accepted_in_the_very_moment_of_the_signal_is_answered() -> None:
    async def main() -> bytes:
        loop, stop, ready = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        sock = socket.create_server(("127.0.0.1", 0))
        adapter = adapter_for("http", RuntimeConfig({}, timeout=5, trusted=False, production=False))
        executor = InvocationExecutor(Handler(lambda event, context: {"answered": event["number"]}))
        server = FunctionServer(adapter, executor, JsonLog(), concurrency=10, max_body=1000)
        serving = asyncio.create_task(server.serve(sock, stop, ready.set))
        await ready.wait()
        with socket.create_connection(sock.getsockname()) as client:
            client.sendall(post(b'{"number": 1}'))
            client.setblocking(False)
            loop.call_soon(stop.set)  # in the turn in which the loop finds the connection, and before it
            data = b""
            while part := await loop.sock_recv(client, 65536):
                data += part
            await serving
        return data

    assert asyncio.run(asyncio.wait_for(main(), PATIENCE)).endswith(b'{"answered": 1}')


@pytest.mark.parametrize("asked", [False, True], ids=["never used", "used before"])
def test_silent_connections_do_not_keep_a_server_that_is_told_to_end(asked: bool) -> None:
    with Serving(PROGRAMS / "slow", "--timeout", "600") as server, ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(3)]
        for connection in connections if asked else ():
            connection.sendall(post(b"{}"))
            assert read_answer(connection).headers.get("connection") != "close"  # it is kept for the next request
        server.post({})  # all of them have been accepted
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == 0  # its patience is shorter than the function's time, and than a kept connection's
        assert [connection.recv(1) for connection in connections] == [b"", b"", b""]


def test_sigterm_under_load_on_kept_connections() -> None:
    """Callers that send one request after the other: whatever is answered not at all was never taken."""
    lost: list[object] = []
    answered = threading.Semaphore(0)

    def caller(connection: socket.socket) -> None:
        with connection:
            while True:
                try:
                    connection.sendall(post(b'{"sleep": 0.001}'))
                except OSError:
                    return  # told before that the connection ends
                answer = read_answer(connection)
                if answer.status != 200:
                    lost.append(answer)
                    return
                answered.release()
                if answer.headers.get("connection") == "close":
                    return

    with Serving(PROGRAMS / "slow", "--workers", "2") as server:
        threads = [threading.Thread(target=caller, args=(server.connect(),)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            assert answered.acquire(timeout=60)
        server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
        assert server.end() == 0
    assert lost == []


def test_a_worker_that_was_killed_comes_back() -> None:
    with Serving(PROGRAMS / "slow", "--workers", "2") as server:
        victim = server.post({}).json()["pid"]
        os.kill(victim, signal.SIGKILL)
        assert server.line("worker", event="ended")["signal"] == signal.SIGKILL
        successor = server.line("worker", event="started")["pid"]
        assert successor != victim
        # what comes in meanwhile waits in a socket that outlives the worker
        told = {server.post({"number": number}).json()["pid"] for number in range(30)}
        assert victim not in told
        while successor not in told:
            told.add(server.post({}).json()["pid"])


def test_all_workers_killed_at_once_come_back() -> None:
    with Serving(PROGRAMS / "slow", "--workers", "2") as server:
        victims: set[int] = set()
        while len(victims) < 2:
            victims.add(server.post({}).json()["pid"])
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        for _ in victims:
            server.line("worker", event="ended")
        # nobody is there for a moment: what comes in waits, and is answered
        successors: set[int] = set()
        while len(successors) < 2:
            successors.add(server.post({}).json()["pid"])
            assert not successors & victims


def test_workers_end_when_the_one_that_looks_after_them_is_killed() -> None:
    with Serving(PROGRAMS / "slow", "--workers", "2") as server:
        server.process.kill()
        server.end()  # returns when nobody holds the other end of its log any more: the workers are gone
        with pytest.raises(ConnectionRefusedError):
            server.connect()


def test_code_that_cannot_be_imported_ends_the_whole_server() -> None:
    for workers in ("1", "2"):
        server = Serving(PROGRAMS / "cannot_load", "--workers", workers)
        told = server.line("fatal")
        assert "this code cannot be imported" in told["stack"]
        assert "cloudpy/functions" not in told["stack"]
        assert server.end() == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_second_signal_ends_at_once(workers: str) -> None:
    with Serving(PROGRAMS / "slow", "--workers", workers) as server, server.connect() as connection:
        connection.sendall(post(b'{"gate": true}'))  # nobody opens it
        server.process.send_signal(signal.SIGTERM)
        server.line("stopping")
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == (130 if workers == "1" else 0)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for workers in ("1", "2"):
            server = Serving(PROGRAMS / "slow", "--workers", workers, "--port", str(taken.getsockname()[1]))
            assert "cannot listen on" in server.line("fatal")["error"]
            assert server.end() == 1
