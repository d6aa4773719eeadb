"""Many users at once in one process: each sees itself, before, during and after the others."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any

import pytest

from .serving import PROGRAMS, Answer, Serving, post, read_answer

USERS = 200
BODY = b'{"together": %d}' % USERS


def headers(number: int) -> dict[str, str]:
    return {"X-WX-Source": "wx_client", "X-WX-OPENID": f"o-{number}"}


def together(server: Serving, count: int, first: int, stack: ExitStack) -> list[tuple[socket.socket, int]]:
    """Sends `count` requests before reading an answer to any."""
    sent = []
    for number in range(first, first + count):
        connection = stack.enter_context(server.connect())
        connection.sendall(post(BODY, headers(number)))
        sent.append((connection, number))
    return sent


def own(answer: Answer, number: int) -> Any:
    told = answer.json()
    assert told["left behind"] is None
    assert set(told["seen"]) == {f"o-{number}"}
    return told


def test_two_hundred_async_invocations_that_wait_for_each_other() -> None:
    with Serving(PROGRAMS / "who") as server, ExitStack() as stack:
        for connection, number in together(server, USERS, 0, stack):
            own(read_answer(connection), number)
            # the same connection, somebody else: nothing is left of the one before
            connection.sendall(post(BODY, headers(number + 1000)))
            own(read_answer(connection), number + 1000)
            connection.sendall(post(BODY))
            assert read_answer(connection).json() == {"left behind": None, "seen": [None] * 5}


def test_two_hundred_sync_invocations_of_which_forty_meet_at_a_time() -> None:
    with Serving(PROGRAMS / "who", "--handler", "index.in_threads") as server, ExitStack() as stack:
        for connection, number in together(server, USERS, 0, stack):
            own(read_answer(connection), number)


@pytest.mark.parametrize("handler", ["index.main", "index.in_threads"])
def test_threads_of_many_invocations_know_their_own_user(handler: str) -> None:
    with Serving(PROGRAMS / "threads", "--handler", handler) as server, ExitStack() as stack:
        for connection, number in together(server, 60, 0, stack):
            told = read_answer(connection).json()
            assert [f"o-{number}"] * 5 == told["users"]
            # whom a thread works for cannot be known here: the error says what to use instead
            assert "several invocations at a time" in told["thread"] and "copy_context" in told["thread"]
