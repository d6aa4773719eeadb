"""``UNDEFINED``, and missing keys that read as it: results, documents, the caller, the event."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloudpy
import cloudpy.sync
from cloudpy import UNDEFINED
from cloudpy._wire.records import reader
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
