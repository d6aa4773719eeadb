"""Paths, options, identity, limits and errors of mounted functions, in ASGI and in WSGI."""

from __future__ import annotations

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy import asgi, wsgi
from cloudpy.runtime import LoadError, ResultError
from cloudpy.runtime.adapters.stream import StreamingResponse
from cloudpy.runtime.errors import TimeLimitError
from tests.mounting import functions
from tests.mounting.client import call, call_wsgi


def both(mounted: dict[str, Any], path: str, options: dict[str, Any] | None = None, **request: Any) -> Any:
    """Return the one answer that both kinds of application give, without its request id."""
    client = request.pop("client", ("127.0.0.1", 5))
    over_asgi = asyncio.run(call(asgi.mount(mounted, **(options or {})), path, client=client, **request))
    over_wsgi = call_wsgi(wsgi.mount(mounted, **(options or {})), path, REMOTE_ADDR=client[0], **request)
    answers = []
    for status, headers, body in (over_asgi, over_wsgi):
        request_id = headers.pop("x-request-id", "")
        answers.append((status, headers, body.replace(request_id.encode(), b"ID") if request_id else body))
    assert answers[0] == answers[1]
    return answers[0]


WX = {"x-wx-source": "wx_client", "x-wx-openid": "o-1"}


@pytest.mark.parametrize(
    ("client", "trusted", "openid"),
    [
        ("127.0.0.1", ["127.0.0.1"], "o-1"),
        ("10.1.2.3", ["10.0.0.0/8"], "o-1"),
        ("::1", ["::1"], "o-1"),
        ("::ffff:10.1.2.3", ["10.0.0.0/8"], "o-1"),
        ("11.1.2.3", ["10.0.0.0/8"], None),
        ("127.0.0.1", [], None),
        ("", ["0.0.0.0/0"], None),
        ("unix:", ["0.0.0.0/0"], None),
    ],
)
def test_identity_counts_only_from_trusted_proxies(client: str, trusted: list[str], openid: str | None) -> None:
    _, _, body = both({"/": functions.who}, "/", {"trusted_proxies": trusted}, headers=WX, client=(client, 5))
    assert openid == json.loads(body)["openid"]


def url(event: Any, context: dict[str, Any]) -> Any:
    return context["httpContext"]["url"]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/a", "", "a /"),
        ("/a/", "", "a /"),
        ("/a/b/c", "x=1&y=%20", "b /c?x=1&y=%20"),
        ("/a/bc", "", "a /bc"),
        ("/ab", "", None),
        ("/", "", None),
    ],
)
def test_the_longest_path_wins_and_the_rest_is_the_functions(path: str, query: str, expected: str | None) -> None:
    mounted = {"/a": lambda e, c: f"a {url(e, c)}", "/a/b/": lambda e, c: f"b {url(e, c)}"}
    status, _, body = both(mounted, path, query=query)
    assert (404 if expected is None else 200) == status
    assert expected is None or expected == body.decode()


def test_the_path_above_the_application_is_not_the_functions() -> None:
    application = asgi.app(url)
    assert b"/x" == asyncio.run(call(application, "/fn/x", root="/fn"))[2]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"method": "TRACE"}, 405, "INVALID_METHOD"),
        ({"method": "POST", "body": b"x" * 11, "headers": {"content-type": "text/plain"}}, 413, "BODY_TOO_LARGE"),
        ({"method": "POST", "body": b"{", "headers": {"content-type": "application/json"}}, 400, "BAD_REQUEST"),
    ],
)
def test_what_never_reaches_the_function_is_answered_by_name(request_: Any, status: int, code: str) -> None:
    got, _, body = both({"/": functions.who}, "/", {"max_body": 10}, **request_)
    assert (status, code) == (got, json.loads(body)["code"])


def test_a_length_that_is_not_a_number_is_rejected() -> None:
    assert 413 == call_wsgi(wsgi.app(functions.who), CONTENT_LENGTH="abc")[0]


