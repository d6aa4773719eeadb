"""What comes back from WeChat: the message of the gateway's answer, and the JSON, text or bytes inside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peer import oracle
from tests.peer.answers import wechat, wechat_json
from tests.peer.bench import Bench, assert_same_outcome
from tests.peer.recorder import Answer

BODIES = {
    "nothing but success": '{"errcode":0,"errmsg":"ok"}',
    "the documented answer": '{"errcode":0,"errmsg":"ok","data_list":[{"cloud_id":"x",'
    '"json":{"cloudID":"x","data":{"a_b":1}}}]}',
    "no errcode": '{"data":1}',
    "an empty object": "{}",
    "spaces around": ' \r\n\t{ "a_b" : [ 1 , { } ] } \n',
    "names of our own": '{"errMsg":"mine","errCode":7,"err_msg":"m","err_code":8}',
    "errcode in camel case": '{"errCode":40003,"errMsg":"bad"}',
    "an errmsg alone": '{"errmsg":"something"}',
    "an errcode": '{"errcode":40003,"errmsg":"invalid openid rid: 5f-1"}',
    "an errcode with data": '{"errcode":40003,"errmsg":"bad","data":[1]}',
    "busy": '{"errcode":-1,"errmsg":"system error"}',
    "an errcode with a text of its own": '{"errcode":-601001,"errmsg":"m"}',
    "an errcode of a permission": '{"errcode":-604101,"errmsg":"m"}',
    "an errcode without a text": '{"errcode":-601018,"errmsg":"m"}',
    "an errcode with a misplaced text": '{"errcode":-602018,"errmsg":"m"}',
    "an errcode that is a big number": '{"errcode":999999999999999,"errmsg":"m"}',
    "an errcode without errmsg": '{"errcode":40003}',
    "an errcode with errmsg null": '{"errcode":40003,"errmsg":null}',
    "an errcode with errmsg a number": '{"errcode":40003,"errmsg":5}',
    "an errcode with errmsg true": '{"errcode":40003,"errmsg":true}',
    "an errcode with errmsg empty": '{"errcode":40003,"errmsg":""}',
    "an errcode with errmsg a list": '{"errcode":40003,"errmsg":["a","b",["c",null,1.5]]}',
    "an errcode with errmsg in Chinese": '{"errcode":40003,"errmsg":"错误😀"}',
    "errcode null": '{"errcode":null,"errmsg":"m","a":1}',
    "errcode false": '{"errcode":false,"errmsg":"m","a":1}',
    "errcode an empty text": '{"errcode":"","errmsg":"m","a":1}',
    "errcode 0.0": '{"errcode":0.0,"a":1}',
    "errcode -0": '{"errcode":-0,"a":1}',
    "errcode 0e5": '{"errcode":0e5,"a":1}',
    "errcode 1e2": '{"errcode":1e2,"errmsg":"m"}',
    "errcode twice": '{"errcode":40003,"errcode":0,"a":1}',
    "errcode deeper down": '{"a":{"errcode":1,"errmsg":"m"},"b":[{"errcode":2}]}',
    "odd keys": '{"g_1h":1,"UPPER_case":2,"_x":3,"a__b":4,"a_":5,"_":6,"__a":7,'
    '"a_b_c":9,"":10,"1":11,"名_a":12,"a_é":13}',
    "odd keys deeper down": '{"d_d":[[{"g_1h":1,"_x":{"a__b":[{"c_d":1}]},"A_b":2,"a_B":3}]]}',
    "keys that become one": '{"a_b":1,"aB":2}',
    "keys that become one, turned round": '{"aB":2,"a_b":1}',
    "keys that become one, four times": '{"aBC":1,"aB_c":2,"a_bC":3,"a_b_c":4}',
    "keys that become one, four times turned round": '{"a_b_c":4,"a_bC":3,"aB_c":2,"aBC":1}',
    "keys that become one, deeper down": '{"x":{"a_b":{"c_d":1},"aB":[{"e_f":2,"eF":3}]}}',
    "a key twice": '{"a":1,"b":2,"a":3}',
    "a key twice, spelled differently": '{"a":1,"\\u0061":2}',
    "names of JavaScript": '{"toString":1,"to_string":2,"hasOwnProperty":3,"prototype":4,'
    '"toJSON":5,"length":6,"then":7}',
    "not quite forbidden": '{"proto":1,"_proto_":2,"__proto":3,"Constructor":4,"__Proto_":5,"_constructo_r":6}',
    "numbers": '{"a":[0,1,-1,1.5,-1.5,1e5,1E5,1e+5,1e-5,0.1,123456789012345,-0,-0.0,'
    "1e300,1e-300,5e-324,1e-400,1.0,2.50]}",
    "big integers": '{"a":1234567890123456,"b":9007199254740993,"c":-9007199254740993,'
    '"d":123456789012345678901234567890}',
    "long floats": '{"a":0.12345678901234567,"b":1.0000000000000000,'
    '"c":3.141592653589793238462643,"d":1.2345678901234566e+25}',
    "a number beyond all": '{"a":1e400}',
    "texts": '{"a":"","b":" ","c":"中文😀","d":"\\u4e2d\\ud83d\\ude00",'
    '"e":"\\"\\\\\\/\\b\\f\\n\\r\\t","f":"\u2028\u200c\x7f"}',
    "lone surrogates": '{"a":"\\ud800","b":"\\udc00x","c\\ud800":1}',
    "a noncharacter": '{"a":"\ufffe\uffff","b":"\\u0000"}',
    "true, false, null": '{"a":true,"b":false,"c":null,"d":[true,[null]]}',
    # not JSON
    "an empty body": "",
    "spaces only": "  ",
    "words": "hello world",
    "broken off": '{"a":1',
    "broken off in a text": '{"a":"b',
    "a comma too many": '{"a":1,}',
    "a comma too many in an array": '{"a":[1,]}',
    "something behind": '{"a":1} x',
    "two objects": '{"a":1}{"b":2}',
    "single quotes": "{'a':1}",
    "no quotes": "{a:1}",
    "NaN": '{"a":NaN}',
    "Infinity": '{"a":Infinity}',
    "minus Infinity": '{"a":-Infinity}',
    "a plus sign": '{"a":+5}',
    "a number without its first digit": '{"a":.5}',
    "a minus alone": '{"a":-}',
    "an exponent alone": '{"a":1e}',
    "hexadecimal": '{"a":0x10}',
    "an unknown escape": '{"a":"\\x41"}',
    "a broken word": '{"a":tru}',
    "words in capitals": '{"a":True}',
    "a byte order mark": '\ufeff{"a":1}',
    "a comment": '{"a":1/**/}',
    "a separator of lines as space": '{"a":\u20281}',
    "a no-break space": '\u00a0{"a":1}',
    "XML": "<xml><return_code>SUCCESS</return_code></xml>",
    "deeper than anyone": '{"a":' + "[" * 300 + "1" + "]" * 300 + "}",
}
CONTENT_TYPES = [
    *("application/json", "application/json; charset=utf-8", " application/json ", "xapplication/jsonx", "text/plain"),
    *(
        "text/plain;charset=utf-8",
        "TEXT/PLAIN",
        "Application/JSON",
        "text/json",
        "text/html",
        "image/png",
        " image/gif\t",
    ),
    *("", " ", "application/octet-stream", "a, text/plain", "application/jso", "图/片"),
    *("\ufeffimage/png\u00a0", "\x85x\u3000", "\x1cx\x1f"),
]


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
@pytest.mark.parametrize("name", BODIES)
def test_every_body(bench: Bench, name: str, content_type: str) -> None:
    same_outcome(bench, wechat(BODIES[name], content_type))


@pytest.mark.parametrize(
    "name", ["odd keys deeper down", "numbers", "an errcode", "words", "texts", "keys that become one"]
)
def test_bodies_without_case_conversion(bench: Bench, name: str) -> None:
    same_outcome(bench, wechat(BODIES[name]), options={"convertCase": False})


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("body", ['{"a_b":1}', '{"errcode":40003,"errmsg":"m"}', "words", "", b"\x89PNG\x00\xff\xfe"])
@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_every_content_type_inside(bench: Bench, content_type: str, body: str | bytes) -> None:
    same_outcome(bench, wechat(body, content_type))


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/png"])
@pytest.mark.parametrize(
    "body", [b'{"a":"\xff"}', b"\xff\xfe", b'{"a\xc3":1}', b'{"a":"\xed\xa0\x80\xf0\x9f"}', b"\xc0\xaf\xf4\x90\x80\x80"]
)
def test_bodies_that_are_not_utf8(bench: Bench, body: bytes, content_type: str) -> None:
    same_outcome(bench, wechat(body, content_type))


ERROR_CODES = (
    "-1 1 40001 40003 87014 -604100 -604101 -604102 -604103 -604104 -601001 -601002 -601003 -601004 -601005 -601006 "
    "-601007 -601008 -601009 -601018 -602018 -602001 -501001 -504002 -404001 2147483647 -2147483648"
).split()


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("code", [*map(int, ERROR_CODES)])
def test_error_codes_of_the_message(bench: Bench, code: int) -> None:
    same_outcome(bench, wechat(b"", "", error_code=code))
    same_outcome(bench, wechat('{"errcode":40001,"errmsg":"inner"}', error_code=code))


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("code", [*map(int, ERROR_CODES)])
def test_error_codes_of_the_body(bench: Bench, code: int) -> None:
    same_outcome(bench, wechat_json({"errcode": code, "errmsg": "it did not work"}))


OTHER_FIELDS: dict[str, dict[str, Any]] = {
    "http_code 404": {"http_code": 404},
    "http_code 500": {"http_code": 500},
    "http_code 2**32 - 1": {"http_code": 2**32 - 1},
    "svrkit_error_code": {"svrkit_error_code": -5},
    "headers": {"headers": [{"key": "Content-Type", "value": "image/png"}, {"key": "a"}, {}]},
}


@pytest.mark.parametrize("name", OTHER_FIELDS)
def test_other_fields_have_no_say(bench: Bench, name: str) -> None:
    same_outcome(bench, wechat('{"a_b":1}', **OTHER_FIELDS[name]))


def test_fields_this_sdk_does_not_know_are_passed_over(bench: Bench) -> None:
    body = oracle.build("CommOpenApiResp", resp_data=b'{"a":1}', content_type="application/json")
    for unknown in (b"\x52\x02hi", b"\x78\x05", b"\x79" + b"\0" * 8, b"\x7d" + b"\0" * 4, b"\x53\x08\x01\x54"):
        same_outcome(bench, Answer(unknown + body + unknown))


def test_the_last_of_a_field_counts(bench: Bench) -> None:
    first = oracle.build("CommOpenApiResp", resp_data=b'{"a":1}', content_type="application/json", error_code=5)
    last = oracle.build("CommOpenApiResp", resp_data=b'{"b":2}', content_type="text/plain") + b"\x18\x00"
    same_outcome(bench, Answer(first + last))


def test_a_large_answer(bench: Bench) -> None:
    same_outcome(bench, wechat_json({"rows": [{"row_id": index, "text_of": "长" * 20} for index in range(10_000)]}))


def same_outcome(bench: Bench, answer: Answer, **how: Any) -> None:
    with bench.variables():
        assert_same_outcome(bench.ask(bench.instances(), "a.b", {}, answer=answer, **how))
