"""Names under ``openapi`` beside the tools that look at objects: coroutine functions, never a call unasked."""

from __future__ import annotations

import asyncio
import copy
import doctest
import functools
import inspect
import io
import pydoc
import types
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import rich
from rich.console import Console

import cloudpy
import cloudpy.sync
from cloudpy.errors import CloudSDKError
from cloudpy.testing import LocalWeChat

OPTIONS = {"env": cloudpy.DYNAMIC_CURRENT_ENV, "config": None}
AWAITED = cloudpy.createNewInstance(**OPTIONS)  # type: ignore[arg-type]
PLAIN = cloudpy.sync.createNewInstance(**OPTIONS)  # type: ignore[arg-type]
NAMES = [
    lambda cloud: cloud.openapi,
    lambda cloud: cloud.openapi.security,
    lambda cloud: cloud.openapi.security.msgSecCheck,
    lambda cloud: cloud.openapi(appid="wx2").wxacode.get,
    lambda cloud: cloud.cloudPay,
    lambda cloud: cloud.cloudPay.unifiedOrder,
]


@pytest.mark.parametrize("name", [NAMES[2], NAMES[3], NAMES[5]])
def test_names_of_the_async_api_are_coroutine_functions(name: Any) -> None:
    api = name(AWAITED)
    for each in (api, functools.partial(api, {"a": 1})):
        assert inspect.iscoroutinefunction(each)
        assert asyncio.iscoroutinefunction(each)
    assert inspect.iscoroutinefunction(api.__call__)  # as Starlette and asgiref ask
    parameters = list(inspect.signature(api).parameters)
    assert ("params", "keywords") == (parameters[0], parameters[-1])
    plain = name(PLAIN)
    assert not inspect.iscoroutinefunction(plain) and not asyncio.iscoroutinefunction(plain)
    assert not inspect.iscoroutinefunction(plain.__call__)


def test_mocks_of_them_can_be_awaited() -> None:
    app = cloudpy.createNewInstance(**OPTIONS)  # type: ignore[arg-type]
    with mock.patch.object(app.openapi.security, "msgSecCheck") as check:
        check.return_value = {"errCode": 0}
        assert {"errCode": 0} == asyncio.run(app.openapi.security.msgSecCheck(content="a"))
        check.assert_awaited_once_with(content="a")
    assert not isinstance(app.openapi.security.msgSecCheck, mock.Mock)
    spec = mock.create_autospec(app.openapi.security.msgSecCheck, return_value={"errCode": 1})
    assert {"errCode": 1} == asyncio.run(spec({"content": "a"}))
    assert isinstance(mock.AsyncMock(spec=app.openapi.security.msgSecCheck), mock.AsyncMock)
    plain = cloudpy.sync.createNewInstance(**OPTIONS)  # type: ignore[arg-type]
    with mock.patch.object(plain.openapi.security, "msgSecCheck") as check:
        check.return_value = {"errCode": 0}
        assert {"errCode": 0} == plain.openapi.security.msgSecCheck(content="a")


PROBES = """_ipython_display_ _ipython_canary_method_should_not_exist_ _repr_html_ _repr_mimebundle_ _repr_png_ getdoc
trait_names _getAttributeNames _is_coroutine_marker _asyncio_future_blocking _mock_methods _pytestfixturefunction
pytest_plugins assert_called_once assert_awaited reset_mock do_not_call_in_templates alters_data is_hypothesis_test
aihwerij235234ljsdnp34ksodfipwoe234234jlskjdf __wrapped__ __rich__ __rich_console__ __get_pydantic_core_schema__
__await__ __iter__ __len__ __array__ __fspath__ __html__ shape dtype""".split()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cloud", [AWAITED, PLAIN], ids=["async", "sync"])
def test_looking_at_a_name_calls_nothing(cloud: Any, name: Any) -> None:
    with LocalWeChat(strict=False) as wechat:
        thing = name(cloud)
        assert [] == [probe for probe in PROBES if hasattr(thing, probe)]
        module = types.ModuleType("users")
        module.thing = thing  # type: ignore[attr-defined]
        doctest.DocTestFinder().find(module)
        pydoc.render_doc(thing)
        inspect.getdoc(thing)
        inspect.unwrap(thing)
        inspect.isawaitable(thing)
        mock.create_autospec(thing)
        copy.copy(thing)
        rich.inspect(thing, console=Console(file=io.StringIO()))
        Console(file=io.StringIO()).print(thing)
        repr(thing), str(thing), dir(thing), bool(thing), thing == thing
        assert [] == wechat.calls()


def test_a_name_that_no_contract_knows_is_an_api_all_the_same() -> None:
    for name in ("brandNew", "get2", "Upper", "with_underscore"):
        assert f"<cloud.openapi.some.{name}>" == repr(getattr(AWAITED.openapi.some, name))
    with pytest.raises(AttributeError, match="'_private' is not the name of an API"):
        _ = AWAITED.openapi.some._private


REFUSALS = [(40164, "invalid ip 203.0.113.7, not in whitelist"), (40125, "invalid appsecret")]


@pytest.mark.parametrize(("code", "words"), REFUSALS)
def test_what_wechat_said_of_a_token_reaches_the_caller(code: int, words: str) -> None:
    def token() -> dict[str, Any]:
        return {"errcode": code, "errmsg": words}

    given: dict[str, Any] = {"transport": "https", "config": None, "serviceUrl": "http://127.0.0.1:9"}
    plain = cloudpy.sync.createNewInstance(access_token=token, **given)
    awaited = cloudpy.createNewInstance(access_token=token, **given)

    async def call() -> Any:
        return await awaited.openapi.wxacode.get(path="a")

    for each in (lambda: plain.openapi.wxacode.get(path="a"), lambda: asyncio.run(call())):
        with pytest.raises(CloudSDKError) as caught:
            each()
        assert code == caught.value.errCode
        assert words in caught.value.errMsg and "access_token" in caught.value.errMsg


@pytest.mark.parametrize("value", [io.BytesIO(b"1"), Path(__file__)])
def test_a_file_in_the_place_of_its_bytes(value: Any) -> None:
    with pytest.raises(CloudSDKError, match=r"media.value is a .*give the bytes of the file, as read\w*\(\) returns"):
        PLAIN.openapi.security.imgSecCheck(media={"contentType": "image/png", "value": value})
