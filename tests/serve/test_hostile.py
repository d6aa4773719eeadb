"""Requests that nobody should send: each refused or answered without harm, each logged, and the server serves on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from .hostile_requests import CONTEXT, HARMLESS, HOSTILE, PATHS, SECRET, TRUSTED, packed
from .serving import PROGRAMS, Serving, post, read_answer


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with Serving(PROGRAMS / "raises", "--max-body", "100000", "--trust-headers", "--production") as server:
        yield server


def test_there_are_more_than_a_hundred() -> None:
    assert len({data for data, _ in HOSTILE.values()} | {data for data, _ in HARMLESS.values()} | set(PATHS)) > 120


def logged_before_the_next(server: Serving) -> list[dict[str, Any]]:
    """What the log says of the request before this call; and a well-behaved one is served."""
    mark = f"mark-{uuid.uuid4().hex}"
    answer = server.post({"names": ["time_limit_in_ms"]}, {"X-Request-Id": mark})
    assert answer.json() == {"context": {"time_limit_in_ms": 60000}}
    server.line("access", requestId=mark)
    last = next(index for index, line in enumerate(server.lines) if line.get("requestId") == mark)
    begun = max((i + 1 for i in range(last) if server.lines[i].get("requestId", "").startswith("mark-")), default=0)
    return server.lines[begun:last]


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_the_next_one_served(server: Serving, name: str) -> None:
    data, statuses = HOSTILE[name]
    logged_before_the_next(server)
    answer = server.send(data)
    assert answer.status in statuses, answer
    assert SECRET.encode() not in answer.body
    assert b"Traceback" not in answer.body
    lines = logged_before_the_next(server)
    # one that is no HTTP at all may be refused in several pieces
    assert lines
    assert {"refused"} == {line["log"] for line in lines} or [answer.status] == [line["status"] for line in lines]


@pytest.mark.parametrize("name", HARMLESS)
def test_it_is_answered_and_nobody_is_believed(server: Serving, name: str) -> None:
    data, seen = HARMLESS[name]
    logged_before_the_next(server)
    answer = server.send(data)
    assert (200, seen) == (answer.status, answer.json())
    assert [200] == [line["status"] for line in logged_before_the_next(server)]


def test_a_caller_who_hangs_up_amid_the_body_is_no_error_of_the_functions(server: Serving) -> None:
    with server.connect() as connection:
        connection.sendall(post(b'{"a"', {"Content-Length": "50", "X-Request-Id": "hangs-up"}))
    line = server.line("access", requestId="hangs-up")
    assert (400, "the caller hung up before the body was over") == (line["status"], line["error"])
    assert not [each for each in logged_before_the_next(server) if each["log"] == "error"]


def test_what_is_logged_of_them_holds_no_secret(server: Serving) -> None:
    tokens = {"X-WX-CLOUDBASE-ACCESS-TOKEN": SECRET, "Authorization": SECRET, CONTEXT: packed({"uid": SECRET})}
    assert server.post({}, {**TRUSTED, **tokens}, f"/?token={SECRET}").status == 200
    assert server.send(post(b"{", {**TRUSTED, **tokens})).status == 400
    for data in (HOSTILE[name][0] for name in HOSTILE):
        server.send(data)
    assert server.post({"end of this test": True}, {"X-Request-Id": "the-last"}).status == 200
    server.line("access", requestId="the-last")
    assert SECRET not in server.text
    assert "refused" in {line["log"] for line in server.lines}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_leads_nowhere_but_to_the_handler(server: Serving, path: str) -> None:
    answer = server.post({"names": ["function_name"]}, path=path)
    assert answer.status == 200
    assert answer.json() == {"context": {"function_name": "index"}}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("value", ["a\u001b[31mred", "x" * 500, "a b", "{}", "1\ttab", "'; drop"])
def test_a_request_id_that_cannot_be_logged_safely_is_replaced(server: Serving, value: str) -> None:
    answer = server.post({}, {"X-Request-Id": value})
    assert answer.status in (200, 400)  # the parser itself refuses some
    assert answer.headers.get("x-request-id", "") != value


@pytest.mark.parametrize(
    "sent", [b"", b"P", b"POST / HTTP/1.1\r\nHost: a\r\nX-A: b"], ids=["nothing", "a letter", "headers"]
)
def test_many_who_never_finish_their_headers_keep_nobody_else_from_being_served(server: Serving, sent: bytes) -> None:
    slow = [server.connect() for _ in range(100)]
    for connection in slow:
        connection.sendall(sent)
    assert server.post({}).status == 200
    for connection in slow:
        connection.close()
    assert server.post({}).status == 200


def test_a_body_that_takes_too_long_is_refused() -> None:
    program = "\n".join(
        (
            "from cloudpy.cli import main",
            "from cloudpy.runtime import connection, connections",
            "connection.BODY_TIMEOUT = connections.SWEEP_INTERVAL = 0.1",
            "main()",
        )
    )
    with Serving(PROGRAMS / "raises", program=program) as impatient, impatient.connect() as connection:
        connection.sendall(post(b'{"a', {"Content-Length": "50"}))
        answer = read_answer(connection)
        assert (408, "close") == (answer.status, answer.headers["connection"])
        assert 408 == impatient.line("access")["status"]
        assert impatient.post({}).status == 200


def test_many_slow_bodies_keep_nobody_else_from_being_served(server: Serving) -> None:
    slow = [server.connect() for _ in range(100)]
    for connection in slow:
        connection.sendall(post(b'{"a', {"Content-Length": "50000"}))
    assert server.post({}).status == 200
    for connection in slow:
        connection.close()
    assert server.post({}).status == 200
