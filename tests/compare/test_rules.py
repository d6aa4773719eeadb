"""What is a difference and what is let pass, value by value; and how differences are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.compare import rules
from cloudpy.compare.comparison import diff_calls
from cloudpy.compare.diff import MISSING, Difference, decode_buffers, differences
from cloudpy.compare.report import shown_values
from cloudpy.compare.rules import PathError, Pattern, Rules, spell
from cloudpy.local import LocalDataError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


# Node's package has no code of WeChat's for some calls
UPLOADED = {"errMsg": "uploadFile:ok", "fileID": "cloud://a"}
NODE_FAILURE: dict[str, Any] = {
    "code": "DATABASE_REQUEST_FAILED",
    "requestId": "1",
    "errCode": -1,
    "errMsg": "collection.aggregate:fail m",
}
FAILURE: dict[str, Any] = {
    "errCode": -502001,
    "errMsg": "collection.aggregate:fail -502001 database request fail. m",
}


def found(left: Any, right: Any, **more: Any) -> list[str]:
    return [one.place for one in differences(left, right, ("$",), written(**more))]


def written(tolerance: dict[str, float] | None = None, **more: Any) -> Rules:
    lists = {key: tuple(map(Pattern, more.pop(key, ()))) for key in ("ignore", "unordered", "times")}
    tolerances = tuple((Pattern(text), most) for text, most in (tolerance or {}).items())
    return Rules(tolerances=tolerances, **lists, **more)


@pytest.mark.parametrize(
    ("left", "right", "places"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": "1"}, ["$.a"]),
        ({"a": 1}, {"a": True}, ["$.a"]),
        ({"a": 0}, {"a": False}, ["$.a"]),
        ({"a": None}, {}, ["$.a"]),
        ({}, {"a b": None}, ['$["a b"]']),
        ([1, 2], [2, 1], ["$[0]", "$[1]"]),
        ([1], [1, 2], ["$[1]"]),
        ({"a": []}, {"a": {}}, ["$.a"]),
        ("", None, ["$"]),
        (1e21, 10**21, []),
        (NODE_FAILURE, FAILURE, []),
        (NODE_FAILURE["errMsg"], FAILURE["errMsg"], []),
        (NODE_FAILURE["errMsg"], FAILURE["errMsg"] + "!", ["$"]),
        (
            "失败：Cannot destructure property 'a' of 'b' as it is undefined.",
            "失败：Cannot read properties of undefined",
            [],
        ),
        ("event.a.trim is not a function", "'int' object has no attribute 'strip'", []),
        ("event.a.trim is not a function", "no function", ["$"]),
        (UPLOADED | {"statusCode": -1}, UPLOADED | {"statusCode": 200}, []),
        (UPLOADED | {"statusCode": 204}, UPLOADED | {"statusCode": 200}, ["$.statusCode"]),
        ("a.map is not a function", "'str' object is not a mapping", []),
        (
            "The first argument must be of type string or an instance of Buffer. Received undefined",
            "argument should be a bytes-like object or ASCII string, not 'Undefined'",
            [],
        ),
        (NODE_FAILURE | {"errCode": -502002}, FAILURE, ["$.code", "$.requestId", "$.errCode"]),
        (
            {"errMsg": "collection.get:fail m"},
            {"errMsg": "collection.get:fail -502001 database request fail. m"},
            ["$.errMsg"],
        ),
        ({"type": "Buffer", "data": [1, 2]}, {"type": "Buffer", "data": [1, 2]}, []),
    ],
)
def test_values(left: Any, right: Any, places: list[str]) -> None:
    assert places == found(left, right)
    assert len(places) == len(found(right, left))


@given(JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    import copy

    assert [] == found(value, copy.deepcopy(value))


@given(JSON, JSON)
def test_what_differs_can_be_ignored_by_its_path(left: Any, right: Any) -> None:
    places = found(left, right)
    assert [] == found(left, right, ignore=places)
    assert bool(places) == bool(found(right, left))


@given(st.lists(st.text() | st.integers(0, 99), max_size=4))
def test_a_path_is_read_as_it_is_spelt(steps: list[str | int]) -> None:
    path = ("$", *steps)
    assert Pattern(spell(path)).matches(path)
    assert not Pattern(spell(path)).matches((*path, "more"))
    assert Pattern(spell(path)).covers((*path, "more"))


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("$.list[*].time", ("$", "list", 3, "time"), ("$", "list", "x", "time")),
        ("$.*.id", ("$", "any", "id"), ("$", "any", "deep", "id")),
        ("$..id", ("$", "a", 0, "b", "id"), ("$", "a", "ids")),
        ("$..id", ("$", "id", "below"), ("$", "idx")),
        ("$.a[1]", ("$", "a", 1), ("$", "a", 10)),
        ("$['a\"b']", ("$", 'a"b'), ("$", "a")),
        ("$calls[*].params.page", ("$calls", 0, "params", "page"), ("$", "calls")),
        ("$", ("$", "anything"), ("$error", "errMsg")),
    ],
)
def test_patterns(pattern: str, covered: Any, not_covered: Any) -> None:
    assert Pattern(pattern).covers(covered)
    assert not Pattern(pattern).covers(not_covered)


@pytest.mark.parametrize("text", ["list", "$.a[", "$.a[b]", "$what.a", "$.", "$.a b", "$['a]"])
def test_a_pattern_that_is_none(text: str) -> None:
    with pytest.raises(PathError):
        Pattern(text)


def test_rules_let_pass() -> None:
    assert [] == found([1, {"a": 2}], [{"a": 2}, 1.0], unordered=["$"])
    assert ["$[0]"] == found([1, 2], [2, 3], unordered=["$"])  # 1, which stands where 3 is
    assert ["$[1]"] == found([1, 1], [1], unordered=["$"])
    assert [] == found({"a": 1.01}, {"a": 1}, tolerance={"$.a": 0.02})
    assert ["$.a"] == found({"a": 1.01}, {"a": 1}, tolerance={"$.b": 1})
    times = {"times": ["$.at"]}
    assert [] == found({"at": "2026-01-01T08:00:00.5+08:00"}, {"at": "2026-01-01T00:00:02Z"}, **times)
    assert [] == found({"at": 1767225600000}, {"at": 1767225603000}, **times)
    assert ["$.at"] == found({"at": 1767225600000}, {"at": 1767225609000}, **times)
    assert ["$.at"] == found({"at": "2026-01-01"}, {"at": 1767225600}, **times)


def test_differences_are_shown_where_they_are() -> None:
    left, right = "a" * 500 + "x" + "b" * 500, "a" * 500 + "y" + "b" * 500
    shown = shown_values(Difference(("$",), left, right))
    assert all(len(text) < 160 and "1001 characters" in text for text in shown)
    assert ("x" in shown[0], "y" in shown[1]) == (True, True)
    (one,) = differences(b"\x89PNG", b"\x89PnG\n", ("$",), Rules())
    assert "offset 2" in one.note
    assert ("4 bytes 89 50 4e 47", "5 bytes 89 50 6e 47 0a") == shown_values(one)
    assert ("null", "(missing)") == shown_values(Difference(("$",), None, MISSING))
    assert shown_values(Difference(("$",), "\ud83d", {"a": "\ud83d"})) == ('"\\ud83d"', '{"a": "\\ud83d"}')
    assert b"\x01" == decode_buffers([{"type": "Buffer", "data": [1]}])[0]
    assert {"type": "Buffer", "data": [999]} == decode_buffers({"type": "Buffer", "data": [999]})


def call(api: str, **params: Any) -> dict[str, Any]:
    return {"api": api, "params": params, "wire": params, "openid": "o"}


@pytest.mark.parametrize(
    ("left", "right", "places"),
    [
        ([call("a"), call("b")], [call("a"), call("b")], []),
        ([call("a"), call("b")], [call("b")], ["$calls[0]"]),
        ([call("b")], [call("b"), call("a", x=1)], ["$calls[1]"]),
        ([call("a", x=1)], [call("a", x=2)], ["$calls[0].params.x"]),
        ([call("a"), call("b")], [call("b"), call("a")], ["$calls"]),
        ([call("a", x=1), call("a", x=2)], [call("a", x=2), call("a", x=1)], ["$calls"]),
        ([call("a", x=1)], [{**call("a", x=1), "wire": {"X": 1}}], ["$calls[0].wire.x", "$calls[0].wire.X"]),
        ([call("a")], [{**call("a"), "openid": "p"}], ["$calls[0].openid"]),
    ],
)
def test_calls(left: Any, right: Any, places: list[str]) -> None:
    assert places == [one.place for one in diff_calls(left, right, Rules())]
    in_any_order = [] if places == ["$calls"] else places
    assert in_any_order == [one.place for one in diff_calls(left, right, Rules(unordered_calls=True))]
    assert [] == diff_calls(left, right, Rules().ignoring(["$calls"]))


def test_the_rules_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "compare.yaml"
    path.write_text(
        "ignore: ['$.requestId']\nunordered: ['$.list']\ntolerance: {$.sum: 0.01}\ntimes: ['$..at']\n"
        "time_tolerance: 60\nunordered_calls: true\nerrors: kind\nslowdown: 3\nclock: moving\n"
    )
    found = rules.read(str(path))
    assert found.ignores(("$", "requestId", "x")) and found.is_unordered(("$", "list"))
    assert (0.01, 0.0) == (found.tolerance(("$", "sum")), found.tolerance(("$", "x")))
    assert found.is_same_time(("$", "a", "at"), 1, 59)
    assert (True, "kind", 3, "moving") == (found.unordered_calls, found.errors, found.slowdown, found.clock)
    path.write_text("tolerance: 0.5")
    assert 0.5 == rules.read(str(path)).tolerance(("$calls", 0, "params", "x"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ignore: ['$.a']\nignored: []", "compare.yaml:2: ignored: unknown key; did you mean 'ignore'?"),
        ("ignore:\n  - $.a\n  - b", "compare.yaml:3: ignore[1]: 'b' must begin with one of"),
        ("errors: words", "compare.yaml:1: errors: must be one of message, kind"),
        ("tolerance: {$.a: yes}", "compare.yaml:1: tolerance.$.a: must be a number"),
        ("tolerance:\n  x: 1", "compare.yaml:2: tolerance.x: 'x' must begin"),
        ("unordered: $.a", "compare.yaml:1: unordered: must be a list"),
        ("slowdown: 0.5", "compare.yaml:1: slowdown: must be at least 1"),
    ],
)
def test_a_file_of_rules_that_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "compare.yaml").write_text(text)
    with pytest.raises(LocalDataError) as error:
        rules.read(str(tmp_path / "compare.yaml"))
    assert told in str(error.value)
