"""local.yaml: what it says is what the local WeChat does, and what it says wrongly is told with file, line and key."""

from __future__ import annotations

import base64
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from cloudpy.errors import ConfigError
from cloudpy.local import Backend, EmptyCatalog, LocalDataError, load, read

from .wire_client import Client, Clock, error_of

WHOLE = """
env: prod-1a2b
appid: wx1111
unknown: refuse
users:
  - openid: o-alice
    unionid: u-alice
  - {openid: o-bob, appid: wx2222, clientIP: 10.1.2.3}
open_data:
  steps:
    stepInfoList: [{timestamp: 1603641600, step: 1234}]
  xxx: {cloudID: xxx, data: {openGID: g}, openid: o-bob}
  old:
    data: [1, null, "text"]
    expired: true
  12345: plain
  own: {data: 1, kind: data that has a key data of its own}
permissions: [cloudbase.getOpenData, a.b.c, d.e]
answers:
  security.msgSecCheck: {result: {suggest: pass}}
  a.b.c:
    - when: {kind: {name: one}}
      error: {errCode: 40003}
      times: 1
    - reply: {someKey: [1]}
      delay: 0.5
  wxacode.get: {buffer: iVBORw==, contentType: image/png}
  d.e:
    - file: picture.png
    - file: picture.png
      contentType: image/x-own
    - buffer: !!binary iVBORw==
    - text: 纯文本
    - fault: reset
    - error: {errCode: SYS_ERR, errMsg: broken}
    - error: {errCode: -604102}
"""


