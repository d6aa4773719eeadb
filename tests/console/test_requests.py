"""The requests of the console's API from outside of the page: who may, what is rejected, what is answered."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.devserver.console.api import ROUTES, Api, query_fields
from cloudpy.devserver.console.route import ConsoleError, Request, Route
from cloudpy.devserver.console.shapes import ShapeError, check, convert_query, hints
from tests.devserver.dev_process import PATIENCE, Answer, Dev, eventually, write

HELLO = "def main(event, context):\n    print('said', event)\n    return event\n"
PRINTS = "def main(event, context):\n    for n in range(event['lines']):\n        print('line', n)\n"
FAILS = "def main(event, context):\n    items = []\n    return items[event['at']]\n"
API = "/_console/api"
CHANGING = [route for route in ROUTES if route.changes]
WITH_JSON = [route for route in CHANGING if route.body not in (None, bytes)]


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    project = tmp_path_factory.mktemp("project")
    write(
        project / "hello",
        index=HELLO,
        config='{"triggers": [{"name": "t", "type": "timer", "config": "0 0 2 * * * *"}]}',
    )
    write(project / "prints", index=PRINTS, config='{"timeout": 60}')
    write(project / "fails", index=FAILS, env="PASSWORD=hunter2hunter2\nCOLOUR=red\n")
    with Dev(project) as dev:
        yield dev


def token(dev: Dev) -> str:
    return str(dev.said(lambda line: line["log"] == "ready")["console"].partition("?token=")[2])


def call(dev: Dev, method: str, path: str, value: Any = None, **headers: str) -> Answer:
    """A request with the token."""
    body = None if value is None else json.dumps(value)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    kind = {"content-type": "application/json"} if body else {}
    return dev.request(method, API + path, body, {"x-console-token": token(dev), **kind, **named})


def address(route: Route) -> str:
    return API + "/".join("x" if part.startswith("{") else part for part in route.path.split("/"))


def test_every_route_is_there_once_and_is_described() -> None:
    assert len(ROUTES) == len({(route.method, route.path) for route in ROUTES})
    for route in ROUTES:
        assert route.summary.endswith(".") and route.zh.endswith("。"), route.path
        assert not (route.changes and route.method == "GET"), route.path
        api = Api(ROUTES)
        assert route is api.find(route.method, route.path.replace("{", "").replace("}", ""))[0] or "{" in route.path


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_pages_of_other_origins_are_rejected(dev: Dev, route: Route) -> None:
    secret = {"x-console-token": token(dev)}
    for headers in (
        {"Host": "evil.example"},
        {"Host": f"rebound.example:{dev.port}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{dev.port + 1}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = dev.request(route.method, address(route), b"{}", {**secret, **headers})
        assert 403 == answer.status, headers
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: f"{route.method} {route.path}")
def test_changes_need_the_token(dev: Dev, route: Route) -> None:
    for headers in (
        {},
        {"x-console-token": ""},
        {"x-console-token": token(dev)[:-1]},
        {"cookie": f"token={token(dev)}"},
    ):
        answer = dev.request(route.method, address(route), b"{}", headers)
        assert (403, "TOKEN_NEEDED") == (answer.status, answer.json()["errCode"]), headers
        assert token(dev) not in answer.body.decode()
    assert 403 == dev.request(route.method, f"{address(route)}?token={token(dev)}", b"{}").status


@pytest.mark.parametrize("route", WITH_JSON, ids=lambda route: f"{route.method} {route.path}")
def test_a_wrong_body_is_an_error_in_words(dev: Dev, route: Route) -> None:
    for body in (b"{", b"[1, 2]", b'"x"', b"null", b"\xff{}", b'{"a": NaN}', b"[" * 100_000, b'{"no such key": 1}'):
        answer = call_bytes(dev, route, body)
        assert 400 <= answer.status < 500, body[:20]
        assert answer.json()["errMsg"] and "Traceback" not in answer.body.decode()


def call_bytes(dev: Dev, route: Route, body: bytes) -> Answer:
    headers = {"x-console-token": token(dev), "content-type": "application/json"}
    return dev.request(route.method, address(route), body, headers)


def test_pages_and_their_files_are_safe(dev: Dev) -> None:
    for path in (
        "/_console/",
        "/_console/invocations/abc",
        "/_console/static/app.js",
        "/_console/..%2f..%2fetc%2fpasswd",
    ):
        answer = dev.request("GET", path)
        assert 200 == answer.status
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert (
            "unsafe" not in answer.headers["content-security-policy"]
            and "nosniff" == answer.headers["x-content-type-options"]
        )
        assert "root:" not in answer.body.decode()
    for path in (
        "/_console/static/../server.py",
        "/_console/static/%2e%2e/server.py",
        "/_console/static//etc/passwd",
        "/_console/static/none.js",
    ):
        assert 404 == dev.request("GET", path).status
    assert 405 == dev.request("POST", "/_console/").status
    browser = dev.request("GET", "/", headers={"Accept": "text/html,*/*"})
    assert (302, "/_console/") == (browser.status, browser.headers["location"])
    assert {"hello", "prints", "fails"} == {one["function"] for one in dev.request("GET", "/").json()["functions"]}


def test_without_the_console_there_is_none(tmp_path: Path) -> None:
    write(tmp_path / "hello", index=HELLO)
    with Dev(tmp_path, "--no-console") as dev:
        assert "" == dev.lines[0]["console"]
        assert 404 == dev.request("GET", "/_console/").status
        assert 404 == dev.request("GET", f"{API}/status").status
        assert 200 == dev.request("GET", "/", headers={"Accept": "text/html"}).status


@pytest.mark.parametrize(("asked", "goal"), [("/_console", "/_console/"), ("/_console?token=a", "/_console/?token=a")])
def test_the_address_without_its_last_slash_leads_there(dev: Dev, asked: str, goal: str) -> None:
    answer = dev.request("GET", asked)
    assert (302, goal) == (answer.status, {k.lower(): v for k, v in answer.headers.items()}["location"])


def test_an_unknown_path_and_a_wrong_method_say_so(dev: Dev) -> None:
    assert 404 == call(dev, "GET", "/nothing").status
    assert 405 == call(dev, "DELETE", "/status").status
    wrong = call(dev, "GET", "/invocations?colour=red")
    assert (400, True) == (wrong.status, "unknown query field 'colour'" in wrong.json()["errMsg"])
    assert 400 == call(dev, "GET", "/invocations?limit=many").status
    assert 404 == call(dev, "GET", "/functions/nobody").status
    assert 404 == call(dev, "GET", "/invocations/none").status


def test_an_invocation_with_all_that_is_known(dev: Dev) -> None:
    done = call(dev, "POST", "/functions/hello/invoke", {"event": {"a": 1, "password": "pw"}, "openid": "o-bob"}).json()
    assert ("result", 1, "o-bob") == (done["kind"], done["result"]["a"], done["result"]["userInfo"]["openId"])
    one = call(dev, "GET", f"/invocations/{done['id']}").json()
    assert ({"a": 1, "password": "***"}, "o-bob", "client", 1) == (
        one["event"],
        one["openid"],
        one["trigger"],
        one["lines"],
    )
    (line,) = call(dev, "GET", f"/logs?invocation={done['id']}").json()["items"]
    assert line["text"].startswith("said {'a': 1") and "pw" not in line["text"].replace("password", "")
    failed = call(dev, "POST", "/functions/fails/invoke", {"event": {"at": 3}}).json()
    one = call(dev, "GET", f"/invocations/{failed['id']}").json()
    assert "IndexError" in one["error"]["errMsg"]
    assert [3, "    return items[event['at']]"] in one["frames"][-1]["code"]
    found = call(dev, "GET", "/invocations?state=failed&function=fails&search=IndexError").json()
    assert (1, failed["id"]) == (found["total"], found["items"][0]["id"])
    assert 0 == call(dev, "GET", "/invocations?search=100%25").json()["total"]  # no wildcards


def test_a_function_with_its_settings(dev: Dev) -> None:
    one = call(dev, "GET", "/functions/fails").json()
    assert [("COLOUR", "red", False), ("PASSWORD", "***", True)] == [tuple(v.values()) for v in one["variables"]]
    assert call(dev, "POST", "/functions/fails/permissions", {"apis": ["subscribeMessage.send"]}).status == 200
    assert ["subscribeMessage.send"] == call(dev, "GET", "/functions/fails").json()["permissions"]["allowed"]
    assert 400 == call(dev, "POST", "/functions/fails/permissions", {"apis": ["<b>.x"]}).status
    fired = call(dev, "POST", "/functions/hello/timers/t").json()
    assert "Timer" == fired["result"]["Type"]
    assert 404 == call(dev, "POST", "/functions/hello/timers/other").status
    (timer,) = call(dev, "GET", "/timers").json()["timers"]
    assert 3 == len(timer["next"])
    assert {"firing": True} == call(dev, "PUT", "/timers", {"firing": True}).json()
    assert call(dev, "GET", "/timers").json()["firing"]
    call(dev, "PUT", "/timers", {"firing": False})


def test_events_are_saved_as_files(dev: Dev) -> None:
    saved = call(dev, "PUT", "/functions/hello/events/%E4%B8%80%20b", {"event": {"n": 1, "token": "abc"}}).json()
    path = Path(saved["path"])
    assert ("events", "一 b.json") == (path.parent.name, path.name)
    assert {"n": 1, "token": "***"} == json.loads(path.read_text("utf-8"))
    assert ["一 b"] == call(dev, "GET", "/functions/hello/events").json()
    assert 1 == call(dev, "GET", "/functions/hello/events/%E4%B8%80%20b").json()["n"]
    for name in ("..", "..%2fx", ".hidden", "a%00b", "x" * 70, "%20", "a.", "a%5cb"):
        answer = call(dev, "PUT", f"/functions/hello/events/{name}", {"event": {}})
        assert answer.status == 400, name
    assert 200 == call(dev, "DELETE", "/functions/hello/events/%E4%B8%80%20b").status
    assert not path.parent.exists()
    assert 404 == call(dev, "DELETE", "/functions/hello/events/none").status


def test_events_that_are_too_large(dev: Dev) -> None:
    event = {"event": {"text": "x" * 10_000_000}}
    answer = call(dev, "POST", "/functions/hello/invoke", event)
    assert (413, "EXCEED_MAX_PAYLOAD_SIZE") == (answer.status, answer.json()["errCode"])
    assert 413 == call(dev, "PUT", "/functions/hello/events/big", {"event": {"text": "x" * 17_000_000}}).status


@pytest.mark.once
@pytest.mark.skipif(not Path("/proc").exists(), reason="reads the memory of a process")
def test_many_lines_and_invocations_take_no_memory(dev: Dev) -> None:
    def resident() -> int:
        status = Path(f"/proc/{dev.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) // 1024  # MB

    before = resident()
    done = call(dev, "POST", "/functions/prints/invoke", {"event": {"lines": 250_000}}).json()
    assert "result" == done["kind"]
    last = eventually(lambda: call(dev, "GET", "/logs?search=line%20249999").json()["items"])
    assert done["id"] == last[0]["invocation"]
    assert call(dev, "GET", "/logs").json()["total"] <= 200_000
    for _ in range(300):
        dev.post("hello", {"text": "x" * 1000})
    assert resident() - before < 120


def test_the_stream_of_events(dev: Dev) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", dev.port, timeout=PATIENCE)
    connection.request("GET", f"{API}/events")
    with connection.getresponse() as stream:
        assert "text/event-stream; charset=utf-8" == stream.getheader("content-type")
        read_event(stream, "hello")
        made = dev.post("hello", {"a": 1}).headers["x-request-id"]
        seen: list[str] = []
        while len(seen) < 2:
            event = read_event(stream, "invocation")
            seen += [event["kind"]] if event["id"] == made else []
    connection.close()
    assert ["", "result"] == seen


def read_event(stream: Any, kind: str) -> Any:
    found = ""
    for raw in stream:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            found = line[7:]
        elif line.startswith("data: ") and found == kind:
            return json.loads(line[6:])
    raise AssertionError(f"no {kind}")


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SHAPES = [route.body for route in ROUTES if route.body not in (None, bytes)]


@given(VALUES, st.sampled_from(SHAPES))
def test_any_value_has_a_shape_or_a_reason(value: Any, shape: Any) -> None:
    try:
        assert value == check(value, shape)
    except ShapeError as error:
        assert str(error)


@given(st.dictionaries(st.sampled_from(["function", "limit", "state", "x"]), st.text(max_size=5)))
def test_any_query_has_a_shape_or_a_reason(fields: dict[str, str]) -> None:
    shape = next(route.query for route in ROUTES if route.path == "/invocations")
    try:
        assert fields.keys() == convert_query(fields, shape).keys() <= hints(shape).keys()
    except ShapeError as error:
        assert str(error)


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]), st.text(max_size=40))
def test_any_path_has_a_route_or_a_reason(method: str, path: str) -> None:
    try:
        route, params = Api(ROUTES).find(method, path)
        assert route.method == method and set(params) == {p[1:-1] for p in route.path.split("/") if p.startswith("{")}
        query_fields(path)
    except ConsoleError as error:
        assert error.status in (400, 404, 405)


def test_a_request_without_a_body_is_null() -> None:
    assert Request({}, {}).json is None
    with pytest.raises(ConsoleError):
        _ = Request({}, {}, b"", shape=dict[str, int]).json


def test_the_port_of_the_page_is_that_of_the_functions(dev: Dev) -> None:
    assert urlsplit(dev.lines[0]["console"]).port == dev.port
