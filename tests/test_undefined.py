"""``UNDEFINED``, and missing keys that read as it: results, documents, the caller, the event."""

from __future__ import annotations

import asyncio
import copy
import json
import math
import operator
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cloudpy
import cloudpy.sync
from cloudpy import UNDEFINED
from cloudpy._wire.records import javascript, reader
from cloudpy.runtime import LoadError
from cloudpy.testing import LocalWeChat

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
)


@pytest.fixture
def wechat() -> Iterator[LocalWeChat]:
    with LocalWeChat() as wechat:
        yield wechat


def test_it_is_one_false_value_that_stays_itself() -> None:
    assert not UNDEFINED
    assert (
        copy.deepcopy({"a": UNDEFINED})["a"]
        is pickle.loads(pickle.dumps(UNDEFINED))
        is copy.copy(UNDEFINED)
        is UNDEFINED
    )
    with pytest.raises(TypeError, match="Cannot read properties of undefined \\(reading 'name'\\)"):
        UNDEFINED["name"]
    assert cloudpy.sync.UNDEFINED is UNDEFINED


SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
IN_NODE = """
const values = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const shown = value => typeof value === 'number' ? String(value) : value
console.log(JSON.stringify(values.map(value => [
  [undefined + value, undefined - value, undefined * value, undefined / value, undefined % value,
    undefined < value, undefined <= value, undefined > value, undefined >= value].map(shown),
  [value + undefined, value - undefined, value * undefined, value / undefined, value % undefined,
    value < undefined, value <= undefined, value > undefined, value >= undefined].map(shown)])))
"""


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)


