"""What goes out: every kind of parameter, as the pairs of the message carry it."""

from __future__ import annotations

from typing import Any

import pytest

from cloudpy import UNDEFINED
from tests.peer.answers import wechat
from tests.peer.bench import Bench, assert_same_outcome, assert_same_request

# json-bigint escapes more than JSON asks for; each end of each of its ranges, and the neighbours it leaves alone.
ESCAPES = (
    "\x00\x01\x07\b\t\n\x0b\f\r\x0e\x1f \"\\/'&<>~\x7f\x80\x9f\xa0\xac\xad\xae\u05ff\u0600\u0604\u0605\u070e"
    "\u070f\u0710\u17b3\u17b4\u17b5\u17b6\u200b\u200c\u200f\u2010\u2027\u2028\u2029\u202f\u2030\u205f\u2060\u206f\u2070"
    "\ud7ff\ue000\ufefe\ufeff\uff00\uffef\ufff0\ufffd\uffff\U00010000\U0001f600\U0010ffff"
)
NUMBERS: list[Any] = [
    *(0, -0.0, 1, -1, 1.0, -1.5, 0.1, 1 / 3, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63, 2**64, 10**15, 10**16),
    *(10**21, 10**30, -(10**30), 10**400, 1e15, 1e16, 1e20, 1e21, 1.5e21, 123456789012345680000.0, 1e22, -1e21, 1e100),
    *(1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 1e-6, 1e-7, 1.5e-7, 3e-7, 0.000001234, 123e-20, 1e-10),
    *(float("nan"), float("inf"), float("-inf"), True, False),
]
DEEP: Any = {"leafA": 1}
for level in range(60):
    DEEP = {f"levelA{level}": DEEP} if level % 2 else [DEEP, level]

