"""The listed differences in what comes back: what Node makes of an answer, and what we do."""

from __future__ import annotations

import importlib
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.fidelity import differences
from tests.fidelity.differences import shows
from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench
from tests.peer.faces import Outcome
from tests.peer.recorder import Answer

OK = {"errCode": 0, "errMsg": "openapi.a.b:ok"}


def outcomes(bench: Bench, answer: Answer, **how: Any) -> tuple[Outcome, Outcome]:
    """Node's, and that of both our faces."""
    with bench.variables():
        node, first, second = bench.ask(bench.instances(), "a.b", {}, answer=answer, **how)
    assert first.outcome == second.outcome
    return node.outcome, first.outcome


@shows("big integers")
@pytest.mark.parametrize("convert", [True, False])
def test_big_integers(bench: Bench, convert: bool) -> None:
    answer = wechat('{"id":9007199254740993,"short":123456789012345}')
    node, ours = outcomes(bench, answer, options={"convertCase": convert})
    assert type(node.result["id"]) is Decimal, "how the harness carries a BigNumber"
    assert ours.result == {"id": 9007199254740993, "short": 123456789012345, **OK}
    assert type(ours.result["id"]) is int

    node, ours = outcomes(bench, wechat('{"errcode":12345678901234567,"errmsg":"m"}'))
    assert type(node.errCode) is Decimal
    assert ours.errCode == 12345678901234567

    # Beyond the largest double, it is no number at all to Node.
    node, ours = outcomes(bench, wechat('{"id":' + "9" * 400 + "}"))
    assert (node.errCode, ours.result) == (-601001, {"id": int("9" * 400), **OK})


ROOTS: dict[str, tuple[dict[str, Any], Any]] = {
    "[]": ({}, []),
    '[1,{"a_b":1}]': ({"0": 1, "1": {"aB": 1}}, [1, {"aB": 1}]),
    '"text"': ({"0": "t", "1": "e", "2": "x", "3": "t"}, "text"),
    '""': ({}, ""),
    "5": ({}, 5),
    "0": ({}, 0),
    "-1.5": ({}, -1.5),
    "true": ({}, True),
    "false": ({}, False),
}


@shows("responses that are not an object")
@pytest.mark.parametrize("root", ROOTS)
def test_roots_that_are_no_object(bench: Bench, root: str) -> None:
    node, ours = outcomes(bench, wechat(root))
    theirs, our = ROOTS[root]
    assert node.result == {**theirs, **OK}
    assert ours.result == {"result": our, **OK}


@shows("responses that are not an object")
def test_a_root_of_null(bench: Bench) -> None:
    node, ours = outcomes(bench, wechat("null"))
    assert (node.failed, node.errCode) == (True, -1)
    assert ours.result == {"result": None, **OK}


ERRCODES: dict[str, tuple[Any, int]] = {
    '"40003"': ("40003", 40003),
    '"abc"': ("abc", -1),
    "1.5": (1.5, -1),
    "true": (True, -1),
    '{"a":1}': ({"a": 1}, -1),
    "[1]": ([1], -1),
}


@shows("errcode that is not an integer")
@pytest.mark.parametrize("errcode", ERRCODES)
def test_errcode_that_is_no_integer(bench: Bench, errcode: str) -> None:
    node, ours = outcomes(bench, wechat(f'{{"errcode":{errcode},"errmsg":"m"}}'))
    assert (node.errCode, ours.errCode) == ERRCODES[errcode]
    assert node.errMsg == ours.errMsg == "openapi.a.b:fail m"


@shows("errcode that is not an integer")
def test_errcode_of_the_text_zero(bench: Bench) -> None:
    node, ours = outcomes(bench, wechat('{"errcode":"0","errmsg":"ok"}'))
    assert (node.failed, node.errCode) == (True, "0")
    assert ours.result == OK


@shows("errmsg that is an object")
def test_errmsg_that_is_an_object(bench: Bench) -> None:
    node, ours = outcomes(bench, wechat('{"errcode":40003,"errmsg":{"a":1}}'))
    assert (node.errCode, ours.errCode) == (-1, 40003)


@shows("keys that are unsafe in JavaScript")
@pytest.mark.parametrize("key", ["__proto__", "constructor", "my constructors", "__\\u0070roto__"])
def test_keys_that_javascript_fears(bench: Bench, key: str) -> None:
    body = f'{{"a":{{"{key}":1}}}}'
    node, ours = outcomes(bench, wechat(body), options={"convertCase": False})
    assert (node.errCode, node.errMsg.endswith(f"is invalid json: {body}")) == (-601001, True)
    assert ours.result == {"a": {key.replace("\\u0070", "p"): 1}, **OK}

    node, ours = outcomes(bench, wechat(body, "text/plain"), options={"convertCase": False})
    assert node.result == {"result": body, **OK}
    assert ours.result == {"a": {key.replace("\\u0070", "p"): 1}, **OK}


