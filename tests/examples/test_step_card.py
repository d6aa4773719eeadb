"""A small program in Node and its Python port: the same events in the same world end the same, outside and inside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cloudpy._client import permissions as _permissions
from cloudpy.local import Backend, Caller, GatewayServer, load
from cloudpy.local.env_vars import called_environment
from cloudpy.local.function_calls import CallResult
from tests.cli.command import ROOT

PROGRAM = ROOT / "examples" / "step_card"
HERE = Path(__file__).parent
MODULES = ROOT / "tests" / "peer" / "node_modules"
COMMANDS = {"node": ["node", str(HERE / "caller.js")], "python": [sys.executable, str(HERE / "caller.py")]}
TEMPLATE = "template-of-steps"


@dataclass(frozen=True)
class Case:
    """Who calls with which CloudID, and what comes of it."""

    user: str
    cloud_id: str
    result: dict[str, Any]
    calls: tuple[str, ...] = (
        "getOpenData",
        "callFunction",
        "wxacode.getUnlimited",
        "uploadFile",
        "subscribeMessage.send",
    )


def card(user: str, steps: int, level: str, told: bool = True) -> dict[str, Any]:
    return {"steps": steps, "level": level, "fileID": f"cloud://step-card.local/cards/{user}.png", "told": told}


def failed(code: int) -> dict[str, Any]:
    return {"errCode": code, "errMsg": "步数已过期，请重新授权"}


CASES = {
    "steps": Case("o-alice-0001", "steps-of-alice", card("o-alice-0001", 13234, "步履轻盈")),
    "a low number of steps": Case("o-carol-0003", "steps-of-carol", card("o-carol-0003", 12, "重在参与")),
    "not subscribed": Case("o-bob-000002", "steps-of-bob", card("o-bob-000002", 30000, "健步如飞", told=False)),
    "expired": Case("o-alice-0001", "yesterdays-of-alice", failed(-601006), ("getOpenData",)),
    "somebody else's": Case("o-bob-000002", "steps-of-alice", failed(-601007), ("getOpenData",)),
    "unknown": Case("o-alice-0001", "made-up", failed(-601005), ("getOpenData",)),
}


class World:
    """A fresh local WeChat with the functions of one language, each run as a program of that language."""

    def __init__(self, language: str, folder: Path) -> None:
        self._language = language
        self._folder = folder
        self.backend: Backend = load(PROGRAM / "local.yaml", storage=folder / "storage")
        for place in (PROGRAM / language).iterdir():
            permissions = _permissions.beside(str(place))
            assert permissions is not None
            self.backend.allow(permissions.allowed, function=place.name)
        self.backend.function_caller = self
        self._server = GatewayServer(self.backend)

    def __enter__(self) -> World:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)

    def invoke(self, user: str, event: Mapping[str, Any]) -> Any:
        return self._run("stepCard", event, self._server.environment(user=user, function="stepCard"))

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """See ``local.function_calls.FunctionCaller``."""
        variables = called_environment(self.backend, self._server.url, caller, name)
        return CallResult(json.dumps(self._run(name, json.loads(event), variables)))

    def _run(self, name: str, event: Mapping[str, Any], variables: Mapping[str, str]) -> Any:
        asked, answered = self._folder / f"{name}.events.json", self._folder / f"{name}.results.json"
        asked.write_text(json.dumps([event]), "utf-8")
        done = subprocess.run(
            [*COMMANDS[self._language], str(PROGRAM / self._language / name), str(asked), str(answered)],
            env={**os.environ, "NODE_PATH": str(MODULES), **variables},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert 0 == done.returncode, done.stderr
        (found,) = json.loads(answered.read_text("utf-8"))
        return found

    def seen(self) -> list[dict[str, Any]]:
        """Every cloud call, as far as it says something about the program."""
        return [
            {
                "api": call.api,
                "params": call.params,
                "caller": call.caller and (call.caller.user, call.caller.function, call.caller.source),
                "outcome": call.outcome,
                "from": call.answered_from,
            }
            for call in self.backend.calls
        ]


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_do_the_same(case: Case, tmp_path: Path) -> None:
    assert shutil.which("node") and (MODULES / "wx-server-sdk").is_dir(), "install Node.js, and run `make peer`"
    ends: dict[str, Any] = {}
    for language in COMMANDS:
        folder = tmp_path / language
        folder.mkdir()
        with World(language, folder) as world:
            result = world.invoke(case.user, {"runCloudID": case.cloud_id, "templateId": TEMPLATE})
            ends[language] = (result, world.seen(), world.backend.storage.snapshot(), world.backend.media.snapshot())
    assert ends["node"] == ends["python"]
    result, seen, files, _ = ends["python"]
    assert case.result == result
    assert list(case.calls) == [call["api"] for call in seen]
    if "fileID" in result:
        assert [f"cards/{case.user}.png"] == list(files)
        (called_environment,) = [call["params"] for call in seen if call["api"] == "callFunction"]
        assert {"name": "stepLevel", "data": {"steps": result["steps"]}} == called_environment
    else:
        assert {} == files
