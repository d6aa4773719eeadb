"""One list of what is secret: every place that writes something down knows the same names and forms."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cloudpy.sync as cloud
from cloudpy._client.logging import logger
from cloudpy.check import check
from cloudpy.devserver.recorder import EventRecorder
from cloudpy.testing import LocalWeChat
from tests.check.folders import function
from tests.cli.command import PROGRAMS, environment
from tests.cli.command import cloudpy as command

from .test_redaction import HARMLESS, NAMES

S = "Zx8qQ71w"
FORMS = {
    "address": f"https://u:{S}@h.example/",
    "query": f"https://h.example/?access_token={S}",
    "private key": f"-----BEGIN PRIVATE KEY-----\n{S}\n-----END PRIVATE KEY-----",
    "secret id": f"AKID{S * 4}",
    "web token": f"eyJhbGciOiJI.eyJzdWIiOiIx{S}.{S}",
    "header": f"Authorization: Bearer {S}",
    "JSON": json.dumps({"ticket": S}),
}
EVENT = {
    "names": dict.fromkeys(NAMES, S),
    "numbers": dict.fromkeys(NAMES, 98765431),
    "nested": [{name: {"value": S, "list": [S, {"x": S}]}} for name in NAMES],
    "forms": FORMS,
}
STAYS = dict.fromkeys(HARMLESS, "o-alice")


def of_logger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    cloud.logger().info({**EVENT, "stays": STAYS})
    return sys.stdout.getvalue()  # type: ignore[attr-defined, no-any-return]


def of_a_log_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger().addHandler(handler)
    try:
        logger().warning("%s %r", json.dumps(EVENT), EVENT)
        logger().warning("%s", json.dumps({"stays": STAYS}))
    finally:
        logger().removeHandler(handler)
    return stream.getvalue()


def of_a_recording_of_dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "events.jsonl"
    file.write_text("")
    file.chmod(0o644)  # it was there, open to all
    record = EventRecorder(str(file))
    record.add("f", {**EVENT, "stays": STAYS}, openid="o-alice")
    record.close()
    assert os.name == "nt" or 0o600 == file.stat().st_mode & 0o777
    return file.read_text("utf-8")


def of_a_recording_of_the_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "calls.jsonl"
    file.write_text("")
    file.chmod(0o644)
    with LocalWeChat(openid="o-alice") as wechat:
        wechat.stub("some.api", check=False).reply(EVENT)
        with wechat.record(file):
            app = cloud.createNewInstance(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
            app.openapi.some.api({**EVENT, "stays": {"names": list(STAYS), "code": "o-alice"}})
    assert os.name == "nt" or 0o600 == file.stat().st_mode & 0o777
    return file.read_text("utf-8").replace("openid-1", "o-alice")


def of_cloudpy_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    own = dict.fromkeys(NAMES, S) | {f"F{number}": form for number, form in enumerate(FORMS.values())} | STAYS
    done = command("env", PROGRAMS / "tells_environment", "--json", env=environment(**own))
    assert 0 == done.returncode, done.stderr
    shown = {each["name"]: each for each in json.loads(done.stdout)}
    assert all(shown[name]["secret"] for name in NAMES)
    return done.stdout


@pytest.mark.parametrize(
    "place", [of_logger, of_a_log_line, of_a_recording_of_dev, of_a_recording_of_the_kit, of_cloudpy_env]
)
def test_no_secret_is_written(
    place: Callable[[Path, pytest.MonkeyPatch], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = place(tmp_path, monkeypatch)
    assert S not in text
    assert "98765431" not in text
    assert "o-alice" in text and "ticketClass" in text and "PWD" in text


def test_check_finds_each_in_the_code(tmp_path: Path) -> None:
    forms = [form for name, form in FORMS.items() if name not in ("query", "header", "JSON")]
    lines = [f"x[{name!r}] = {S!r}" for name in NAMES] + [f"x = {form!r}" for form in forms]
    report = check(function(tmp_path, "x = {}\n" + "\n".join(lines) + "\ndef main(event, context): ...\n", []))
    found = {finding.line for finding in report.findings if finding.code == "secret"}
    assert [] == [line for number, line in enumerate(lines, 2) if number not in found]
    assert S not in json.dumps([finding.text for finding in report.findings])


def test_check_finds_each_in_settings(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "a.json": json.dumps(dict.fromkeys(NAMES, S), indent=1),
        "b.ini": "[a]\n" + "\n".join(f"{name} = {S}" for name in NAMES[1:]),
        "c.yaml": "\n".join(f"{name}: {S}" for name in NAMES),
    }
    report = check(function(tmp_path, "def main(event, context): ...\n", [], **files))
    for file, names in zip(files, (NAMES, NAMES[1:], NAMES), strict=True):
        assert len(names) == sum(each.code == "secret" and each.file == file for each in report.findings), file


def test_check_leaves_names_and_placeholders_alone(tmp_path: Path) -> None:
    lines = [f"x[{name!r}] = {S!r}" for name in HARMLESS if not name.endswith("KEYS")]
    lines += [
        "TOKEN_FIELD = 'wxCloudApiToken'",
        "auth = 'required'",
        "cookie = 'session-cookie'",
        "x['signature'] = 'HMAC-SHA'",
        "url = 'mysql://user:password@db.example/x'",
        "url = 'mysql://root:root1234@localhost/x'",
        "password = event['password']",
    ]
    settings = "password: change_me_please\ntoken: ${TOKEN_OF_THIS}\nsecret: your-secret-1\nauth: required\n"
    code = "event = x = {}\n" + "\n".join(lines) + "\ndef main(event, context): ...\n"
    report = check(function(tmp_path, code, [], settings__yaml=settings))
    assert [] == [(finding.line, finding.text) for finding in report.findings if finding.code == "secret"]