@shows("numbers that are not JSON")
@pytest.mark.parametrize(("body", "number"), [('{"a":007}', 7), ('{"a":1.}', 1), ('{"a":-01}', -1), ('\x0b{"a":1}', 1)])
def test_numbers_that_are_not_json(bench: Bench, body: str, number: int) -> None:
    node, ours = outcomes(bench, wechat(body))
    assert node.result == {"a": number, **OK}
    assert (ours.errCode, ours.errMsg.endswith(f"is invalid json: {body}")) == (-601001, True)


@shows("failures inside JavaScript")
@pytest.mark.parametrize("content_type", [JSON_ERROR, "application/json"])
def test_words_of_the_engine(bench: Bench, content_type: str) -> None:
    node, ours = outcomes(bench, Answer(b"null", content_type))
    assert (node.errCode, "Cannot read properties of null" in node.errMsg) == (-1, True)
    assert (ours.errCode, "null" in ours.errMsg) == (-501001, True)

    node, ours = outcomes(bench, Answer(b"\x0a\x64ab", content_type))
    assert node.errMsg == "a.b:fail unknown wx response received: RangeError: index out of range: 2 + 100 > 4"
    assert ours.errMsg.startswith("a.b:fail unknown wx response received: ")
    assert "RangeError" not in ours.errMsg


@shows("codes that are names in JavaScript")
def test_codes_that_name_javascript(bench: Bench) -> None:
    node, ours = outcomes(bench, Answer(b'{"code":"toString","message":"m"}', JSON_ERROR))
    assert node.errMsg == "openapi.a.b:fail function toString() { [native code] } . m"
    assert (ours.errCode, ours.errMsg) == (-501001, "openapi.a.b:fail -501001 resource system error. m")

    # An array of one text is that text, when JavaScript looks it up.
    node, ours = outcomes(bench, Answer(b'{"code":["INVALID_PARAM"],"message":"m"}', JSON_ERROR))
    assert (node.errCode, ours.errCode) == (-501007, -501001)

    # And an object may say that it is a Buffer without bytes.
    node, ours = outcomes(bench, Answer(b'{"byteLength":0}', JSON_ERROR))
    assert (node.errCode, ours.errCode) == (-601001, -501001)


@shows("malformed messages")
def test_broken_messages(bench: Bench) -> None:
    node, ours = outcomes(bench, Answer(wechat('{"a":1}').body[:-3]))
    assert node.result["contentType"] == "application/j"
    assert (ours.errCode, ours.errMsg.startswith("a.b:fail unknown wx response received: ")) == (-601001, True)

    # An error of the gateway in JSON can look like a group, whose end Node's decoder finds somewhere in a text.
    body = json.dumps({"Z0": None, "00\x1f\x1f\x07": False, "": "00\x1f\x1f\x1f\x07\U00010000\U00010000"}).encode()
    node, ours = outcomes(bench, Answer(body))
    assert node.result == {"contentType": "", "buffer": b"", **OK}
    assert (ours.errCode, ours.errMsg.startswith('a.b:fail {"Z0":null,')) == (-501001, True)

    node, ours = outcomes(bench, Answer(b"\x08\x05" + wechat('{"a":1}').body))
    assert "is invalid json: " in node.errMsg, "it took the number for a length"
    assert (ours.errCode, ours.errMsg.startswith("a.b:fail unknown wx response received: ")) == (-601001, True)


@shows("numbers in the context")
def test_numbers_in_the_context(bench: Bench) -> None:
    with bench.variables({"WX_CONTEXT_KEYS": "A,B", "A": "12345678901234567890", "B": "9" * 400, "TCB_ENV": "e"}):
        instances = bench.instances({"env": ENV, **CREDENTIALS})
        node, *ours = (face.context(instances[face.name]).result for face in bench.faces)
    assert node == {"A": 12345678901234567000, "B": float("inf"), "ENV": "e"}
    assert ours == [{"A": 12345678901234567890, "B": int("9" * 400), "ENV": "e"}] * 2


def test_every_listed_difference_is_shown() -> None:
    importlib.import_module("tests.fidelity.test_differences_sent")
    importlib.import_module("tests.fidelity.test_differences_other_calls")
    importlib.import_module("tests.fidelity.test_differences_database")
    for name in ("accounts", "services", "storage"):
        importlib.import_module(f"tests.fidelity.test_{name}")
    assert differences.shown == set(differences.ON_PURPOSE)
