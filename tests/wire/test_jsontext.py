"""JSON as the Node package writes and reads it."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._wire import jsontext
from cloudpy._wire.jsontext import NotJSONError
from tests.once import part

# What JSON.stringify of Node 20 prints, recorded.
NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (1.0, "1"),
    (-1.0, "-1"),
    (1.0, "1"),
    (0.1, "0.1"),
    (-0.1, "-0.1"),
    (1.5, "1.5"),
    (100.0, "100"),
    (100000.0, "100000"),
    (123456.789, "123456.789"),
    (100000000000000000000.0, "100000000000000000000"),
    (1e21, "1e+21"),
    (1.5e21, "1.5e+21"),
    (-1e21, "-1e+21"),
    (1e22, "1e+22"),
    (1.2345e25, "1.2345e+25"),
    (1e300, "1e+300"),
    (1.7976931348623157e308, "1.7976931348623157e+308"),
    (5e-324, "5e-324"),
    (2.2250738585072014e-308, "2.2250738585072014e-308"),
    (0.00001, "0.00001"),
    (0.000001, "0.000001"),
    (1e-7, "1e-7"),
    (0.0000015, "0.0000015"),
    (1.5e-7, "1.5e-7"),
    (3e-7, "3e-7"),
    (-3e-7, "-3e-7"),
    (0.00001234, "0.00001234"),
    (0.000001234, "0.000001234"),
    (0.000001234, "0.000001234"),
    (1.234e-7, "1.234e-7"),
    (0.0001, "0.0001"),
    (0.001, "0.001"),
    (0.012345678901234567, "0.012345678901234567"),
    (9007199254740991.0, "9007199254740991"),
    (9007199254740992.0, "9007199254740992"),
    (9007199254740994.0, "9007199254740994"),
    (123456789012345680000.0, "123456789012345680000"),
    (0.30000000000000004, "0.30000000000000004"),
    (0.3333333333333333, "0.3333333333333333"),
    (0.6666666666666666, "0.6666666666666666"),
    (33.333333333333336, "33.333333333333336"),
    (4.35, "4.35"),
    (1e23, "1e+23"),
    (1.23e-18, "1.23e-18"),
    (999999999999999900000.0, "999999999999999900000"),
    (999999999999999900000.0, "999999999999999900000"),
    (0.000009999999999999999, "0.000009999999999999999"),
    (1e-10, "1e-10"),
    (5e-324, "5e-324"),
    (1234567.125, "1234567.125"),
]


@pytest.mark.parametrize("value, printed", NUMBERS)
def test_numbers_as_javascript_prints_them(value: float, printed: str) -> None:
    assert printed == jsontext.stringify(value)


@settings(max_examples=part(1000, 200), deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_is_the_same_number_in_the_shape_of_javascript(value: float) -> None:
    printed = jsontext.stringify(value)
    assert value == float(printed)
    digits = printed.lstrip("-").replace(".", "").partition("e")[0].strip("0")
    assert len(digits) <= 17
    size = abs(value)
    assert ("e" in printed) == (size != 0 and not 1e-6 <= size < 1e21)
    if "e" in printed:
        mantissa, _, exponent = printed.partition("e")
        assert exponent[0] in "+-" and exponent[1] != "0"
        assert len(mantissa.lstrip("-").partition(".")[0]) == 1
        assert not mantissa.endswith((".", ".0"))
    elif value.is_integer():
        assert "." not in printed


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_null(value: float) -> None:
    assert "null" == jsontext.stringify(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(-1e15, 1e15)  # whole ones beyond are printed short of their last digits, as in JavaScript
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@settings(max_examples=part(500, 100), deadline=None)
@given(json_values)
def test_what_is_written_reads_back_the_same(value: Any) -> None:
    written = jsontext.stringify(value)
    assert value == json.loads(written)
    assert value == jsontext.parse(written)
    assert value == jsontext.parse(written.encode())


@settings(max_examples=part(300, 60), deadline=None)
@given(st.text())
def test_texts_are_quoted_without_spaces_or_needless_escapes(text: str) -> None:
    written = jsontext.quote(text)
    assert text == json.loads(written)
    for character in written:
        assert " " <= character and not "\x7f" <= character <= "\x9f"


def test_the_characters_that_are_escaped() -> None:
    escaped = [
        c for c in map(chr, range(0x10000)) if not "\ud800" <= c <= "\udfff" and c not in jsontext.quote(c)[1:-1]
    ]
    ranges = "\x00-\x1f \x7f-\x9f \xad \u0600-\u0604 \u070f \u17b4-\u17b5 \u200c-\u200f"
    ranges += " \u2028-\u202f \u2060-\u206f \ufeff \ufff0-\uffff"
    expected = []
    for span in ranges.split(" "):
        first, last = span[0], span[-1]
        expected += [chr(code) for code in range(ord(first), ord(last) + 1)]
    assert expected == escaped
    assert r'"\"\\\b\f\n\r\t\u0000\u007f\u00ad\ufeff"' == jsontext.quote('"\\\b\f\n\r\t\0\x7f\xad\ufeff')
    assert '"/微信\U0001f600\u200b"' == jsontext.quote("/微信\U0001f600\u200b")


class Colour(str, Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Money:
    def toJSON(self) -> dict[str, int]:  # noqa: N802
        return {"yuan": 1}


@pytest.mark.parametrize(
    "value, written",
    [
        ((1, [2], ()), "[1,[2],[]]"),
        (MappingProxyType({"a": None}), '{"a":null}'),
        ({1: True, -2: False}, '{"1":true,"-2":false}'),
        (b"ab", '{"type":"Buffer","data":[97,98]}'),
        ([bytearray(b"a"), memoryview(b"")], '[{"type":"Buffer","data":[97]},{"type":"Buffer","data":[]}]'),
        (Colour.RED, '"red"'),
        (Level.HIGH, "3"),
        (10**40, "1" + "0" * 40),
        ({"at": datetime(2024, 5, 1, 8, tzinfo=timezone(timedelta(hours=8)))}, '{"at":"2024-05-01T00:00:00.000Z"}'),
        ([Money()], '[{"yuan":1}]'),
    ],
)
def test_values_beyond_plain_json(value: Any, written: str) -> None:
    assert written == jsontext.stringify(value)


@pytest.mark.parametrize(
    "value, path",
    [
        ({"a": [1, {"b": {1}}]}, "$.a[1].b is a set"),
        (object(), "$ is a object"),
        ({"at": datetime(2024, 5, 1)}, "$.at is a datetime"),
        ({"a": {None: 1}}, "$.a has the key None"),
        ({"a": {True: 1}}, "$.a has the key True"),
        ([10**5000], "$[0] is an integer of more digits than Python prints"),
        ({"a": {10**5000: 1}}, "$.a: a key is an integer of more digits than Python prints"),
    ],
)
def test_what_has_no_json_form_is_named_with_its_path(value: Any, path: str) -> None:
    with pytest.raises(NotJSONError) as caught:
        jsontext.stringify(value)
    assert str(caught.value).startswith(path)


@pytest.mark.parametrize(
    "value, printed",
    [
        ("a", "a"),
        (None, "null"),
        (True, "true"),
        (1.0, "1"),
        ({"a": 1}, "[object Object]"),
        (["a", None, [1, 2]], "a,,1,2"),
    ],
)
def test_text_as_a_template_prints_it(value: Any, printed: str) -> None:
    assert printed == jsontext.text(value)


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e999",
        "[1,]",
        "{'a':1}",
        "\ufeff1",
        "+1",
        "01",
        "[" * 100_000,
        "9" * 5000,
        "1 2",
    ],
)
def test_what_is_no_json_is_a_value_error(source: str) -> None:
    with pytest.raises(ValueError):
        jsontext.parse(source)


def test_reading_is_exact_and_lenient_where_node_is() -> None:
    assert 12345678901234567890123 == jsontext.parse("12345678901234567890123")
    assert "a\nb\x00" == jsontext.parse('"a\nb\x00"')
    assert "\ufffd" == jsontext.parse(b'"\xff"')
    assert {"a": 2} == jsontext.parse('{"a":1,"a":2}')
