"""Each folder of examples/: its tests, its README, what `cloudpy check` says; its Node twin, which answers the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cloudpy.local import GatewayServer, load
from cloudpy.runtime import make_context
from tests.cli.command import ROOT, cloudpy
from tests.docs.page import blocks
from tests.docs.reader import Reader
from tests.package import stand_in
from tests.serve.serving import Serving, post

EXAMPLES = ROOT / "examples"
HERE = Path(__file__).parent
PEER = ROOT / "tests" / "peer"
FUNCTIONS = sorted(path.parent for path in EXAMPLES.rglob("index.py") if "node_modules" not in path.parts)
NAMES = sorted({path.relative_to(EXAMPLES).parts[0] for path in FUNCTIONS})  # an example may have several functions
TWINS = sorted(path.parent.name for path in EXAMPLES.glob("*/index.js"))
PICTURE = {"type": "Buffer", "data": [137, 80, 78, 71, 13, 10, 26, 10]}
ORDER = {"id": "A001", "dish": "一份很长很长很长很长很长很长很长的名字", "readyAt": "2026年5月1日 12:30"}


def message(kind: str = "text", openid: str = "o-alice", **fields: object) -> dict[str, object]:
    return {"FromUserName": openid, "ToUserName": "gh_1", "CreateTime": 1777600000, "MsgType": kind, **fields}


def timer(time: str) -> dict[str, object]:
    return {"Type": "Timer", "TriggerName": "daily_report", "Time": time, "Message": ""}


# example -> user -> events
EVENTS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "get_open_data": {"o-local-user": [{}]},
    "subscribe_message": {"o-alice": [{"order": ORDER}], "o-bob": [{"order": ORDER}]},
    "qr_code": {
        "o-alice": [
            {"scene": "shop=42"},
            {"scene": ""},
            {"scene": "x" * 33},
            {"scene": "a", "page": "pages/not/there"},
        ]
    },
    "content_check": {
        "o-alice": [
            {"text": "周末去爬山", "image": PICTURE},
            {"text": "周末去爬山"},
            {"text": "加微信刷单赚钱", "image": PICTURE},
        ]
    },
    "phone_number": {"o-alice": [{"code": "code-of-the-button"}, {"code": "used-before"}, {}]},
    "message_push": {
        "o-alice": [
            message(Content="怎么开发票"),
            message(Content="你好", openid="o-bob"),
            message(Content="转人工"),
            message("event", Event="user_enter_tempsession"),
            message("image", MediaId="m-1"),
        ]
    },
    "todo_list": {
        "o-alice": [
            {},
            {"action": "add", "id": "004", "title": "写周报", "tags": ["工作", "急"]},
            {"action": "add", "id": "004", "title": "写周报"},
            {"action": "finish", "id": "001"},
            {"action": "finish", "id": "001"},
            {"action": "finish", "id": "003"},
            {"action": "finish", "id": "nothing"},
            {"tag": "急"},
            {"page": 1},
            {"action": "stats"},
            *({"action": "add", "id": f"1{number:02}", "title": f"第 {number} 条"} for number in range(30)),
            {"page": 0},
            {"page": 1},
        ],
        "o-bob": [{"action": "finish", "id": "003"}, {}, {"action": "stats"}],
    },
    "timer": {"": [timer("2026-05-02T01:30:00Z"), timer("2026-05-01T16:30:00Z"), timer("2026-03-01T01:30:00Z")]},
}


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The example, by itself, as somebody has it who took it home."""
    name: str = request.param
    return Path(shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.once(sample=2)
@pytest.mark.parametrize("copied", NAMES, indirect=True)
def test_its_tests(copied: Path) -> None:
    # files in different folders have the same name
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    command += ["--import-mode=importlib"]
    environment = dict(os.environ)
    if not copied.name.startswith("get_open_data"):
        # of the plugins that happen to be here ours alone: looking for all of them takes longer than the tests
        command += ["-p", "cloudpy.testing.plugin"]
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(command, cwd=copied, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert 0 == done.returncode, done.stdout
    assert " passed" in done.stdout


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("copied", [name for name in NAMES if (EXAMPLES / name / "README.md").exists()], indirect=True)
def test_its_readme(copied: Path) -> None:
    with Reader(copied) as reader:
        for block in blocks((copied / "README.md").read_text("utf-8")):
            reader.does(block)
        reader.done()
    assert reader.checked


@pytest.mark.once()
def test_nothing_is_found_in_any() -> None:
    nested = {folder.parent for folder in FUNCTIONS} - {EXAMPLES}
    done = cloudpy("check", EXAMPLES, *sorted(nested))
    assert 0 == done.returncode, done.stdout
    assert done.stdout.endswith(f"{len(FUNCTIONS)} functions: 0 errors, 0 warnings, 0 hints\n")


def results(name: str, user: str, command: list[str], events: Path, tmp_path: Path) -> list[Any]:
    """What the handler in examples/`name` gives, in JSON's types, against a local WeChat of its own."""
    answers = tmp_path / "results.json"
    local = load(EXAMPLES / name / "local.yaml", config=EXAMPLES / name / "config.json")
    with GatewayServer(local) as server:
        environment = server.environment(user=user or None, timer=not user)
        done = subprocess.run(
            [*command, str(EXAMPLES / name), str(events), str(answers)],
            env={**os.environ, "NODE_PATH": str(PEER / "node_modules"), **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert 0 == done.returncode, done.stderr
    found: list[Any] = json.loads(answers.read_text("utf-8"))
    answers.unlink()
    return found


@pytest.mark.once()
def test_one_is_packaged_and_runs_under_the_platforms_bootstrap(tmp_path: Path) -> None:
    stand_in.python()
    folder = EXAMPLES / "phone_number"
    done = cloudpy("package", folder, "--target", "scf", "--out", tmp_path / "phone.zip")
    assert 0 == done.returncode, done.stderr
    package = stand_in.unpack(tmp_path / "phone.zip", tmp_path / "user")
    left_out = {"test_index.py", "local.yaml", "README.md", "package.json"}
    assert left_out <= {path.name for path in folder.iterdir()}
    assert not left_out & {path.name for path in package.iterdir()}
    with GatewayServer(load(folder / "local.yaml", config=folder / "config.json")) as server:
        context = make_context(server.environment(user="o-alice"), function="phone_number")
        (told,) = stand_in.invoke(package, [({"code": "code-of-the-button"}, context)])
    assert "138****1234" == json.loads(told["result"])["phone"]


def test_the_http_function_serves_its_page_and_takes_its_form() -> None:
    form = urlencode({"name": "小明", "phone": "13800001234"}).encode()
    with Serving(EXAMPLES / "http_function") as server:
        page = server.send(post(b"", method="GET"))
        assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
        assert '<form method="post">' in page.body.decode()
        answer = server.send(post(form, {"Content-Type": "application/x-www-form-urlencoded"}, "/signup"))
        assert "小明，报名成功！" in answer.body.decode()
        assert 400 == server.post({"name": "小明"}).status
        assert 400 == server.send(post(b"<xml/>", {"Content-Type": "text/xml"})).status


def test_every_twin_is_compared() -> None:
    assert sorted(EVENTS) == TWINS


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(("name", "user"), [(name, user) for name in EVENTS for user in EVENTS[name]])
def test_node_answers_the_same(name: str, user: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node and (PEER / "node_modules" / "wx-server-sdk").is_dir(), "install Node.js, and run `make peer`"
    events = tmp_path / "events.json"
    events.write_text(json.dumps(EVENTS[name][user]), "utf-8")
    theirs = results(name, user, [node, str(HERE / "caller.js")], events, tmp_path)
    ours = results(name, user, [sys.executable, str(HERE / "caller.py")], events, tmp_path)
    assert theirs == ours
    assert len(EVENTS[name][user]) == len(ours)


@pytest.mark.parametrize("name", TWINS)
def test_the_twin_asks_for_the_version_that_we_are_held_against(name: str) -> None:
    wanted = json.loads((EXAMPLES / name / "package.json").read_text("utf-8"))
    held = json.loads((PEER / "package.json").read_text("utf-8"))["dependencies"]
    assert (name, held["wx-server-sdk"]) == (wanted["name"], wanted["dependencies"]["wx-server-sdk"])


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_examples_tells_of_it(name: str) -> None:
    for page in ("README.md", "README.zh-CN.md"):
        assert f"[{name}]({name}/)" in (EXAMPLES / page).read_text("utf-8")
