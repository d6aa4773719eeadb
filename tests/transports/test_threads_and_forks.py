"""One blocking transport for many threads, and for both sides of a fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cloudpy._transports import TransportFailure
from cloudpy._transports.blocking import HTTPTransport

from ..scripted_server import Peer, ScriptedServer, echo, http
from .clients import request

pytestmark = pytest.mark.filterwarnings(
    # the tests' server has threads; what the warning fears is what is tested here
    "ignore:.*multi-threaded, use of fork.*:DeprecationWarning"
)


def test_32_threads_get_each_its_own_answers() -> None:
    transport = HTTPTransport()

    def calls(thread: int) -> list[bytes]:
        return [transport.send(request(server.url, b"%d:%d" % (thread, i)), 60.0).body for i in range(100)]

    with ScriptedServer(echo) as server, ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(calls, range(32)))
        transport.close()
    assert [[b"%d:%d" % (thread, i) for i in range(100)] for thread in range(32)] == answers


def test_threads_meet_servers_that_close_at_will() -> None:
    """Every answer is right or is a TransportFailure; none is another thread's."""

    def script(peer: Peer) -> None:
        for _ in range(1 + peer.number % 5):
            received = peer.read()
            if received is None or not peer.write(http(received.body)):
                return

    transport = HTTPTransport()

    def calls(thread: int) -> int:
        right = 0
        for i in range(60):
            body = b"%d:%d" % (thread, i)
            try:
                assert transport.send(request(server.url, body), 60.0).body == body
                right += 1
            except TransportFailure as failure:
                assert failure.stale_connection
        return right

    with ScriptedServer(script) as server, ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(calls, range(16))) >= 16 * 60 // 2
        transport.close()


def in_child(work: Callable[[], object]) -> int:
    """Forks, runs `work` in the child, and gives its exit status: 0 when it returned something true."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.alarm(60)  # a child that hangs must not outlive the tests
        status = 0 if work() else 2
    finally:
        os._exit(status)


def status_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_after_a_fork_both_sides_go_on_apart() -> None:
    transport = HTTPTransport()
    with ScriptedServer(echo) as server:

        def calls(who: bytes) -> bool:
            return all(
                transport.send(request(server.url, who + b"%d" % i), 20.0).body == who + b"%d" % i for i in range(50)
            )

        assert calls(b"before")
        children = [in_child(lambda name=b"child%d" % n: calls(name)) for n in range(3)]  # type: ignore[misc]
        assert calls(b"parent")
        assert [0, 0, 0] == [status_of(child) for child in children]
        assert calls(b"after")
        used: dict[int, set[bytes]] = {}
        for number, received in server.received:
            who = received.body.rstrip(b"0123456789") + received.body[5:6] * received.body.startswith(b"child")
            used.setdefault(number, set()).add(who)
        # the parent keeps its connection throughout; each child has one of its own
        assert {b"before", b"parent", b"after"} == used.pop(0)
        assert [{b"child0"}, {b"child1"}, {b"child2"}] == sorted(used.values(), key=sorted)
        transport.close()


def test_a_child_closes_its_copies_of_the_parents_sockets() -> None:
    """Those of connections in use included: else the server never learns that the parent has closed."""
    transport = HTTPTransport()
    asked, go_on = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        received = peer.read()
        assert received is not None
        if received.body == b"slow":
            asked.set()
            assert go_on.wait(20)
        peer.write(http(received.body))
        peer.closed_by_client()

    with ScriptedServer(script) as server:
        transport.send(request(server.url, b"kept"), 20.0)
        kept = [connection._sock.fileno() for connection in transport._open]
        busy = threading.Thread(target=transport.send, args=(request(server.url, b"slow"), 20.0))
        transport._pool.reset_after_fork()  # so that the slow one opens another
        busy.start()
        assert asked.wait(20)
        copies = [connection._sock.fileno() for connection in transport._open]
        assert len(copies) == 2 and set(kept) < set(copies)

        def closed() -> bool:
            for descriptor in copies:
                try:
                    os.fstat(descriptor)
                except OSError:
                    continue
                return False
            return not transport._open

        assert 0 == status_of(in_child(closed))
        go_on.set()
        busy.join()
        for connection in list(transport._open):
            connection.close()


def test_a_fork_while_another_thread_holds_the_lock() -> None:
    transport = HTTPTransport()
    with ScriptedServer(echo) as server:
        transport.send(request(server.url, b"x"), 20.0)
        held, release = threading.Event(), threading.Event()

        def hold() -> None:
            with transport._pool._lock:
                held.set()
                release.wait(20)

        thread = threading.Thread(target=hold)
        thread.start()
        assert held.wait(20)

        def work() -> bool:
            body = transport.send(request(server.url, b"child"), 20.0).body
            transport.close()  # as at the child's exit
            return body == b"child"

        child = in_child(work)
        release.set()
        thread.join()
        assert 0 == status_of(child)
        transport.close()


def test_a_forked_process_ends_without_a_word() -> None:
    """A whole program with warnings as errors: nothing is left unclosed on either side."""
    program = """
        import os, sys
        from cloudpy._transports import Request
        from cloudpy._transports.blocking import HTTPTransport
        transport = HTTPTransport()
        def call(): return transport.send(Request("POST", sys.argv[1], [("Host", "x")], b"x"), 20.0).body
        assert call() == b"x"
        child = os.fork()
        assert call() == b"x"
        if child:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    """
    with ScriptedServer(echo) as server:
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(program), server.url],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=Path(__file__).parents[2],
        )
    assert (0, "") == (done.returncode, done.stderr)
    assert 2 == server.connections