PARAMETERS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "numbers": {f"n{index}": number for index, number in enumerate(NUMBERS)},
    "numbers in arrays and objects": {"a": NUMBERS, "b": {"cD": NUMBERS}},
    "undefined": {"aB": UNDEFINED, "c": [UNDEFINED, {"dE": UNDEFINED}], "f": {"g": UNDEFINED, "h": {}}},
    "null": {"aB": None, "c": [None, {"dE": None}]},
    "texts": {"a": "", "b": " ", "c": "text", "d": "中文", "e": "😀", "f": "a\nb", "g": "null", "h": "1"},
    "texts that are escaped": {f"t{ord(character)}": f"a{character}b" for character in ESCAPES},
    "a text of all of them": {"t": ESCAPES, "n": {"o": [ESCAPES]}},
    "nested keys that are escaped": {"n": {f"k{character}": 1 for character in ESCAPES}},
    "keys that are escaped": {f"k{character}": 1 for character in ESCAPES},
    "lone surrogates in texts": {
        "a": "\ud800",
        "b": "x\udfffy",
        "c": ["\udc00\ud800"],
        "d": {"\ud83d": "\ude00\ud83d"},
    },
    "a pair of surrogates": {"a": "\ud83d\ude00"},
    "an empty key": {"": 1, "a": {"": {"": []}}},
    "keys of digits": {
        "1": 1,
        "0": 0,
        "aB": 2,
        "-1": 3,
        "1.5": 4,
        "007": 5,
        "4294967295": 6,
        "n": {"2": 1, "1": 2, "bC": 3},
    },
    "keys of every case": dict.fromkeys(
        [
            "aB",
            "AB",
            "ABC",
            "A",
            "_A",
            "__aB",
            "a_B",
            "a__b",
            "aBC",
            "aB1",
            "a1B",
            "ÄB",
            "äB",
            "İ",
            "ﬁA",
            "名A",
            "ǅ",
            "a b",
            "Ａ",
        ],
        1,
    ),
    "nested keys of every case": {
        "n": {key: [{"aB": {"cD": 1}}] for key in ["aB", "AB1", "Ab_C", "_A", "a_B", "ÄB", "名A", "Z"]}
    },
    "keys that are names of JavaScript": dict.fromkeys(
        ["constructor", "toString", "hasOwnProperty", "toJSON", "valueOf", "prototype", "length", "then"], 1
    ),
    "nested names of JavaScript": {
        "n": {key: {"a": 1} for key in ["constructor", "toString", "toJSON", "length", "isPrototypeOf"]}
    },
    "keys that become one, the converted first": {"aB": 1, "a_b": 2},
    "keys that become one, the converted last": {"a_b": 2, "aB": 1},
    "keys that become one, by the first letter": {"A": 1, "a": 2, "B": {"C": 1, "c": 2}, "b": 3},
    "keys that become one, in depth": {"x": {"a_b": {"cD": 1}, "aB": {"eF": [{"g_h": 1, "gH": 2}]}}},
    "keys that become one, four times": {"aBC": 1, "aB_c": 2, "a_bC": 3, "a_b_c": 4},
    "keys that become one, four times turned round": {"a_b_c": 4, "a_bC": 3, "aB_c": 2, "aBC": 1},
    "deep": {"deepA": DEEP},
    "arrays of arrays": {"a": [[], [[]], [[[1, [{"bC": [[{"dE": []}]]}]]]], [{}]]},
    "empty things": {"a": [], "b": {}, "c": "", "d": [{}], "e": {"f": {}}},
    "500 keys": {f"keyNumber{index}": index for index in range(500)},
    "a very long text": {"a": "长😀a\u200c" * 100_000},
    "a very long key": {"k" * 100_000: 1, "K" * 200: 2},
    "bytes": {"a": b"", "b": b"ab", "c": bytes(range(256)), "d": [b"x", {"eF": b"y"}], "g": {"h": b"z"}},
    "a file": {"img": {"contentType": "image/png", "value": b"\x89PNG\x00\xff"}},
    "a file in snake case": {"img": {"content_type": "image/png", "value": b"x"}},
    "an empty file": {"img": {"contentType": "image/png", "value": b""}},
    "a file with more keys": {"img": {"contentType": "image/png", "value": b"x", "fooBar": 1}},
    "a file with a name": {"img": {"contentType": "image/png", "value": b"x", "fileName": "my.gif"}},
    "a file with an odd name": {"img": {"contentType": "image/png", "value": b"x", "fileName": '名"\r\n/\\.png'}},
    "a file with an empty name": {"img": {"contentType": "image/png", "value": b"x", "fileName": ""}},
    "a file with a name in snake case": {"img": {"contentType": "image/png", "value": b"x", "file_name": "my.gif"}},
    "a file under a key to convert": {"myFile": {"contentType": "image/jpeg", "value": b"x"}},
    "a file under an odd key": {'名 "A"/': {"contentType": "image/gif", "value": b"x"}},
    "a file of no type": {"img": {"contentType": "", "value": b"x"}, "img2": {"value": b"x"}},
    "a file of null type": {"img": {"contentType": None, "value": b"x"}},
    "a file whose value is a text": {"img": {"contentType": "image/png", "value": "x"}},
    "a file whose value is null": {"img": {"contentType": "image/png", "value": None}},
    "a file of both types": {"img": {"contentType": "image/gif", "content_type": "text/plain", "value": b"x"}},
    "files deeper down": {
        "a": {"img": {"contentType": "image/png", "value": b"x"}},
        "b": [{"contentType": "image/png", "value": b"x"}],
    },
}
MIME_TYPES = [
    *(
        "image/png image/jpeg image/gif image/bmp image/webp image/svg+xml video/mp4 audio/mpeg audio/amr "
        "application/pdf application/json application/octet-stream application/zip application/xml "
        "application/vnd.ms-excel application/msword "
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document "
        "text/plain text/html text/csv text/css "
        "text/javascript application/javascript multipart/form-data foo/bar IMAGE/PNG constructor toString __proto__ x"
    ).split(),
    *("text/plain; charset=utf-8", " image/png", "image/png ", "图/片"),
]


@pytest.mark.parametrize("convert", [True, False], ids=["converted", "as they are"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_the_same_pairs_are_sent(bench: Bench, name: str, convert: bool) -> None:
    with bench.variables():
        exchanges = bench.ask(
            bench.instances(), "a.b", PARAMETERS[name], options={"convertCase": convert}, answer=wechat()
        )
    assert_same_outcome(exchanges)
    assert_same_request(exchanges)


@pytest.mark.parametrize("mime_type", MIME_TYPES)
def test_the_extension_of_every_mime_type(bench: Bench, mime_type: str) -> None:
    with bench.variables():
        exchanges = bench.ask(
            bench.instances(), "a.b", {"img": {"contentType": mime_type, "value": b"x"}}, answer=wechat()
        )
    assert_same_request(exchanges)


@pytest.mark.parametrize("params", [(), (None,), ({},), ({"aB": 1},)], ids=str)
def test_the_one_argument_may_be_missing(bench: Bench, params: tuple[Any, ...]) -> None:
    with bench.variables():
        exchanges = bench.ask(bench.instances(), "a.b", *params, answer=wechat())
    assert_same_outcome(exchanges)
    assert_same_request(exchanges)


def test_parameters_are_not_changed_by_a_call(bench: Bench) -> None:
    params = {"aB": {"cD": [{"eF": 1}]}, "img": {"contentType": "image/png", "value": b"x"}}
    with bench.variables():
        bench.ask(bench.instances(), "a.b", params, answer=wechat())
    assert params == {"aB": {"cD": [{"eF": 1}]}, "img": {"contentType": "image/png", "value": b"x"}}
