"""Results become the JSON that the platform sends; what cannot be is refused with its path."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import decimal
import enum
import json
import logging
import uuid
from collections import OrderedDict, namedtuple
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloudpy
from cloudpy.errors import CloudSDKError
from cloudpy.runtime import ResultError, client_event, encode, plain


class Colour(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


Point = namedtuple("Point", "x y")


class Dated:
    def toJSON(self) -> Any:  # noqa: N802 - JavaScript's name for it
        return {"at": (1, 2)}


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (None, "null"),
        (True, "true"),
        ("名\u2028", '"名\u2028"'),
        ({"b": 1, "a": [1, 2.5, None]}, '{"b": 1, "a": [1, 2.5, null]}'),
        (2**64 + 1, str(2**64 + 1)),
        ((1, (2,)), "[1, [2]]"),
        (Point(1, 2), "[1, 2]"),
        (b"\x00\xff", '{"type": "Buffer", "data": [0, 255]}'),
        (bytearray(b"a"), '{"type": "Buffer", "data": [97]}'),
        (memoryview(b"ab"), '{"type": "Buffer", "data": [97, 98]}'),
        ({"c": Colour.RED, "l": Level.HIGH, Colour.RED: 1}, '{"c": "red", "l": 3, "red": 1}'),
        (OrderedDict(a=1), '{"a": 1}'),
        (MappingProxyType({"a": 1}), '{"a": 1}'),
        (CloudSDKError(40003, "openapi.a.b:fail invalid openid"), None),
        ({"d": Dated()}, '{"d": {"at": [1, 2]}}'),
        ("\ud800", '"\\ud800"'),
        ({"\udc00": "é"}, '{"\\udc00": "é"}'),
    ],
)
def test_what_json_has_a_form_for(result: Any, text: str | None) -> None:
    if text is None:
        text = '{"errCode": 40003, "errMsg": "openapi.a.b:fail invalid openid"}'
    assert text == encode(result)


def test_an_error_of_another_library_with_the_same_fields() -> None:
    class OtherError(Exception):
        errCode = -1  # noqa: N815
        errMsg = "elsewhere"  # noqa: N815

    assert '{"errCode": -1, "errMsg": "elsewhere"}' == encode(OtherError())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_has_not_become_null_as_in_node_and_are_told(
    value: float, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "cloudpy"):
        assert '{"a": [null]}' == encode({"a": [value]})
    assert f'result["a"][0] is {value!r}: sent as null, as in Node' in caplog.text


@dataclasses.dataclass
class Record:
    name: str


class Plain(enum.Enum):
    A = 1


async def coroutine() -> int:
    return 1


@pytest.mark.parametrize(
    ("value", "kind", "advice"),
    [
        (datetime.datetime(2026, 1, 1), "datetime", "isoformat()"),
        (datetime.date(2026, 1, 1), "date", "isoformat()"),
        (datetime.timedelta(1), "timedelta", "total_seconds()"),
        (decimal.Decimal("1.1"), "Decimal", "str()"),
        ({1, 2}, "set", "list() or sorted()"),
        (uuid.UUID(int=1), "UUID", "str()"),
        (Record("x"), "Record", "dataclasses.asdict()"),
        (Plain.A, "Plain", "give its value"),
        ((i for i in ()), "generator", "list()"),
        (1j, "complex", "real and imag"),
        (object(), "object", "give a dict, list, str"),
        (len, "builtin_function_or_method", "give a dict, list, str"),
        (lambda: 1, "function", "call it"),
        (Record, "type", "give a dict, list, str"),
        (ValueError("x"), "ValueError", "raise it, or give"),
        (cloudpy.openapi, "OpenAPI", "give a dict, list, str"),
        ({}.keys(), "dict_keys", "list()"),
    ],
)
def test_what_json_has_no_form_for(value: Any, kind: str, advice: str) -> None:
    with pytest.raises(ResultError) as caught:
        encode({"photo": [0, value]})
    assert 'result["photo"][1]' == caught.value.path
    assert str(caught.value).startswith(f'result["photo"][1]: {kind} — JSON has no form for it: ')
    assert advice in caught.value.reason


def test_a_datetime_with_a_time_zone_is_sent_as_in_node() -> None:
    east = datetime.timezone(datetime.timedelta(hours=8))
    for moment, text in (
        (datetime.datetime(2026, 5, 1, 20, 30, 0, 123999, east), "2026-05-01T12:30:00.123Z"),
        (datetime.datetime(2026, 5, 1, tzinfo=datetime.timezone.utc), "2026-05-01T00:00:00.000Z"),
        (datetime.datetime(1, 1, 2, tzinfo=east), "0001-01-01T16:00:00.000Z"),
    ):
        assert f'{{"at": "{text}"}}' == encode({"at": moment})
    with pytest.raises(ResultError, match="datetime"):
        encode(datetime.datetime(1, 1, 1, tzinfo=east))


def test_a_document_of_the_database_is_sent_as_it_is() -> None:
    database = cloudpy.createNewInstance(env="e", config=None).database()
    document = {"_id": "a", "at": database.Geo.Point(1, 2.5), "old": None}
    assert '{"_id": "a", "at": {"type": "Point", "coordinates": [1, 2.5]}, "old": null}' == encode(document)


def test_a_forgotten_await() -> None:
    with pytest.raises(ResultError, match=r"coroutine .* await it"):
        encode({"steps": coroutine()})  # and no warning that it was never awaited

    async def with_a_task() -> None:
        task = asyncio.ensure_future(coroutine())
        with pytest.raises(ResultError, match=r"Task .* await it"):
            encode(task)
        await task

    asyncio.run(with_a_task())


@pytest.mark.parametrize("key", [1, None, True, 1.5, b"k", (1,)])
def test_keys_must_be_texts(key: Any) -> None:
    with pytest.raises(ResultError, match="keys must be texts") as caught:
        encode({"a": {key: 1}})
    assert 'result["a"]' == caught.value.path
    assert repr(key) in str(caught.value)


def test_odd_keys_in_a_path() -> None:
    with pytest.raises(ResultError) as caught:
        encode([{'a "quoted" 名': {1}}])
    assert 'result[0]["a \\"quoted\\" 名"]' == caught.value.path


def test_what_contains_itself() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ResultError, match="contains itself, or nests too deep"):
        encode(endless)


def test_an_integer_too_long_to_print() -> None:
    with pytest.raises(ResultError, match=r'result\["n"\]: int .* too many digits'):
        encode({"n": 10**5000})
    assert 4000 == len(encode(10**3999))


def test_six_megabytes_are_the_most() -> None:
    most = 6 * 1024 * 1024
    assert most == len(encode("x" * (most - 2)))
    for result in ("x" * (most - 1), "名" * (most // 3), b"x" * 2_500_000, b"x" * 100_000_000):
        with pytest.raises(ResultError, match="6 MB at most"):
            encode(result)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(json_values)
def test_json_comes_through_unchanged(value: Any) -> None:
    assert value == plain(value)
    assert value == json.loads(encode(value))


@given(st.text(st.characters(categories=["Cs", "Lo", "Ll"])))
def test_any_text_can_be_sent(text: str) -> None:
    sent = encode(text).encode()
    assert text.encode("utf-16", "surrogatepass") == json.loads(sent).encode("utf-16", "surrogatepass")


def test_the_event_of_a_client() -> None:
    assert {"a": 1, "userInfo": {"appId": "wx1", "openId": "o1"}} == client_event({"a": 1}, openid="o1", appid="wx1")
    assert {"userInfo": {"appId": "wx1"}} == client_event(appid="wx1")
    forged = client_event({"userInfo": {"openId": "o-forged"}}, openid="o1", appid="wx1")
    assert {"appId": "wx1", "openId": "o1"} == forged["userInfo"]
