"""``cloudpy event``: samples that ``cloudpy run`` takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloudpy.runtime import client_event, http_event, kind_of, message_event, timer_event

from .command import cloudpy

ECHO = "def main(event, context):\n    import os\n    return [event, os.environ.get('TRIGGER_SRC')]\n"


def made(*arguments: str) -> dict[str, Any]:
    done = cloudpy("event", *arguments)
    assert (0, "") == (done.returncode, done.stderr)
    event: dict[str, Any] = json.loads(done.stdout)
    return event


def test_a_timer() -> None:
    event = made("timer", "--name", "每天", "--time", "2019-02-21T11:49:00Z", "--message", "m")
    assert {"Type": "Timer", "TriggerName": "每天", "Time": "2019-02-21T11:49:00Z", "Message": "m"} == event
    assert made("timer")["Time"].endswith("Z")


def test_a_message() -> None:
    event = made("message", "--content", "你好", "--openid", "o-alice")
    assert ("o-alice", "text", "你好") == (event["FromUserName"], event["MsgType"], event["Content"])
    assert isinstance(event["CreateTime"], int)
    assert isinstance(event["MsgId"], int)


def test_an_event_of_message_push() -> None:
    event = made("message", "--type", "event", "--field", "Event=subscribe_msg_popup_event")
    assert "subscribe_msg_popup_event" == event["Event"]
    assert not {"Content", "MsgId"} & event.keys()


def test_http() -> None:
    event = made("http", "--path", "/a", "--method", "post", "--query", "x=1=2", "--header", "X-Y=z", "--body", "[1]")
    assert ("/a", "POST", {"x": "1=2"}, "[1]", False) == tuple(
        event[key] for key in ("path", "httpMethod", "queryStringParameters", "body", "isBase64Encoded")
    )
    assert {"content-type": "application/json", "x-y": "z"} == event["headers"]
    assert {"requestId", "envId", "appId", "uin"} == event["requestContext"].keys()


def test_a_body_of_bytes(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"\xff\x00")
    event = made("http", "--body", f"@{tmp_path / 'body'}")
    assert ("/wA=", True) == (event["body"], event["isBase64Encoded"])


@pytest.mark.parametrize(
    ("arguments", "trigger"),
    [(["timer"], "timer"), (["message"], "tcb"), (["http"], "tcb"), (["client", "--data", '{"a": 1}'], "tcb")],
)
def test_run_delivers_each_as_it_is(arguments: list[str], trigger: str, tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(ECHO)
    sample = cloudpy("event", *arguments).stdout
    done = cloudpy("run", tmp_path, "--event", "-", "--openid", "o-bob", input=sample)
    assert 0 == done.returncode, done.stderr
    event, source = json.loads(done.stdout)
    user = event.pop("userInfo", None)
    assert json.loads(sample) == event
    assert trigger == source
    assert (user is not None) == (arguments[0] == "client")


def test_kinds() -> None:
    assert "client" == kind_of(client_event({"a": 1}, openid="o"))
    assert "timer" == kind_of(timer_event())
    assert "message" == kind_of(message_event("x", openid="o"))
    assert "http" == kind_of(http_event())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["timer", "--time", "noon"], "2019-02-21T11:49:00Z"),
        (["http", "--path", "a"], "must begin with /"),
        (["http", "--query", "a"], "NAME=VALUE"),
        (["http", "--body", "@nowhere"], "cannot be read"),
        (["client", "--data", "[]"], "must be a JSON object"),
        (["telegram"], "No such command"),
    ],
)
def test_what_it_refuses(arguments: list[str], words: str) -> None:
    done = cloudpy("event", *arguments)
    assert (2, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
