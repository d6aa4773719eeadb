"""init() and config.json: what may be given, and what each message says about what may not."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy import UNDEFINED
from cloudpy._client import permissions as _permissions
from cloudpy._client.cloud import Cloud, SyncCloud
from cloudpy._client.config import DYNAMIC_CURRENT_ENV, Config
from cloudpy._client.permissions import Permissions, from_file
from cloudpy.errors import ApiPermissionError, CloudSDKError, ConfigError
from tests.once import part

GOOD = '{"permissions": {"openapi": ["cloudbase.getOpenData", "a.b"]}}'


@pytest.fixture(params=[Cloud, SyncCloud], ids=["async", "sync"])
def cloud(request: pytest.FixtureRequest) -> Cloud | SyncCloud:
    return request.param()


def test_the_permissions_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(GOOD)
    permissions = from_file(str(path))
    assert ({"cloudbase.getOpenData", "a.b"}, str(path)) == (permissions.allowed, permissions.origin)
    assert None is permissions.check("a.b")


@pytest.mark.parametrize("text", ["{}", '{"permissions":{}}', '{"permissions":null}', '{"permissions":{"openapi":[]}}'])
def test_a_file_that_lists_nothing_allows_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ApiPermissionError) as caught:
        from_file(str(path)).check("cloudbase.getOpenData")
    assert -604101 == caught.value.errCode
    for told in ("cloudbase.getOpenData", str(path), 'Add "cloudbase.getOpenData"', "permissions.openapi"):
        assert told in caught.value.errMsg


BROKEN = {
    "empty": (b"", "is not JSON: line 1, column 1"),
    "text": (b"hello", "is not JSON: line 1, column 1"),
    "cut": (b'{"permissions":\n {"openapi": [', "is not JSON: line 2"),
    "trailing comma": (b'{"permissions": {"openapi": ["a",]}}', "is not JSON: line 1"),
    "comment": (b'{// note\n"permissions": {}}', "is not JSON: line 1"),
    "byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "utf-16": ('{"a":1}'.encode("utf-16"), "byte order mark"),
    "not utf-8": (b'{"permissions": "\xff"}', "is not UTF-8 (byte 17)"),
    "list": (b"[]", "must hold an object, holds a list ([])"),
    "null": (b"null", "must hold an object, holds null"),
    "number": (b"5", "must hold an object, holds a number (5)"),
    "permissions list": (b'{"permissions": ["a"]}', 'permissions must be an object, is a list (["a"])'),
    "permissions text": (b'{"permissions": "a"}', 'permissions must be an object, is a string ("a")'),
    "openapi text": (
        b'{"permissions": {"openapi": "a"}}',
        'permissions.openapi must be a list of API names, is a string ("a")',
    ),
    "openapi object": (
        b'{"permissions": {"openapi": {"a": 1}}}',
        "permissions.openapi must be a list of API names, is an object",
    ),
    "openapi true": (
        b'{"permissions": {"openapi": true}}',
        "permissions.openapi must be a list of API names, is a boolean (true)",
    ),
    "not a name": (
        b'{"permissions": {"openapi": ["a", 5]}}',
        "permissions.openapi[1] must be the name of an API, is a number (5)",
    ),
    "null for a name": (
        b'{"permissions": {"openapi": [null]}}',
        "permissions.openapi[0] must be the name of an API, is null",
    ),
    "empty name": (
        b'{"permissions": {"openapi": ["a", " "]}}',
        'permissions.openapi[1] must be the name of an API, is a string (" ")',
    ),
    "key twice": (b'{"permissions": {}, "permissions": {}}', "has the key 'permissions' twice"),
    "inner key twice": (b'{"permissions": {"openapi": ["a"], "openapi": []}}', "has the key 'openapi' twice"),
    "deep": (b"[" * 100_000, "is not JSON"),
    "long number": (b"9" * 10_000, "is not JSON"),
}


@pytest.mark.parametrize("data, found", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_an_error_at_init(cloud: Any, tmp_path: Path, data: bytes, found: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        cloud.init(config=str(path))
    message = caught.value.errMsg
    assert -501007 == caught.value.errCode
    for told in (str(path), found, '{"permissions": {"openapi": ["cloudbase.getOpenData"]}}'):
        assert told in message
    assert len(message) < 600


def test_a_folder_and_a_file_that_is_not_there(cloud: Any, tmp_path: Path) -> None:
    (tmp_path / "config.json").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for config, path in [
        (tmp_path / "config.json", tmp_path / "config.json"),
        (tmp_path, tmp_path / "config.json"),
        (tmp_path / "absent.json", tmp_path / "absent.json"),
        (tmp_path / "loop", tmp_path / "loop"),
    ]:
        with pytest.raises(ConfigError, match="cannot be read") as caught:
            cloud.init(config=config)
        assert f"init:fail {path} cannot be read: " in caught.value.errMsg


def test_a_path_that_no_system_has(cloud: Any) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        cloud.init(config="a\0b")


@settings(max_examples=part(300, 60), deadline=None)
@given(st.binary(max_size=60) | st.sampled_from([GOOD.encode()[:n] for n in range(len(GOOD))]))
def test_any_file_is_permissions_or_a_config_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(data)
    try:
        assert isinstance(from_file(str(path)), Permissions)
    except ConfigError as error:
        assert str(path) in error.errMsg


def test_the_config_json_beside_the_caller(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    program = "from cloudpy._client.cloud import SyncCloud\ncloud = SyncCloud().init(env='e')\n"
    (tmp_path / "config.json").write_text(GOOD)
    scope = {"__file__": str(tmp_path / "index.py"), "__name__": "index"}
    exec(program, scope)
    assert scope["cloud"]._config.permissions.origin == str(tmp_path / "config.json")  # type: ignore[attr-defined]
    (tmp_path / "config.json").unlink()
    with caplog.at_level(logging.WARNING, "cloudpy"):
        exec(program, scope)
    assert None is scope["cloud"]._config.permissions  # type: ignore[attr-defined]
    assert f"no config.json in {tmp_path}" in caplog.text


def test_a_dict_for_a_file(cloud: Any) -> None:
    cloud.init(config={"permissions": {"openapi": ["a.b"]}})
    assert {"a.b"} == cloud._config.permissions.allowed
    with pytest.raises(ConfigError, match=r"the config given to init\(\) permissions must be an object"):
        type(cloud)().init(config={"permissions": []})
    with pytest.raises(ConfigError, match="a object"):
        type(cloud)().init(config={"permissions": {"openapi": [object()]}})


@pytest.mark.parametrize("config", [5, True, b"path", ["a"], 1.5])
def test_what_is_no_config(cloud: Any, config: object) -> None:
    with pytest.raises(ConfigError, match="config must be a path, a dict or None"):
        cloud.init(config=config)


BAD_OPTIONS = [
    *[({"retries": value}, "retries must be an integer from 0 to 10, got") for value in (-1, 11, 1.0, "1", True, [])],
    *[
        ({"timeout": value}, "timeout must be a number of seconds above 0, got")
        for value in (0, -1, "5", True, [], float("nan"))
    ],
    *[({"timeout": value}, "timeout is in seconds, 900 at most") for value in (901, 15_000, float("inf"))],
    *[
        ({"env": value}, "env must be an environment id or cloud.DYNAMIC_CURRENT_ENV, got")
        for value in (5, True, [], b"e")
    ],
    ({"env": {"default": 5}}, "env['default'] must be an environment id or cloud.DYNAMIC_CURRENT_ENV, got 5"),
    *[
        ({"serviceUrl": value}, "serviceUrl must begin with http:// or https://, got")
        for value in ("localhost", "ftp://h", "http://", "http:///x")
    ],
    *[({"serviceUrl": value}, "serviceUrl must be a string, got") for value in (5, b"http://h", ["http://h"])],
    *[({"region": value}, "region must be a string, got") for value in (5, [])],
    ({"secretId": "i"}, "secretId and secretKey must be a pair: got secretId, give secretKey as well"),
    ({"secretKey": "k"}, "secretId and secretKey must be a pair: got secretKey, give secretId as well"),
    ({"secretId": "i", "secretKey": ""}, "secretId and secretKey must be a pair"),
    ({"retry": 1}, "unknown option 'retry'; did you mean 'retries'?"),
    ({"zzz": 1}, "unknown option 'zzz'; init() takes env, config"),
]


@pytest.mark.parametrize("options, told", BAD_OPTIONS, ids=[str(options) for options, _ in BAD_OPTIONS])
def test_bad_options(cloud: Any, options: dict[str, Any], told: str) -> None:
    for give in (lambda: cloud.init(config=None, **options), lambda: cloud.init({"config": None, **options})):
        with pytest.raises(ConfigError) as caught:
            give()
        assert told in caught.value.errMsg
        assert caught.value.errMsg.startswith("init:fail ")
        assert -501007 == caught.value.errCode
    assert None is cloud._config  # and a good init() may follow
    assert cloud.init(config=None, env="e")._config.env == "e"


@pytest.mark.parametrize("options", [5, "env", ["env"], object()])
def test_options_are_one_dict_or_keywords(cloud: Any, options: Any) -> None:
    with pytest.raises(ConfigError, match="options are one dict or keywords"):
        cloud.init(options)
    with pytest.raises(ConfigError, match="option 'env' is given twice"):
        cloud.init({"env": "a"}, env="a")


def test_an_option_that_is_undefined_is_not_given(cloud: Any) -> None:
    assert cloud.init(env=UNDEFINED, timeout=3, missing=UNDEFINED)._config.env is None
    assert cloud._config.read({})["a"] is UNDEFINED


SECRETS = {"secretId": "AKIDsecret", "secretKey": "KEYsecret", "sessionToken": "TOKENsecret"}


def test_secrets_show_nowhere(cloud: Any) -> None:
    cloud.init(config=None, **SECRETS)
    assert "secret" not in repr(cloud) + repr(cloud._config)
    for name in SECRETS:
        for bad in (b"AKIDsecret", ["AKIDsecret"], {"a": "AKIDsecret"}):
            with pytest.raises(ConfigError) as caught:
                type(cloud)().init(config=None, **{**SECRETS, name: bad})
            assert "AKIDsecret" not in str(caught.value) + repr(caught.value)
            assert f"{name} must be a string, got {type(bad).__name__}" in caught.value.errMsg
    for half in ("secretId", "secretKey"):
        with pytest.raises(ConfigError) as caught:
            type(cloud)().init(config=None, **{half: SECRETS[half]})
        assert SECRETS[half] not in str(caught.value)


def test_defaults_and_good_values() -> None:
    config = Config({}, None)
    assert (None, 15.0, 0, "", "", None) == (
        *(config.env, config.timeout, config.retries),
        *(config.service_url, config.region, config.session_token),
    )
    config = Config({"timeout": 0.001, "retries": 10, "env": DYNAMIC_CURRENT_ENV, "serviceUrl": "http://h"}, None)
    assert (0.001, 10, DYNAMIC_CURRENT_ENV) == (config.timeout, config.retries, config.env)
    assert "one" == Config({"env": {"default": "one", "database": "two"}}, None).env


def test_dynamic_current_env_is_one_object() -> None:
    assert DYNAMIC_CURRENT_ENV is type(DYNAMIC_CURRENT_ENV)()
    assert DYNAMIC_CURRENT_ENV is pickle.loads(pickle.dumps(DYNAMIC_CURRENT_ENV))


def test_before_init_a_call_says_to_call_init() -> None:
    with pytest.raises(CloudSDKError, match=r"call cloud.init\(\) first") as caught:
        SyncCloud().openapi.a.b()
    assert -1 == caught.value.errCode


def test_a_refused_api_is_refused_before_anything_is_sent() -> None:
    cloud = SyncCloud().init(config={"permissions": {"openapi": ["a.b"]}}, serviceUrl="http://127.0.0.1:1")
    with pytest.raises(ApiPermissionError, match="Nothing was sent"):
        cloud.openapi.a.c()


def test_no_file_is_no_permissions(tmp_path: Path) -> None:
    assert None is _permissions.beside(str(tmp_path))
    (tmp_path / "config.json").symlink_to(tmp_path / "gone")
    with pytest.raises(ConfigError, match="cannot be read"):
        _permissions.beside(str(tmp_path))