def write(folder: Path, text: str | bytes, name: str = "local.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
    return path


def wrong(folder: Path, text: str | bytes) -> str:
    """The message for a file, without its path in front."""
    path = write(folder, text)
    with pytest.raises(LocalDataError) as found:
        read(path)
    message = str(found.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:")
    return message[len(str(path)) + 1 :].strip()


@pytest.fixture
def whole(tmp_path: Path) -> Backend:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    return load(write(tmp_path, WHOLE), clock=Clock(), catalog=EmptyCatalog())


def test_users_and_environment(whole: Backend) -> None:
    assert (whole.env, whole.unknown, whole.users.default.openid) == ("prod-1a2b", "refuse", "o-alice")
    alice, bob = whole.users.find("o-alice"), whole.users.find("o-bob")
    assert alice and bob
    assert (alice.unionid, alice.appid) == ("u-alice", "wx1111")
    assert (bob.appid, bob.client_ip) == ("wx2222", "10.1.2.3")


def test_open_data(whole: Backend) -> None:
    client, bob = Client(whole), Client(whole, user="o-bob")
    ids = ["steps", "xxx", "old", "12345", "own", "none"]
    found = [item["json"] for item in client.call(params={"cloudidList": ids})["json"]["data_list"]]
    assert found[0] == {"cloudID": "steps", "data": {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}}
    assert [item.get("errCode", 0) for item in found] == [0, -601007, -601006, 0, 0, -601005]
    assert [found[3]["data"], found[4]["data"]["data"]] == ["plain", 1]
    found = [item["json"] for item in bob.call(params={"cloudidList": ids})["json"]["data_list"]]
    assert found[1] == {"cloudID": "xxx", "data": {"openGID": "g"}}
    assert found[0]["errCode"] == -601007


def test_ids_of_the_file_do_not_grow_old(whole: Backend) -> None:
    assert isinstance(whole.clock, Clock)
    whole.clock.advance(86_400)
    found = Client(whole).call(params={"cloudidList": ["steps"]})["json"]["data_list"]
    assert "data" in found[0]["json"]


def test_answers(whole: Backend) -> None:
    client = Client(whole)
    one, other = {"kind": {"name": "one", "more": 1}}, {"kind": {"name": "other"}}
    assert client.call("a.b.c", one)["json"]["errcode"] == 40003
    assert client.call("a.b.c", one)["json"]["some_key"] == [1]
    answer = client.send("a.b.c", other)
    assert answer.delay == 0.5
    whole.allow("all")
    assert client.call("security.msgSecCheck")["json"]["result"] == {"suggest": "pass"}
    assert client.call("wxacode.get")["resp_data"] == base64.b64decode("iVBORw==")


def test_every_kind_of_answer(whole: Backend) -> None:
    client = Client(whole)
    found = [client.call("d.e") for _ in range(4)]
    assert [(one["content_type"], one["resp_data"]) for one in found] == [
        ("image/png", b"\x89PNG"),
        ("image/x-own", b"\x89PNG"),
        ("application/octet-stream", b"\x89PNG"),
        ("text/plain", "纯文本".encode()),
    ]
    assert client.send("d.e").fault == "reset"
    assert error_of(client.send("d.e"))["message"] == "broken"
    assert [client.call("d.e")["error_code"] for _ in range(3)] == [-604102] * 3


def test_nothing_given_at_all(tmp_path: Path) -> None:
    backend = load(clock=Clock(), catalog=EmptyCatalog())
    client = Client(backend)
    assert (backend.env, client.variables["WX_OPENID"]) == ("local", "o-local-user")
    assert client.call()["error_code"] == -604101
    for empty in ("", "# nothing yet\n", "{}"):
        assert read(write(tmp_path, empty)).users == ()


def test_arguments_go_before_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "env: one\nunknown: sample\n")
    backend = load(path, env="two", unknown="refuse", catalog=EmptyCatalog())
    assert (backend.env, backend.unknown) == ("two", "refuse")


def test_permissions_of_the_file_go_before_config_json(tmp_path: Path) -> None:
    config = write(tmp_path, json.dumps({"permissions": {"openapi": ["a.b"]}}), "config.json")
    assert load(config=config).allowed("") == {"a.b"}
    assert load(write(tmp_path, "users: [{openid: o}]"), config=config).allowed("any") == {"a.b"}
    assert load(write(tmp_path, "permissions: []"), config=config).allowed("") == frozenset()
    assert load(write(tmp_path, "permissions: all"), config=config).allowed("") == "all"
    assert load().allowed("") is None
    with pytest.raises(ConfigError):
        load(config=tmp_path / "none.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("user:\n  - openid: o\n", "1: user: unknown key; did you mean 'users'?"),
        ("openData: {}\n", "1: openData: unknown key; did you mean 'open_data'?"),
        ("nonsense: 1\n", "1: nonsense: unknown key; known are env, appid, users"),
        ("users:\n  - openid: o\n    openID: p\n", "3: users[0].openID: unknown key; did you mean 'openid'?"),
        ("users:\n  - openid: 123\n", "2: users[0].openid: must be a string, in quotes, is the number 123"),
        ("users:\n  - unionid: u\n", "2: users[0]: openid is missing"),
        ("users: []\n", "1: users: must not be empty"),
        ("users: o-alice\n", "1: users: must be a list, is a string"),
        ("users:\n", "1: users: must be a list, is nothing"),
        ("users:\n  - openid: o\n  - openid: p\n  - openid: o\n", "4: users[2].openid: duplicate openid 'o'"),
        ("env: ''\n", "1: env: must not be empty"),
        ("env: 5\n", "1: env: must be a string, in quotes, is the number 5"),
        ("unknown: guess\n", "1: unknown: must be one of sample, refuse, is 'guess'"),
        ("permissions: some\n", "1: permissions: must be a list of APIs, or the word all, is a string"),
        (
            "users: [{openid: o-alice}]\nopen_data:\n  x: {data: 1, openid: o-alise}\n",
            "3: open_data.x.openid: no user has the openid 'o-alise'; did you mean 'o-alice'?",
        ),
        (
            "open_data:\n  x:\n    data: 1\n    expird: true\n",
            "4: open_data.x.expird: unknown key; did you mean 'expired'?",
        ),
        ("open_data:\n  x: {data: 1, expired: 1}\n", "2: open_data.x.expired: must be true or false, is the number 1"),
        ("open_data:\n  x: {data: 1, cloudID: y}\n", "2: open_data.x.cloudID: must be 'x', or omitted"),
        ("open_data:\n  x: {a: !!binary aaaa}\n", "2: open_data.x.a: JSON has no form for !!binary"),
        ("open_data:\n  x: {a: 2020-01-01}\n", "2: open_data.x.a: JSON has no form for 2020-01-01: put it in quotes"),
        ("open_data:\n  x: {a: .nan}\n", "2: open_data.x.a: JSON has no form for .nan"),
        ("open_data: [1]\n", "1: open_data: must be a mapping, is a list"),
        ("answers:\n  a.b: 5\n", "2: answers.a.b: must be a reply, or a list of responses, is the number 5"),
        ("answers:\n  a.b: []\n", "2: answers.a.b: must be a reply, or a list of responses, is a list"),
        ("answers:\n  openapi.a.b: {}\n", "2: answers.openapi.a.b: write the name of an API as in config.json"),
        ("answers:\n  a..b: {}\n", "2: answers.a..b: write the name of an API as in config.json"),
        ("answers:\n  a.b:\n    - repli: {}\n", "3: answers.a.b[0].repli: unknown key; did you mean 'reply'?"),
        ("answers:\n  a.b:\n    - {}\n", "3: answers.a.b[0]: must not be empty"),
        ("answers:\n  a.b:\n    - when: {}\n", "3: answers.a.b[0]: has no response: add one of reply, error"),
        (
            "answers:\n  a.b:\n    - reply: {}\n      text: x\n",
            "4: answers.a.b[0].text: a response is either reply or text",
        ),
        ("answers:\n  a.b:\n    - reply: {}\n      times: 0\n", "4: answers.a.b[0].times: must be at least 1"),
        ("answers:\n  a.b:\n    - fault: explode\n", "3: answers.a.b[0].fault: must be one of refused, reset"),
        ("answers:\n  a.b:\n    - error: {errMsg: m}\n", "3: answers.a.b[0].error: errCode is missing"),
        (
            "answers:\n  a.b:\n    - error: {errCode: 0}\n",
            "3: answers.a.b[0].error.errCode: must not be 0, which means success",
        ),
        ("answers:\n  a.b:\n    - error: {errCode: 1.5}\n", "must be an integer or a string, is the number 1.5"),
        ("answers:\n  a.b:\n    - {reply: {}, contentType: x}\n", "contentType: is only allowed with buffer or file"),
        (
            "answers:\n  a.b:\n    - buffer: '*'\n",
            "3: answers.a.b[0].buffer: must be bytes, as !!binary or as a base64",
        ),
        ("answers:\n  a.b:\n    - buffer: 5\n", "3: answers.a.b[0].buffer: must be bytes"),
        ("answers:\n  a.b:\n    - file: none.png\n", "none.png cannot be read: No such file"),
        (
            "answers:\n  a.b: {k: !!binary aaaa}\n",
            "2: answers.a.b.k: JSON has no form for !!binary: put a file",
        ),
        ("answers:\n  a.b: {errCode: x}\n", "2: answers.a.b: errCode must be an integer, got 'x'"),
        ("users:\n\t- openid: o\n", "2: is not valid YAML: tab in the indentation"),
        ("users: [\n", "is not valid YAML:"),
        ("env: a\nenv: b\n", "2: env: duplicate key, first in line 1: merge them"),
        ("open_data:\n  x:\n    a: 1\n    a: 2\n", "4: open_data.x.a: duplicate key, first in line 3"),
        ("- users\n", "1: expected a mapping (users:, open_data:, …), got a list"),
        ("just text\n", "1: expected a mapping (users:, open_data:, …), got a string"),
        ("env: a\n---\nenv: b\n", "is not valid YAML:"),
        ("env: &a x\nappid: *a\n", "2: aliases are not supported: write out the value of *a"),
        (
            "open_data:\n  x: !!python/object/apply:os.system [id]\n",
            "2: open_data.x: the tag 'tag:yaml.org,2002:python/",
        ),
        ("open_data:\n  x: !own 1\n", "2: open_data.x: the tag '!own' is not known"),
        ("open_data:\n  x: !!set {a, b}\n", "2: open_data.x: the tag 'tag:yaml.org,2002:set' is not known"),
        ("open_data:\n  x: !!int nine\n", "2: open_data.x: cannot be read"),
        ("open_data:\n  ? [1]\n  : 2\n", "2: open_data: a key must be a plain string"),
        (b"\xef\xbb\xbfenv: a\n", "1: starts with a BOM"),
        ("env: a\n".encode("utf-16"), "1: starts with a BOM"),
        (b"env: a\nappid: \xff\n", "2: is not UTF-8"),
        (b"env: a\x00\n", "which YAML does not allow"),
        ("open_data:\n  x: " + "[" * 100 + "]" * 100, "2: is nested deeper than 60 levels"),
        ("open_data:\n  x: " + "[" * 100_000, "2: is nested deeper than 60 levels"),
        ("open_data:\n  x:\n" + "\n".join(" " * (depth + 3) + "-" for depth in range(200)), "is nested deeper than 60"),
        ("open_data:\n  x: " + "{a: " * 100_000, "2: is nested deeper than 60 levels"),
        ("open_data:\n  x: " + "9" * 5_000, "2: open_data.x: cannot be read"),
        ("open_data:\n  x: 0x" + "f" * 5_000, "2: open_data.x: cannot be read: the number has more digits"),
        ("open_data:\n  x: 0b" + "1" * 20_000, "2: open_data.x: cannot be read: the number has more digits"),
        ("open_data:\n  x: 0" + "7" * 20_000, "2: open_data.x: cannot be read: the number has more digits"),
        ("open_data:\n  x: 1" + ":59" * 5_000, "2: open_data.x: cannot be read: the number has more digits"),
        ("users:\n" + "-\n" * 100_000, "2: users[0]: must be a mapping, is nothing"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert told in wrong(tmp_path, text)


def test_a_misspelt_api_is_told_and_a_new_one_is_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    names = ["wxacode.getUnlimitd", "security.msgSeccheck", "subscribeMessage.send", "ours.getAll", "cloudPay.refund"]
    (tmp_path / "local.yaml").write_text("answers:\n" + "".join(f"  {name}: {{}}\n" for name in names), "utf-8")
    load(tmp_path / "local.yaml")
    told = [record.getMessage().rpartition("answers: ")[2] for record in caplog.records]
    assert told == [
        "cloudpy knows no API wxacode.getUnlimitd; did you mean 'wxacode.getUnlimited'?",
        "cloudpy knows no API security.msgSeccheck; did you mean 'security.msgSecCheck'?",
    ]


def test_the_first_of_several_mistakes_is_told(tmp_path: Path) -> None:
    assert wrong(tmp_path, "env: x\nusers:\n  - openid: 1\nunknown: guess\nenvv: 1\n").startswith("3:")


def test_a_bomb_of_aliases_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{key}: &{key} [{', '.join([f'*{before}'] * 9)}]" for before, key in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert "2: aliases are not supported: write out the value of *a" in wrong(tmp_path, "\n".join(lines))


def test_files_that_are_none(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "none.yaml", "no such file"),
        (tmp_path, "is a directory; name the file in it"),
        (write(tmp_path, b"x" * (5 * 1024 * 1024 + 1), "large.yaml"), "is larger than 5 MB"),
    ):
        with pytest.raises(LocalDataError, match=re.escape(f"{path}: {told}")):
            read(path)


def test_many_values_are_bounded(tmp_path: Path) -> None:
    assert "more than 500000 values" in wrong(tmp_path, "open_data:\n  x: [" + "1," * 600_000 + "1]\n")


def test_integers_stay_exact(tmp_path: Path) -> None:
    backend = load(
        write(tmp_path, "permissions: all\nanswers:\n  a.b: {id: 123456789012345678901}\n"), catalog=EmptyCatalog()
    )
    assert b'"id":123456789012345678901' in Client(backend).call("a.b")["resp_data"]


def test_the_error_is_a_value_error_that_names_its_parts(tmp_path: Path) -> None:
    path = write(tmp_path, "env: 5\n")
    with pytest.raises(ValueError) as found:
        read(path)
    error: Any = found.value
    assert (error.path, error.line) == (str(path), 1)


def test_the_example_of_the_documentation_is_true(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "en" / "local-wechat.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    backend = load(write(tmp_path, example), catalog=EmptyCatalog(), clock=Clock())
    backend.allow("all")
    client = Client(backend)
    found = [client.call(params={"cloudidList": ["xxx", "bobs-id"]})["json"] for _ in range(2)]
    assert found[0] == {"errcode": -1, "errmsg": "system error"}
    steps = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}
    assert [item["json"].get("data") for item in found[1]["data_list"]] == [steps, None]
    assert client.call("security.msgSecCheck")["json"]["result"] == {"suggest": "pass", "label": 100}
    mistake = example.replace("openid: o-alice", "openID: o-alice", 1)
    (told,) = re.findall(r"`local\.yaml:(.*?)`$", page, re.MULTILINE)
    assert told in wrong(tmp_path, mistake)
