"""Where the variables of a call come from: the process, the listed names, and the running invocation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._client import context as _context
from cloudpy._client.config import DYNAMIC_CURRENT_ENV, Config
from cloudpy._client.context import REQUEST_NAMES, Invocation, Variables, invocation, parse, wx_context
from cloudpy._client.gateway import GatewayCall, RequestEnv

NAMES = ("WX_", "TCB_", "SCF_", "TENCENTCLOUD", "TRIGGER_", "CBR_")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(NAMES):
            monkeypatch.delenv(name)


@contextmanager
def running(**variables: str) -> Iterator[None]:
    token = invocation.set(Invocation(variables))
    try:
        yield
    finally:
        invocation.reset(token)


@pytest.mark.parametrize(
    "context, expected",
    [
        ({}, {}),
        ({"environ": ""}, {}),
        ({"environ": None}, {}),
        ({"environ": "A=1;B=2"}, {"A": "1", "B": "2"}),
        ({"environ": "TOKEN=abc==;B="}, {"TOKEN": "abc==", "B": ""}),
        ({"environ": "A=1;junk;;B=2;"}, {"A": "1", "B": "2"}),
        ({"environ": "KEYS=X,Y"}, {"KEYS": "X,Y"}),
        ({"environment": '{"A":"1","B":2,"C":{"d":[1]}}'}, {"A": "1", "B": "2", "C": '{"d": [1]}'}),
        ({"environment": '{"A":"1"}', "environ": "A=2;B=3"}, {"A": "1"}),
        ({"environment": {"A": "1", "B": True}}, {"A": "1", "B": "true"}),
    ],
)
def test_parse(context: Mapping[str, Any], expected: dict[str, str]) -> None:
    assert expected == parse(context)


@given(st.dictionaries(st.text(st.characters(exclude_characters=";=")), st.text(st.characters(exclude_characters=";"))))
def test_environ_is_cut_at_the_first_equals_sign(variables: dict[str, str]) -> None:
    assert variables == parse({"environ": ";".join(f"{key}={value}" for key, value in variables.items())})


@given(st.dictionaries(st.text(), st.text(), min_size=1))
def test_environment_is_json(variables: dict[str, str]) -> None:
    assert variables == parse({"environment": json.dumps(variables)})


def test_a_variable_counts_only_when_it_is_listed_or_always_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCB_ENV", "env")
    monkeypatch.setenv("SCF_NAMESPACE", "namespace")
    assert ("", "namespace", "namespace") == (
        Variables().get("TCB_ENV"),
        Variables().get("SCF_NAMESPACE"),
        Variables().env_id(),
    )
    assert "env" == Variables().process("TCB_ENV")
    for name in ("TCB_CONTEXT_KEYS", "WX_CONTEXT_KEYS"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "TCB_SEQID,TCB_ENV")
            assert ("env", "env") == (Variables().get("TCB_ENV"), Variables().env_id())


def test_the_invocation_wins_and_needs_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCF_NAMESPACE", "process")
    monkeypatch.setenv("LISTED", "process")
    with running(SCF_NAMESPACE="invocation", OWN="x", TCB_CONTEXT_KEYS="LISTED"):
        variables = Variables()
        assert ["invocation", "x", "process"] == [variables.get(name) for name in ("SCF_NAMESPACE", "OWN", "LISTED")]
    assert ["process", "", ""] == [Variables().get(name) for name in ("SCF_NAMESPACE", "OWN", "LISTED")]


def test_variables_are_read_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for user in ("one", "two"):
        monkeypatch.setenv("SCF_NAMESPACE", user)
        assert user == Variables().env_id()


@pytest.mark.parametrize(
    "variables, fields",
    [
        ({"WX_API_TOKEN": "t"}, [("wxCloudApiToken", "t")]),
        ({"WX_API_TOKEN": "t", "WX_TRIGGER_API_TOKEN_V0": "v"}, [("wxCloudApiToken", "t")]),
        (
            {"WX_API_TOKEN": "t", "WX_TRIGGER_API_TOKEN_V0": "v", "TRIGGER_SRC": "timer"},
            [("wxCloudApiToken", "v")],
        ),
        ({"WX_API_TOKEN": "t", "TRIGGER_SRC": "timer"}, [("wxCloudApiToken", "t")]),
        ({"WX_CLOUDBASE_ACCESSTOKEN": "a"}, [("wxCloudApiToken", ""), ("wxCloudbaseAccesstoken", "a")]),
        ({"WX_API_TOKEN": "t", "WX_CLOUDBASE_ACCESSTOKEN": "a"}, [("wxCloudApiToken", "t")]),
        ({}, [("wxCloudApiToken", ""), ("wxCloudbaseAccesstoken", "")]),
    ],
)
def test_which_token(variables: dict[str, str], fields: list[tuple[str, str]]) -> None:
    with running(**variables):
        assert fields == Variables().tokens(False)


def test_the_token_file_of_cloud_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(_context.time, "monotonic", lambda: now[0])
    path = tmp_path / "token"
    file = _context._TokenFile(str(path))
    assert "" == file.read(True)  # not there yet
    path.write_text("first")
    assert "" == file.read(False)  # not in Cloud Run: not looked for
    assert "first" == file.read(True)
    path.write_text("second")
    now[0] += 599
    assert "first" == file.read(True)
    now[0] += 2
    assert "second" == file.read(True)
    path.write_bytes(b"\xff\xfe")
    now[0] += 601
    assert isinstance(file.read(True), str)  # whatever is in it, a call does not fail of it


def test_wx_context(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {} == wx_context()
    monkeypatch.setenv("OUTSIDE", "x")
    keys = "WX_OPENID,WX_APPID,WX_API_TOKEN,WX_TRIGGER_API_TOKEN_V0,WX_NUMBER,WX_,wx_lower,OUTSIDE,WX_ABSENT,,WX_EMPTY"
    with running(
        WX_CONTEXT_KEYS=keys,
        WX_OPENID="o1",
        WX_APPID="wx1",
        WX_API_TOKEN="secret",
        WX_TRIGGER_API_TOKEN_V0="secret",
        WX_NUMBER="-007",
        WX_="alone",
        wx_lower="kept",
        WX_EMPTY="",
        TCB_ENV="env",
        TCB_SOURCE="wx_client",
    ):
        context = wx_context()
    assert context == {
        "OPENID": "o1",
        "APPID": "wx1",
        "NUMBER": -7,
        "WX_": "alone",
        "wx_lower": "kept",
        "OUTSIDE": "x",
        "EMPTY": "",
        "ENV": "env",
        "SOURCE": "wx_client",
    }
    assert "secret" not in repr(context)


@pytest.mark.parametrize(
    "text, value",
    [
        *[("7", 7), ("007", 7), ("-5", -5), ("-0", 0), ("12345678901234567890", 12345678901234567890)],
        *[(text, text) for text in ("", "-", "+5", "5\n", " 5", "1.0", "1e3", "٣", "--5", "5-")],
        ("9" * 5000, "9" * 5000),
    ],
)
def test_whole_numbers_become_numbers(text: str, value: int | str) -> None:
    with running(WX_CONTEXT_KEYS="WX_A", WX_A=text):
        found = wx_context()["A"]
    assert (value, type(value)) == (found, type(found))


class Seen(dict[str, str]):
    """Variables of the process that note which are asked for."""

    def __init__(self, **variables: str) -> None:
        super().__init__(variables)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


LISTED = {"TCB_CONTEXT_KEYS": ",".join(REQUEST_NAMES)}


@pytest.mark.parametrize("more", [{}, {"TRIGGER_SRC": "timer"}, {"WX_API_TOKEN": "t"}])
@pytest.mark.parametrize("account", [{}, {"secretId": "i", "secretKey": "k"}])
@pytest.mark.parametrize("env", [DYNAMIC_CURRENT_ENV, "e", None])
def test_a_request_depends_on_the_listed_variables_alone(env: Any, account: dict[str, str], more: Any) -> None:
    seen = Seen(**LISTED, TENCENTCLOUD_SECRETID="i", TENCENTCLOUD_SECRETKEY="k", **more)
    RequestEnv(Config({"env": env, **account}, None), env, Variables(seen), "n", "a")
    assert seen.names <= set(REQUEST_NAMES)


@pytest.mark.parametrize("name", REQUEST_NAMES)
def test_outside_of_an_invocation_a_changed_variable_counts_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call = GatewayCall(Config({"env": DYNAMIC_CURRENT_ENV}, None), "n", "a")
    for variable, value in {**LISTED, "TENCENTCLOUD_SECRETID": "i", "TENCENTCLOUD_SECRETKEY": "k"}.items():
        monkeypatch.setenv(variable, value)

    def parts(env: RequestEnv) -> tuple[object, ...]:
        template = env.template
        return env.env, env.tokens, env.request_id, env.address, template.headers, template.secret_id, template.target

    for value in ("", '{"URL": "http://h/a"}', '{"URL": "http://h/b"}'):
        if value or not name.startswith("TENCENTCLOUD_SECRET"):
            monkeypatch.setenv(name, value)
        fresh = RequestEnv(call.config, call.env, Variables(), "n", "a")
        assert parts(fresh) == parts(call.request_env())
        assert call.request_env() is call.request_env()


def test_an_invocation_does_not_show_its_variables() -> None:
    assert "secret" not in repr(Invocation({"WX_API_TOKEN": "secret"}, 1.0, "r"))
