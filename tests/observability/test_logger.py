"""cloud.logger(): one JSON object a line, with the same levels and fields as Node's reports to the platform."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cloudpy
import cloudpy.sync
from cloudpy._client.context import Invocation, invocation
from cloudpy.errors import CloudSDKError
from tests.docs.reader import PEER

LEVELS = ("log", "info", "warn", "error")
NODE = """
const cloud = require('wx-server-sdk')
process.env._SCF_TCB_LOG = '1'
console.__baseLog__ = (fields, level) => process.stdout.write(JSON.stringify({ level, fields }) + '\\n')
const logger = cloud.createNewInstance({ env: 'e' }).logger()
for (const [level, fields] of JSON.parse(process.argv[1])) {
  try { logger[level](fields) } catch (error) { process.stdout.write(JSON.stringify({ error: error.message }) + '\\n') }
}
"""


@pytest.fixture(params=[cloudpy, cloudpy.sync], ids=["async", "sync"])
def cloud(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_the_line_is_the_platforms(
    cloud: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCF_FUNCTIONNAME", "order")
    token = invocation.set(Invocation({}, request_id="r-1"))
    try:
        cloud.logger().info({"content": "付款", "cost": 10, "nested": {"a": [1, None, True, 1.5]}})
    finally:
        invocation.reset(token)
    out, err = capsys.readouterr()
    assert "" == err and out.endswith("\n") and 1 == out.count("\n") and "付款" in out
    line = json.loads(out)
    assert ["level", "timestamp", "function", "requestid", "src", "content", "cost", "nested"] == list(line)
    assert ("info", "order", "r-1", "app") == (line["level"], line["function"], line["requestid"], line["src"])
    assert 16 == len(line["timestamp"]) and line["timestamp"].isdigit()
    assert {"a": [1, None, True, 1.5]} == line["nested"]


def test_each_level_and_its_stream(cloud: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for level in LEVELS:
        getattr(cloud.logger(), level)(n=1)
    out, err = capsys.readouterr()
    assert ["log", "info"] == [json.loads(line)["level"] for line in out.splitlines()]
    assert ["warn", "error"] == [json.loads(line)["level"] for line in err.splitlines()]


def test_an_instance_has_it_and_needs_no_init(cloud: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for made in (cloud.Cloud(), cloud.createNewInstance(env="e", config=None)):
        made.logger().log(a=1)
    assert 2 == capsys.readouterr().out.count('"a": 1')


_CHARS = st.characters(codec="utf-8")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(_CHARS, max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=1, deadline=None, database=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(LEVELS), st.dictionaries(st.text("abcdXYZ_", min_size=1, max_size=5), _JSON)),
        min_size=60,
        max_size=60,
    )
)
def test_the_same_levels_and_fields_as_node_reports(lines: list[tuple[str, dict[str, Any]]]) -> None:
    done = subprocess.run(
        ["node", "-e", NODE, json.dumps(lines)], cwd=PEER, capture_output=True, text=True, check=True, timeout=300
    )
    theirs = [json.loads(line) for line in done.stdout.splitlines()]
    assert 60 == len(theirs)
    for (level, fields), their in zip(lines, theirs, strict=True):
        stream, stdout, stderr = io.StringIO(), sys.stdout, sys.stderr
        sys.stdout = sys.stderr = stream
        try:
            getattr(cloudpy.logger(), level)(fields)
        finally:
            sys.stdout, sys.stderr = stdout, stderr
        ours = json.loads(stream.getvalue())
        assert their == {"level": ours["level"], "fields": dict(list(ours.items())[5:])}


@pytest.mark.parametrize("wrong", ["text", None, [1], 7])
def test_what_is_no_object_is_refused_as_in_node(cloud: Any, wrong: Any) -> None:
    script = json.dumps([["info", wrong]])
    done = subprocess.run(
        ["node", "-e", NODE, script], cwd=PEER, capture_output=True, text=True, check=True, timeout=300
    )
    told = json.loads(done.stdout)["error"]
    with pytest.raises(CloudSDKError) as caught:
        cloud.logger().info(wrong)
    assert -501007 == caught.value.errCode
    assert caught.value.errMsg.startswith(f"logger.info:fail {told}: ")


def test_fields_with_the_platforms_names_keep_theirs_out_of_the_way(cloud: Any, capsys: Any) -> None:
    cloud.logger().info({"level": "mine", "src": 1})
    line = json.loads(capsys.readouterr().out)
    assert ("info", "app", "mine", 1) == (line["level"], line["src"], line["level_"], line["src_"])


class _Odd:
    def __repr__(self) -> str:
        raise RuntimeError("no")


_circle: list[Any] = []
_circle.append(_circle)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (b"1234", "<4 bytes>"),
        (datetime(2026, 1, 2, tzinfo=timezone.utc), "2026-01-02T00:00:00+00:00"),
        (CloudSDKError(40003, "m"), {"errCode": 40003, "errMsg": "m"}),
        (ValueError("v"), "ValueError: v"),
        (float("nan"), "nan"),
        (
            {
                1,
            },
            [1],
        ),
        (_Odd(), "<_Odd, which cannot be shown: RuntimeError>"),
        ("a\nb\x1b[31m\u2028\x85", "a\nb\x1b[31m\u2028\x85"),
        ("\ud83d", "\ud83d"),
    ],
)
def test_any_value_can_be_logged(cloud: Any, capsys: pytest.CaptureFixture[str], value: Any, written: Any) -> None:
    cloud.logger().error({"value": value})
    err = capsys.readouterr().err
    assert 1 == len(err.splitlines()) and "\x1b" not in err
    assert written == json.loads(err)["value"]


def test_endless_values_end(cloud: Any, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.logger().info(circle=_circle, number=10**5000)
    assert 1 == len(capsys.readouterr().out.splitlines())


def test_secrets_do_not_come_out(cloud: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WX_API_TOKEN", "token-of-the-user")
    cloud.logger().info({"body": "x token-of-the-user x", "headers": {"Authorization": "TC3 abc"}, "password": "p"})
    line = json.loads(capsys.readouterr().out)
    assert ("x *** x", {"Authorization": "***"}, "***") == (line["body"], line["headers"], line["password"])


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_any_stream_takes_it(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
    cloudpy.logger().info(name="名字😀")
    assert "名字😀" == json.loads(raw.getvalue())["name"]


def test_a_stream_that_is_gone_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stdout", stream)
        cloudpy.logger().info(a=1)