@settings(max_examples=10, deadline=None)
@given(st.lists(SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS, max_size=2)))
def test_it_calculates_as_in_node_or_raises(values: list[Any]) -> None:
    def result(sign: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
        try:
            value = sign(one, other)
        except TypeError:
            return ...
        return "NaN" if isinstance(value, float) and math.isnan(value) else value

    sent = json.dumps(values)
    done = subprocess.run(["node", "-e", IN_NODE], input=sent, capture_output=True, encoding="utf-8", check=True)
    for value, (first, second) in zip(values, json.loads(done.stdout), strict=True):
        for (name, sign), after, before in zip(SIGNS.items(), first, second, strict=True):
            assert result(sign, UNDEFINED, value) in (after, ...), (name, value)
            if name != "%" or not isinstance(value, str):  # of a text, % is its own
                assert result(sign, value, UNDEFINED) in (before, ...), (value, name)
    assert (str(UNDEFINED), f"{UNDEFINED}", repr(UNDEFINED)) == ("undefined", "undefined", "UNDEFINED")
    assert all(math.isnan(each) for each in (float(UNDEFINED), -UNDEFINED, UNDEFINED - UNDEFINED))
    assert all(math.isnan(each(UNDEFINED)) for each in (math.floor, math.ceil, math.trunc))  # type: ignore[operator]


def test_its_nan_stays_what_it_is() -> None:
    nan = UNDEFINED - 1
    for each in (nan - 1, 1 - nan, nan * 2.5, 2.5 / nan, nan % 3, nan + True, -nan, math.floor(nan / 60), abs(nan)):
        assert each is nan
    assert not nan
    assert (repr(nan), json.dumps(nan)) == ("nan", "NaN")
    assert not copy.deepcopy([nan])[0]
    assert not pickle.loads(pickle.dumps(nan))
    for other in ("a", None, []):
        with pytest.raises(TypeError):
            nan + other


def test_it_is_refused_only_where_javascript_makes_a_text() -> None:
    for value in (None, True, 1, 1.5, "a", UNDEFINED):
        for sign in SIGNS.values():
            sign(UNDEFINED, value)
    for value in ([], {}):
        with pytest.raises(TypeError):
            UNDEFINED + value
        with pytest.raises(TypeError):
            value + UNDEFINED


@given(JSON)
def test_a_record_equals_the_value_it_was_made_of(value: Any) -> None:
    made = reader(UNDEFINED)(value)
    assert made == value
    assert json.dumps(made) == json.dumps(value)
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == value


@given(st.dictionaries(st.text(), JSON), st.text())
def test_a_missing_key_reads_as_the_value_asked_for(value: dict[str, Any], key: str) -> None:
    made = reader(UNDEFINED)({"inside": [value]})["inside"][0]
    assert made[key] is UNDEFINED if key not in value else made[key] == value[key]
    assert (key in made, made.get(key, 7)) == (key in value, value.get(key, 7))


def test_the_event_the_context_and_the_result() -> None:
    @cloudpy.function(missing=UNDEFINED)
    def main(event: Any, context: Any) -> Any:
        return {"a": event["a"], "b": event["list"][0]["b"], "c": context["c"], "d": [UNDEFINED]}

    context = {"request_id": "r", "environment": "{}"}
    assert main({"list": [{}]}, context) == {"d": [None]}
    assert main({"list": [{"b": 1}], "a": None}, context) == {"a": None, "b": 1, "d": [None]}


def test_an_error_in_the_result_is_sent_as_by_node() -> None:
    error = ValueError("x")
    error.code = 7  # type: ignore[attr-defined]

    @cloudpy.function(missing=UNDEFINED)
    async def main(event: Any, context: Any) -> Any:
        return {"plain": ValueError("x"), "own": [error], "sdk": cloudpy.CloudSDKError(-1, "it failed")}

    expected = {"plain": {}, "own": [{"code": 7}], "sdk": {"errCode": -1, "errMsg": "it failed"}}
    assert main({}, {"request_id": "r", "environment": "{}"}) == expected


def test_values_as_in_javascript() -> None:
    @cloudpy.function(javascript_values=True)
    def main(event: Any, context: Any) -> Any:
        list_, dict_ = event["list"], event["dict"]
        return [bool(list_), bool(dict_), bool(context["c"]), event["gone"], json.dumps(event, indent=1), list_[:1]]

    assert main({"list": [], "dict": {}}, {"c": {}, "request_id": "r", "environment": "{}"}) == [
        True,
        True,
        True,
        None,
        json.dumps({"list": [], "dict": {}}, indent=1),
        [],
    ]
    with pytest.raises(TypeError, match="missing or javascript_values"):
        cloudpy.function(missing=None, javascript_values=True)  # type: ignore[call-overload]
    with pytest.raises(cloudpy.CloudSDKError, match="missing or javascript_values"):
        cloudpy.sync.createNewInstance(env="dev-1", config=None, missing=None, javascript_values=True)


def test_errors_of_invalid_input_have_no_code_as_in_javascript() -> None:
    db = cloudpy.sync.createNewInstance(env="dev-1", config=None).database()

    def fail(*_: Any) -> list[Any]:
        try:
            db.collection("shops").doc(None)
        except cloudpy.CloudSDKError as error:
            return [
                getattr(error, "errCode", None) or 0,
                getattr(error, "errMsg", None) or "",
                error.rid,
                bool(str(error)),
            ]
        raise AssertionError

    async def fail_later(event: Any, context: Any) -> list[Any]:
        return fail()

    expected = [0, "", "", True]
    assert cloudpy.function(javascript_values=True)(fail)({}, {}) == expected
    assert asyncio.run(cloudpy.function(javascript_values=True)(fail_later)({}, {})) == expected
    assert fail()[0] == cloudpy.function(missing=None)(fail)({}, {})[0] == -1


def test_empty_objects_are_sent_to_the_database_as_in_javascript(wechat: LocalWeChat) -> None:
    document = {"_id": "1", "n": 1, "hours": {"mon": 9}}
    for options, found, hours in (({}, [], {}), ({"javascript_values": True}, [document], {"mon": 9})):
        if "shops" in wechat.database:
            wechat.database["shops"].clear()
        wechat.database["shops"].add(document)
        shops = cloudpy.sync.createNewInstance(env="dev-1", config=None, **options).database().collection("shops")
        assert shops.where({"hours": {}}).get()["data"] == found
        assert shops.aggregate().match({"hours": {}}).end()["list"] == found
        shops.where({"n": 1}).update(data={"hours": {}})
        shops.doc("1").update(data={"hours": {}})
        assert shops.doc("1").get()["data"]["hours"] == hours


@pytest.mark.parametrize("value", [None, UNDEFINED, 7, "text", [1], True])
def test_wrong_values_are_rejected_by_the_database_as_in_javascript(wechat: LocalWeChat, value: Any) -> None:
    made = cloudpy.sync.createNewInstance(env="dev-1", config=None, javascript_values=True)
    db = made.database()
    wechat.database["shops"].add({})
    calls: list[Callable[[], Any]] = [lambda: db.collection("shops").add({"data": value})]
    if value and not isinstance(value, str):
        calls += [
            lambda: db.collection(value).get(),
            lambda: db.collection("shops").where({"a": db.RegExp({"regexp": value})}).get(),
        ]
    for each in calls:
        with pytest.raises(cloudpy.CloudSDKError) as caught:
            each()
        assert caught.value.errCode in (-501007, -502005), value
    with pytest.raises(cloudpy.CloudSDKError, match="fileContent"):
        made.uploadFile({"cloudPath": "a.txt", "filePath": "a.txt"})  # the unknown parameter is no matter


@given(JSON)
def test_values_as_in_javascript_are_dicts_and_lists(value: Any) -> None:
    made = javascript(value)
    assert made == value
    assert repr(made) == repr(value)
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == copy.copy(made) == value
    for encoder in (json.dumps, lambda each: json.dumps(each, indent=2), lambda each: json.dumps(each, sort_keys=True)):
        assert encoder(made) == encoder(value)  # type: ignore[operator]
    if isinstance(value, (list, dict)):
        assert made
        assert copy.copy(made)
        assert copy.deepcopy(made)
        assert list(made) == list(value)


def test_texts_are_those_of_javascript() -> None:
    nan = UNDEFINED - 1
    assert [str(nan), f"{nan}", f"{nan + 1}", "NaN: " + str(-nan)] == ["NaN", "NaN", "NaN", "NaN: NaN"]
    assert [f"{UNDEFINED}", f"{UNDEFINED:s}", f"{UNDEFINED:>10}"] == ["undefined", "undefined", " undefined"]


def test_nan_is_false_as_in_javascript() -> None:
    assert not javascript([float("nan")])[0]
    assert javascript(float("nan")) != javascript(float("nan"))
    assert json.dumps(javascript({"n": float("nan")})) == '{"n": NaN}'


@pytest.mark.parametrize("settings", [{}, {"PYTHONIOENCODING": "utf-8"}, {"PYTHONUTF8": "1"}], ids=str)
def test_half_a_character_is_printed(settings: dict[str, str]) -> None:
    code = (
        "import cloudpy\n"
        "@cloudpy.function(javascript_values=True)\n"
        "def main(event, context):\n"
        "    print(event['t'])\n"
        "main({'t': '\\ud83d'}, {})"
    )
    env = {**os.environ, **settings}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout == "?\n"


@pytest.mark.parametrize("value", [{}, [], {"a": {}, "b": []}, {"data": {}}], ids=repr)
def test_calls_send_values_as_in_javascript_as_they_send_any(wechat: LocalWeChat, value: Any) -> None:
    cloud = cloudpy.sync.createNewInstance(env="dev-1", config=None)
    wechat.functions(echo=lambda event: event)
    wechat.allow_unknown("what is sent counts", answer="sample")
    wechat.allow_unused("a list is no event")
    db = cloud.database()
    for name in ("plain", "ours"):
        db.createCollection(name)
    calls: list[Callable[[Any, Any], Any]] = [
        lambda table, each: cloud.callFunction(name="echo", data=each),
        lambda table, each: cloud.openapi.security.msgSecCheck(each),
        lambda table, each: table.where(each).get(),
        lambda table, each: table.where({"n": each}).count(),
        lambda table, each: table.doc("a").set(data=each),
        lambda table, each: table.doc("a").update(data=each),
        lambda table, each: table.where({"n": db.command.in_(each)}).get(),
        lambda table, each: table.aggregate().match(each).end(),
        lambda table, each: cloud.deleteFile(fileList=each),
    ]

    def outcome(call: Callable[[Any, Any], Any], table: str, given: Any) -> Any:
        try:
            return re.sub("[0-9a-f-]{16,}", "id", repr(call(db.collection(table), given)))
        except Exception as error:
            text = str(error).replace("JavaScriptObject", "dict").replace("JavaScriptArray", "list")
            return type(error), re.sub("[0-9a-f-]{16,}", "id", text)

    for number, call in enumerate(calls):
        plain, ours = outcome(call, "plain", copy.deepcopy(value)), outcome(call, "ours", javascript(value))
        assert (number, ours) == (number, plain)


def test_a_handler_that_cannot_be_called_is_reported() -> None:
    with pytest.raises(LoadError):

        @cloudpy.function(missing=UNDEFINED)
        def main(event: Any, context: Any, more: Any) -> Any: ...


def test_results_documents_and_the_caller(wechat: LocalWeChat) -> None:
    cloud = cloudpy.sync.createNewInstance(env="dev-1", config=None, missing=UNDEFINED)
    wechat.functions(other=lambda event: {"list": [{"a": 1}]})
    assert cloud.getWXContext()["UNIONID"] is UNDEFINED
    wechat.open_data("cid", {"a": 1})
    found = cloud.openapi.cloudbase.getOpenData({"cloudidList": ["cid"], "gone": UNDEFINED})
    assert found["nothing"] is UNDEFINED
    assert cloud.callFunction(name="other", data={"x": UNDEFINED})["result"]["list"][0]["b"] is UNDEFINED
    assert cloud.callFunction(name="other", data={})["data"] is UNDEFINED
    assert cloud.getOpenData(list=["cid"])["list"][0]["nothing"] is UNDEFINED
    order = {"body": "jam", "outTradeNo": "1", "spbillCreateIp": "127.0.0.1", "totalFee": 1, "envId": "e"}
    assert cloud.cloudPay.unifiedOrder({**order, "functionName": "f", "subMchId": "1"})["nothing"] is UNDEFINED
    assert cloud.deleteFile(fileList=["cloud://x/a"])["fileList"][0]["nothing"] is UNDEFINED
    with pytest.raises(cloudpy.CloudSDKError, match=r"parameter\.data should be object instead of undefined"):
        cloud.callFunction(name="other", data=UNDEFINED)  # Node refuses it, too
    db = cloud.database()
    db.createCollection("t")
    db.collection("t").add(data={"_id": "a", "n": {"x": 1, "y": UNDEFINED}, "z": UNDEFINED})
    document = db.collection("t").doc("a").get()["data"]
    assert document == {"_id": "a", "n": {"x": 1}}
    assert document["z"] is document["n"]["y"] is UNDEFINED
    assert db.collection("t").where({"n": {"x": 1}, "z": UNDEFINED}).get()["data"][0]["z"] is UNDEFINED
    with pytest.raises(cloudpy.CloudSDKError, match="查询参数对象值不能均为undefined"):
        db.collection("t").where({"a": UNDEFINED})


def test_documents_pass_through_a_hook(wechat: LocalWeChat) -> None:
    cloud = cloudpy.sync.createNewInstance(env="dev-1", config=None)
    db = cloud.database(document_hook=lambda document: (document["_id"], document["n"]))
    db.createCollection("t")
    books = db.collection("t")
    books.add(data=[{"_id": "a", "n": 1}, {"_id": "b", "n": 2}])
    assert books.get()["data"] == [("a", 1), ("b", 2)]
    assert books.doc("a").get()["data"] == ("a", 1)
    assert books.aggregate().sort({"n": -1}).end()["list"] == [("b", 2), ("a", 1)]
    with pytest.raises(cloudpy.CloudSDKError, match="document_hook must be callable, got a int"):
        cloud.database(document_hook=7)  # type: ignore[arg-type]