def test_an_error_shows_its_traceback_only_outside_production(caplog: pytest.LogCaptureFixture) -> None:
    status, _, body = both({"/": functions.fails}, "/")
    assert (500, False) == (status, b"secret detail" in body)
    _, _, body = both({"/": functions.fails}, "/", {"production": False})
    assert b"secret detail" in body
    assert "secret detail" in caplog.text


@pytest.mark.parametrize("error", [StopIteration, StopAsyncIteration, asyncio.CancelledError, SystemExit])
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_whatever_a_handler_raises_is_answered(error: type[BaseException], is_async: bool) -> None:
    def raises(event: Any, context: Any) -> None:
        raise error

    async def raises_async(event: Any, context: Any) -> None:
        raise error

    status, _, body = both({"/": raises_async if is_async else raises}, "/")
    assert (500, "SYS_ERR") == (status, json.loads(body)["code"])


def answer(application: Any, query: str = "") -> str:
    """Return the answer in an event loop of its own; a wait in vain ends with a 504."""
    return str(asyncio.run(call(application, query=query))[2].decode())


def test_an_application_answers_in_one_event_loop_after_another() -> None:
    application = asgi.app(url, timeout=5)
    assert ["/?0", "/?1", "/?2"] == [answer(application, str(number)) for number in range(3)]


def test_an_application_answers_in_event_loops_of_several_threads() -> None:
    application = asgi.app(url, timeout=5)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda number: answer(application, str(number)), range(20)))
    assert found == [f"/?{number}" for number in range(20)]


def test_an_application_answers_again_after_its_lifespan_has_ended() -> None:
    application = asgi.app(url, timeout=5)
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        pass

    async def main() -> None:
        assert (await call(application))[2] == b"/"
        await application({"type": "lifespan"}, receive, send)
        assert (await call(application))[2] == b"/"

    asyncio.run(main())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_an_application_answers_in_a_child_that_is_forked_after_a_request() -> None:
    application = wsgi.app(url, timeout=5)
    assert call_wsgi(application)[0] == 200
    child = os.fork()
    if not child:
        status = 1
        try:
            status = int(call_wsgi(application)[0] != 200)
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def test_a_slow_handler_ends_at_its_time_limit() -> None:
    status, _, body = both({"/": functions.slow}, "/", {"timeout": 0.05})
    assert (504, "SERVER_TIMEOUT") == (status, json.loads(body)["code"])


def test_a_generator_ends_at_the_time_limit() -> None:
    with pytest.raises(TimeLimitError):  # the server closes the connection: the body is cut short
        asyncio.run(call(asgi.app(functions.endless, timeout=0.05)))
    with pytest.raises(TimeLimitError):
        call_wsgi(wsgi.app(functions.endless, timeout=0.05))


@pytest.mark.parametrize("name", ["breaks", "breaks_sync"])
def test_an_error_between_pieces_cuts_the_body_short(name: str) -> None:
    for application, ask in ((asgi.app, lambda app: asyncio.run(call(app))), (wsgi.app, call_wsgi)):
        with pytest.raises(KeyError, match="late"):
            ask(application(getattr(functions, name)))


def test_head_has_no_body() -> None:
    assert b"" == both({"/": functions.who}, "/", method="HEAD")[2]
    assert b"" == both({"/": functions.count}, "/", method="HEAD")[2]


def test_more_requests_than_allowed_are_answered_429() -> None:
    application = asgi.app(functions.pauses, concurrency=2)

    async def many() -> list[int]:
        asked = [asyncio.ensure_future(call(application)) for _ in range(3)]
        statuses = [status for status, _, _ in [await asked[2]]]
        functions.go_on.set()
        return statuses + [status for status, _, _ in await asyncio.gather(*asked[:2])]

    assert [429, 200, 200] == asyncio.run(many())


def test_a_folder_is_loaded_with_its_own_modules(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "texts.py").write_text(f"NAME = {name!r}\n", "utf-8")
        (tmp_path / name / "index.py").write_text(
            "from texts import NAME\ndef main(event, context): return NAME\n", "utf-8"
        )
    mounted = {"/1": str(tmp_path / "one"), "/2": tmp_path / "two"}
    assert [b"one", b"two"] == [both(mounted, path)[2] for path in ("/1", "/2")]


