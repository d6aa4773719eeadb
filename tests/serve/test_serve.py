"""The server seen from outside: limits, health, errors, and who is believed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from .serving import PROGRAMS, Serving, post, read_answer

ALICE = {"X-WX-Source": "wx_client", "X-WX-OPENID": "o-alice"}


@pytest.fixture(scope="module")
def slow() -> Iterator[Serving]:
    with Serving(PROGRAMS / "slow", "--timeout", "0.2") as server:
        yield server


@pytest.mark.parametrize("event", [{"forever": True}, {"cleans up": True}])
def test_an_invocation_past_its_time_limit(slow: Serving, event: dict[str, bool]) -> None:
    answer = slow.post(event)
    assert answer.status == 504
    assert answer.json()["code"] == "SERVER_TIMEOUT"
    assert answer.json()["requestId"] == answer.headers["x-request-id"]
    assert slow.line("access", status=504)["error"] == "TimeLimitError"
    assert slow.post({"number": 1}).json()["number"] == 1


def test_one_that_does_not_let_itself_be_cancelled_is_answered_for(slow: Serving) -> None:
    answer = slow.post({"stubborn": True})
    assert answer.status == 504
    assert answer.json()["code"] == "SERVER_TIMEOUT"
    assert slow.post({"number": 1}).json()["number"] == 1
    assert slow.post({"open": True}).status == 200


def test_one_that_cancels_itself_harms_nobody(slow: Serving) -> None:
    assert slow.post({"cancels itself": True}).status == 500
    assert slow.post({"number": 1}).json()["number"] == 1


def test_a_thread_past_its_time_limit() -> None:
    with Serving(PROGRAMS / "slow", "--handler", "index.blocking", "--timeout", "0.2") as server:
        assert server.post({"gate": True}).status == 504
        assert server.post({"number": 1}).json()["number"] == 1
        assert server.post({"open": True}).status == 200


def test_unhealthy_when_no_thread_is_left() -> None:
    with Serving(PROGRAMS / "slow", "--handler", "index.blocking", "--timeout", "0.2") as server, ExitStack() as stack:
        assert server.send(b"HEAD /_healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200
        connections = [stack.enter_context(server.connect()) for _ in range(64)]
        for connection in connections:
            connection.sendall(post(b'{"gate": true}'))
        assert {504} == {read_answer(connection).status for connection in connections}
        assert server.send(b"GET /_healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 503


def test_more_at_once_than_it_takes() -> None:
    with Serving(PROGRAMS / "slow", "--concurrency", "2", "--timeout", "5") as server, ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(2)]
        for connection in held:
            connection.sendall(post(b'{"gate": true}'))
        while (answer := server.post({})).status == 200:  # until both have arrived
            pass
        assert answer.status == 429
        assert answer.json()["code"] == "TOO_MANY_REQUESTS"
        assert server.send(b"HEAD /_healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200
        held.pop().close()  # the invocation goes on without its caller, and keeps its place
        assert server.post({}).status == 429


@pytest.fixture(scope="module")
def production() -> Iterator[Serving]:
    with Serving(PROGRAMS / "raises", "--production") as server:
        yield server


@pytest.fixture(scope="module")
def development() -> Iterator[Serving]:
    with Serving(PROGRAMS / "raises") as server:
        yield server


def test_in_production_an_error_is_for_the_log_alone(production: Serving) -> None:
    answer = production.post({"kind": "raise"}, {"X-Request-Id": "r-1"})
    assert answer.status == 500
    assert answer.json() == {"code": "SYS_ERR", "message": "System Error.", "requestId": "r-1"}
    stack = production.line("error", requestId="r-1")["stack"]
    assert stack.startswith("Traceback") and "index.py" in stack and "cloudpy" not in stack.replace("cloudpy as", "")


def test_in_development_the_caller_is_its_author(development: Serving) -> None:
    told = development.post({"kind": "raise"}).json()
    assert told["stack"].endswith("ValueError: about the user s3cr3t-value\n")


FOREIGN = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "10.0.0.1"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_in_development_no_web_page_reaches_the_function(
    development: Serving, production: Serving, headers: dict[str, str]
) -> None:
    refused = development.post({"kind": "raise"}, headers)
    assert (403, "INVALID_REQUEST_SOURCE") == (refused.status, refused.json()["code"])
    assert 403 == development.send(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").status
    assert 200 == development.send(b"GET /_healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n").status
    assert 200 == development.post({}, {"Host": f"localhost:{development.port}"}).status
    assert 200 == production.post({}, headers).status  # whose names are its owner's business


def test_a_page_of_its_own_may_call_it(development: Serving) -> None:
    own = {"Host": "localhost:1", "Origin": "http://localhost:1", "Sec-Fetch-Site": "same-origin"}
    assert 200 == development.post({}, own).status


@pytest.mark.parametrize("kind", ["cloud", "exit", "unsendable", "bad header", "bad name", "bad status"])
def test_what_goes_wrong_in_one_invocation_stays_there(production: Serving, kind: str) -> None:
    answer = production.post({"kind": kind})
    assert answer.status == 500
    assert "set-cookie" not in answer.headers
    assert production.post({}).json() == {"context": {}}


def test_sys_exit_in_a_thread_ends_its_invocation_alone() -> None:
    with Serving(PROGRAMS / "raises", "--handler", "index.blocking") as server:
        assert "sys.exit(3)" in server.post({"kind": "exit"}).json()["stack"]
        assert server.post({}).json() == {"fine": True}


def test_the_context_of_an_invocation(production: Serving) -> None:
    names = ["request_id", "eventID", "eventType", "function_name", "time_limit_in_ms", "httpContext"]
    told = production.post({"names": names}, {"X-Request-Id": "r-2", "X-WX-OPENID": "o-forged"}, "/a?b=c")
    context = told.json()["context"]
    assert [context[name] for name in names[:5]] == ["r-2", "r-2", "http", "index", 60000]
    assert context["httpContext"]["url"] == "/a?b=c"
    assert context["httpContext"]["httpMethod"] == "POST"
    assert "x-wx-openid" not in context["httpContext"]["headers"]
    assert told.headers["x-request-id"] == "r-2"


def environment_of(server: Serving, headers: dict[str, str]) -> dict[str, str]:
    told = server.post({"names": ["environment"]}, headers).json()["context"]["environment"]
    variables: dict[str, str] = json.loads(told)
    return variables


def test_headers_that_say_who_calls_are_believed_where_nobody_can_forge_them(
    production: Serving, development: Serving
) -> None:
    assert environment_of(production, ALICE) == {}
    assert environment_of(development, ALICE)["WX_OPENID"] == "o-alice"
    assert environment_of(development, {"X-WX-OPENID": "o-forged"}) == {}
    assert environment_of(development, {"X-WX-OPENID": "o-forged", "X-WX-Source": ""}) == {}
    with Serving(PROGRAMS / "raises", environment={"CBR_ENV_ID": "prod-1"}) as cloud_run:
        assert environment_of(cloud_run, ALICE)["WX_OPENID"] == "o-alice"
        assert environment_of(cloud_run, {"X-WX-OPENID": "o-forged"}) == {}
        assert "stack" not in cloud_run.post({"kind": "raise"}).json()
    with Serving(PROGRAMS / "raises", "--no-trust-headers") as careful:
        assert environment_of(careful, ALICE) == {}


def test_a_body_that_waits_for_leave_is_taken(production: Serving) -> None:
    with production.connect() as connection:
        head, body = post(b'{"names": []}', {"Expect": "100-continue"}).split(b"\r\n\r\n")
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert read_answer(connection).json() == {"context": {}}


def test_many_requests_on_one_connection(production: Serving) -> None:
    with production.connect() as connection:
        for _ in range(50):
            connection.sendall(post(b"{}"))
            assert read_answer(connection).status == 200


def test_the_probe_for_message_push_is_answered_without_the_handler(production: Serving) -> None:
    answer = production.post({"action": "CheckContainerPath"})
    assert (answer.status, answer.body) == (200, b"success")


def test_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Serving(PROGRAMS / "slow", "--host", "::1") as server:
        with socket.create_connection(("::1", server.port)) as connection:
            connection.sendall(post(b"{}"))
            assert read_answer(connection).status == 200
