"""One file, every protocol: the same answers to the same events, for the async handler and its sync twin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudpy.runtime import make_context

from ..devserver.dev_process import Dev
from ..serve.serving import Serving
from .events import EVENTS, OPENID, VARIABLES, expected

FOLDER = Path(__file__).parent / "programs" / "answers"
BOOTSTRAP = Path(__file__).parent / "bootstrap.py"
RUN = [sys.executable, "-m", "cloudpy", "run", FOLDER]
TWINS = ["index", "blocking"]
EXPECTED = [expected(event) for event in EVENTS]


def through_bootstrap(handler: str, folder: Path = FOLDER) -> list[Any]:
    jobs = [json.dumps({"event": event, "context": make_context(VARIABLES)}) for event in EVENTS]
    done = subprocess.run(
        [sys.executable, BOOTSTRAP, folder, handler],
        input="\n".join(jobs),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line).get("result", line) for line in done.stdout.splitlines()]


def test_there_are_thirty_events() -> None:
    assert len(EVENTS) == 30


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("twin", TWINS)
def test_the_platforms_bootstrap_with_the_decorator(twin: str) -> None:
    assert EXPECTED == through_bootstrap(f"{twin}.main")


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("twin", TWINS)
def test_the_platforms_bootstrap_with_an_entry_module(twin: str, tmp_path: Path) -> None:
    for file in FOLDER.glob("*.py"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (tmp_path / "cloudpy_entry.py").write_text(
        f"from cloudpy.runtime.scf import entry\n\nmain = entry('{twin}.undecorated')\n"
    )
    assert EXPECTED == through_bootstrap("cloudpy_entry.main", tmp_path)


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("twin", TWINS)
def test_cloudpy_run(twin: str) -> None:
    done = subprocess.run(
        [*RUN, "--handler", f"{twin}.all_of_them", "--event", "-", "--openid", OPENID],
        input=json.dumps({"events": EVENTS}),
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == EXPECTED


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("twin", TWINS)
def test_cloudpy_dev(twin: str) -> None:
    with Dev(FOLDER, "--handler", f"{twin}.all_of_them", "--openid", OPENID) as dev:
        assert EXPECTED == dev.post(FOLDER.name, {"events": EVENTS}).json()
    with Dev(FOLDER, "--handler", f"{twin}.main") as dev:  # one by one, in one warm process
        answers = [dev.post(FOLDER.name, event, x_wx_openid=OPENID) for event in EVENTS]
    assert {200} == {answer.status for answer in answers}
    assert EXPECTED == [_without_user(answer.json(), event) for answer, event in zip(answers, EVENTS, strict=True)]


def _without_user(answer: Any, event: dict[str, Any]) -> Any:
    """Without the userInfo that a mini program's call gets on its way, but for what was sent under that name."""
    seen = answer.get("seen", {}) if isinstance(answer, dict) else {}
    if "userInfo" in seen:
        assert OPENID == seen["userInfo"]["openId"]
        seen.pop("userInfo")
        seen.update({"userInfo": event["userInfo"]} if "userInfo" in event else {})
    return answer


@pytest.fixture(params=TWINS)
def twin(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.param


def told(server: Serving, headers: dict[str, str] | None = None, path: str = "/") -> list[Any]:
    answers = [server.post(event, headers, path) for event in EVENTS]
    assert {answer.status for answer in answers} <= {200, 204}
    return [answer.json() if answer.status == 200 else None for answer in answers]


def test_event_invoke_of_a_custom_image(twin: str) -> None:
    options = ("--handler", f"{twin}.main", "--protocol", "event", "--production")
    with Serving(FOLDER, *options, environment=VARIABLES) as server:
        headers = {"X-Scf-Request-Id": "r-1", "X-Scf-Timeout": "3", "X-Scf-Memory": "128"}
        assert told(server, headers, "/event-invoke") == EXPECTED


def test_cloud_run_with_the_identity_in_headers(twin: str) -> None:
    options = ("--handler", f"{twin}.main", "--production")
    with Serving(FOLDER, *options, environment={"CBR_ENV_ID": "prod-1"}) as server:
        headers = {"X-WX-Source": "wx_client", "x-Wx-OpenID": OPENID, "X-WX-APPID": "wx1"}
        assert told(server, headers, "/any/path?at=all") == EXPECTED


def test_function_style_cloud_run_with_an_extended_context(twin: str) -> None:
    import base64
    import gzip

    extended = {"envId": "prod-1", "wechatContext": {"openId": OPENID, "appId": "wx1"}}
    packed = base64.b64encode(gzip.compress(json.dumps(extended).encode())).decode()
    options = ("--handler", f"{twin}.undecorated", "--production")
    with Serving(FOLDER, *options, environment={"EXTENDED_CONTEXT_KEY": "X-Ext"}) as server:
        assert told(server, {"x-ext": packed}) == EXPECTED


def test_the_http_access_service(twin: str, tmp_path: Path) -> None:
    for file in FOLDER.glob("*.py"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (tmp_path / "http.py").write_text("")  # a name of the standard library: what is imported before stays
    (tmp_path / "web.py").write_text(
        f"import json\nfrom {twin} import answer\n\n\n"
        "def main(event, context):\n"
        "    assert event['httpMethod'] == 'POST' and event['path'] == '/api'\n"
        "    return {'statusCode': 200, 'body': answer(json.loads(event['body']))}\n"
    )
    headers = {"X-WX-Source": "wx_client", "X-WX-OPENID": OPENID}
    with Serving(tmp_path, "--handler", "web.main", "--protocol", "access") as server:
        answers = [server.post(event, headers, "/api?a=1") for event in EVENTS]
    assert [answer.json() if answer.body else None for answer in answers] == EXPECTED
