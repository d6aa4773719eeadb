"""Calls of mini programs in the simulator of WeChat DevTools: the client, CORS, and what stays closed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudpy.devserver.client import SCRIPT
from cloudpy.devserver.client.origins import OriginError, parse_origin

from ..cli.command import cloudpy
from .dev_process import Dev, write

ORIGIN = "https://servicewechat.com"
LOCAL = """\
users:
  - openid: o-alice
  - openid: o-bob
open_data:
  cid-1: {openid: o-bob, data: {steps: 7}}
database:
  collections:
    todos: []
    many: many.json
"""
pytestmark = pytest.mark.once()


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("project")
    write(folder / "who", index="def main(event, context):\n    return event\n")
    write(folder / "raises", index="def main(event, context):\n    raise ValueError('why')\n")
    write(folder, local_yaml=LOCAL)
    (folder / "many.json").write_text("".join(f'{{"_id": "{number}"}}\n' for number in range(30)))
    with Dev(folder, "--allow-origin", "servicewechat.com", "--allow-origin", "http://localhost:5173") as dev:
        yield dev


@pytest.fixture(scope="module")
def told(dev: Dev) -> dict[str, Any]:
    """What the mini program got."""
    program = Path(__file__).with_name("simulator.js")
    done = subprocess.run(
        ["node", program, SCRIPT, dev.url, ORIGIN, "cid-1"], capture_output=True, encoding="utf-8", timeout=120
    )
    assert 0 == done.returncode, done.stderr
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def test_functions(told: dict[str, Any]) -> None:
    result = told["call"]["result"]
    assert {"cloudID": "cid-1", "data": {"steps": 7}} == result["weRun"]
    assert ("o-bob", 1) == (result["userInfo"]["openId"], result["a"])
    assert "cloud.callFunction:ok" == told["call"]["errMsg"]
    assert told["call"]["requestID"]
    assert "o-bob" == told["byCallback"]["result"]["userInfo"]["openId"]
    assert -504002 == told["failed"]["errCode"]
    assert "ValueError: why" in told["failed"]["errMsg"]
    assert "did you mean 'who'?" in told["misspelt"]["errMsg"]


def test_documents(told: dict[str, Any]) -> None:
    assert {"_id": "a", "errMsg": "collection.add:ok"} == told["added"]
    assert {"updated": 1} == told["updated"]["stats"]
    expected = {"_id": "a", "_openid": "o-bob", "title": "茶", "n": 3, "due": True, "tags": ["x", "y", "z"]}
    assert expected == told["one"]
    assert [{"_id": "b", "n": 5}] == told["found"]
    assert (1, 1) == (told["before"], told["some"])
    assert [{"_id": None, "sum": 8}] == told["sums"]
    assert [{"many": 2}] == told["counted"]
    assert {"type": "Point", "coordinates": [113, 23]} == told["place"]
    assert 1 == len(told["byCallbacks"]["data"])
    assert 20 == told["many"], "as much as a mini program reads at once"
    assert {"removed": 1} == told["removed"]["stats"]
    assert told["missing"]["errMsg"].startswith("document.get:fail")
    assert -502005 == told["noCollection"]["errCode"]
    assert "must not write _openid" in told["foreign"]["errMsg"]


def test_files(told: dict[str, Any]) -> None:
    assert "cloud://local.local/photos/名.png" == told["uploaded"]["fileID"]
    assert [[0, True], [1, False]] == told["urls"]
    assert [0, 1, 13, 10, 255] == told["content"]
    assert 0 == told["deleted"]
    assert "must not have . or .." in told["badPath"]["errMsg"]


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        (None, "the chain must be a list of 1 to 100 steps"),
        ([["collection", ["todos"]]], "does not end in a call that reads or writes"),
        ([["collection", ["todos"]], ["__class__"]], "'__class__' is not a name of the database"),
        ([["collection", ["todos"]], ["_session"]], "'_session' is not a name"),
        ([["collection", ["todos"]], ["wher", [{}]]], "did you mean 'where'?"),
        ([["collection", ["todos"]], ["where", [1, 2]], ["get", []]], "where: "),
        ([["collection", ["todos"]], ["get", []], ["keys", []]], "the chain has ended before 'keys'"),
        ([["collection", ["todos"]], ["get", "x"]], "get cannot be called with 'x'"),
        ([["runTransaction", [1]]], "no 'runTransaction'"),
        ([["createCollection", ["x"]]], "no 'createCollection'"),
        ([["collection"]], "does not end"),
        ([[1]], "a step of the chain must be"),
        ([["collection", ["todos"]], ["where", [{"a": {"$chain": [["collection", ["x"]]]}}]]], "no 'collection'"),
    ],
)
def test_chains_that_are_none(chain: Any, words: str, dev: Dev) -> None:
    answer = dev.request("POST", "/_client/database", json.dumps({"chain": chain}))
    assert 200 == answer.status
    told = answer.json()
    assert told["errCode"] and words in told["errMsg"]


def test_a_preflight(dev: Dev) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"}
    allowed = dev.request("OPTIONS", "/who", headers={"Origin": ORIGIN, **asked})
    assert (204, b"") == (allowed.status, allowed.body)
    assert {
        "vary": "Origin",
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "content-type, x-wx-openid, x-wx-unionid, x-wx-appid",
        "access-control-max-age": "600",
        "access-control-allow-private-network": "true",
    }.items() <= allowed.headers.items()
    assert "access-control-allow-credentials" not in allowed.headers
    foreign = dev.request("OPTIONS", "/who", headers={"Origin": "https://servicewechat.com.evil.example", **asked})
    assert 403 == foreign.status
    assert not [name for name in foreign.headers if name.startswith("access-control")]
    none = dev.request("OPTIONS", "/who", headers=asked)
    assert not [name for name in none.headers if name.startswith("access-control")]


def test_what_an_allowed_origin_may_do(dev: Dev) -> None:
    cross = {"Origin": "http://localhost:5173", "Sec-Fetch-Site": "cross-site"}
    answer = dev.request("POST", "/who", '{"a": 1}', cross)
    assert 200 == answer.status
    assert "http://localhost:5173" == answer.headers["access-control-allow-origin"]
    assert "X-Request-Id" == answer.headers["access-control-expose-headers"]
    assert 404 == dev.request("POST", "/nowhere", "{}", cross).status
    assert "access-control-allow-origin" in dev.request("POST", "/nowhere", "{}", cross).headers


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/_console/", "/_console/api/status", "/_console/api/token", "/_console/api/events"])
def test_the_console_is_never_open(method: str, path: str, dev: Dev) -> None:
    answer = dev.request(method, path, "{}" if method == "POST" else None, {"Origin": ORIGIN})
    assert 403 == answer.status
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_without_the_option(tmp_path: Path) -> None:
    write(tmp_path / "who", index="def main(event, context):\n    return event\n")
    with Dev(tmp_path) as dev:
        answer = dev.request("POST", "/who", "{}", {"Origin": ORIGIN})
        assert (403, -501008) == (answer.status, answer.json()["errCode"])
        assert "--allow-origin" in answer.json()["errMsg"]
        assert 405 == dev.request("OPTIONS", "/who").status
        assert 200 == dev.request("GET", "/_client/cloudpy-client.js").status
        large = dev.request("POST", "/_client/uploadFile", b"x" * 7_000_000, {"Content-Type": "multipart/form-data"})
        assert "must be multipart/form-data with a boundary" in large.json()["errMsg"]
        assert 413 == dev.request("POST", "/_client/database", b" " * 7_000_000).status


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("servicewechat.com", ORIGIN),
        ("https://ServiceWeChat.com/", ORIGIN),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_origins(text: str, origin: str) -> None:
    assert origin == parse_origin(text)


@pytest.mark.parametrize(
    "text", ["", "*", "null", "localhost:5173", "http://*.a.com", "http://a/b", "http://a@b", "ws://a"]
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(OriginError, match="is not an origin"):
        parse_origin(text)


def test_the_option_says_what_it_takes(tmp_path: Path) -> None:
    done = cloudpy("dev", tmp_path, "--allow-origin", "*")
    assert 2 == done.returncode
    assert "servicewechat.com for the simulator of WeChat DevTools" in done.stderr


def test_new_writes_the_client(tmp_path: Path) -> None:
    done = cloudpy("new", "cloudfunctions/hello", "--client", "miniprogram", cwd=tmp_path)
    assert 0 == done.returncode
    assert SCRIPT.read_bytes() == (tmp_path / "miniprogram" / SCRIPT.name).read_bytes()
    assert "miniprogram/cloudpy-client.js" in done.stderr
    (tmp_path / "miniprogram" / SCRIPT.name).write_text("mine")
    done = cloudpy("new", "other", "--client", "miniprogram", cwd=tmp_path)
    assert 1 == done.returncode
    assert "miniprogram/cloudpy-client.js exists" in done.stderr
    assert "mine" == (tmp_path / "miniprogram" / SCRIPT.name).read_text()
    assert not (tmp_path / "other").exists()