@pytest.mark.parametrize(
    ("functions_", "options", "error", "words"),
    [
        ({}, {}, ValueError, "nothing to mount"),
        ({"steps": functions.who}, {}, ValueError, "must start with '/'"),
        ({"/a": functions.who, "/a/": functions.who}, {}, ValueError, "two functions"),
        ({"/a": "no/such/folder"}, {}, LoadError, "no/such/folder"),
        ({"/a": lambda: None}, {}, LoadError, "event"),
        ({"/a": functions.who}, {"protocol": "event"}, ValueError, "'http' or 'access'"),
        ({"/a": functions.who}, {"timeout": 0}, ValueError, "above 0"),
        ({"/a": functions.who}, {"timeout": float("nan")}, ValueError, "above 0"),
        ({"/a": functions.who}, {"timeout": "20"}, ValueError, "timeout must be a number of seconds, got '20'"),
        ({"/a": functions.who}, {"timeout": None}, ValueError, "timeout must be a number of seconds, got None"),
        ({"/a": functions.who}, {"concurrency": "5"}, ValueError, "concurrency must be an integer, got '5'"),
        ({"/a": functions.who}, {"max_body": "6MB"}, ValueError, "max_body must be an integer, of bytes"),
        ({"/a": functions.who}, {"production": "false"}, ValueError, "production must be True or False"),
        ({"/a": functions.who}, {"trusted_proxies": None}, ValueError, "list"),
        ({"/a": functions.who}, {"trusted_proxies": [10]}, ValueError, "list"),
        ([("/a", functions.who)], {}, ValueError, "pass a dict"),
        (functions.who, {}, ValueError, "pass a dict"),
        ({"/a": None}, {}, LoadError, "got a NoneType"),
        ({"/a": functions.who}, {"trusted_proxies": "10.0.0.0/8"}, ValueError, "list"),
        ({"/a": functions.who}, {"trusted_proxies": ["10.0.0/8"]}, ValueError, "10.0.0"),
        ({"/a": functions.who}, {"time_out": 1}, TypeError, "time_out"),
    ],
)
def test_what_cannot_be_mounted_says_why(functions_: Any, options: Any, error: type[Exception], words: str) -> None:
    for mount in (asgi.mount, wsgi.mount):
        with pytest.raises(error, match=words):
            mount(functions_, **options)


def test_lifespan_and_websockets_without_a_fallback() -> None:
    application = asgi.app(functions.who)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def run(scope: str, *types: str) -> None:
        messages = iter([{"type": name} for name in types])

        async def receive() -> Any:
            return next(messages)

        await application({"type": scope, "path": "/"}, receive, send)

    asyncio.run(run("lifespan", "lifespan.startup", "lifespan.shutdown"))
    asyncio.run(run("websocket", "websocket.connect"))
    assert ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"] == sent


def read_events(data: str) -> list[dict[str, str]]:
    """Read a stream of server-sent events as the HTML standard says."""
    events = []
    for block in data.split("\n\n")[:-1]:
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        events.append({name: "\n".join(values) for name, values in fields.items()})
    return events


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
@pytest.mark.once()
def test_server_sent_events_survive_any_text(texts: list[str]) -> None:
    response = StreamingResponse(200, [("Content-Type", "text/event-stream; charset=utf-8")], None)
    stream = b"".join(response.encode_piece({"event": "e", "data": text}) for text in texts).decode()
    expected = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert [{"event": "e", "data": text} for text in expected] == read_events(stream)


@pytest.mark.parametrize("field", ["event", "id", "retry"])
def test_a_field_cannot_start_another_event(field: str) -> None:
    response = StreamingResponse(200, [("content-type", "text/event-stream")], None)
    with pytest.raises(ResultError, match="line breaks"):
        response.encode_piece({field: "a\ndata: forged", "data": "x"})
