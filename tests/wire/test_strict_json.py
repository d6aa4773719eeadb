"""JSON as JavaScript's own parser reads it, and the reader of what nests deep: the same values, the same refusals."""

from __future__ import annotations

import json
import math
import subprocess
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cloudpy._wire import deep_json, jsontext

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=20,
)
texts = st.one_of(
    values.map(json.dumps),
    values.map(lambda value: json.dumps(value, indent=1, ensure_ascii=False)),
    st.text('[]{},:"0123456789.eE+-truefalsn \t\n\r\\/ub', max_size=30),
)
damage = st.tuples(st.integers(0, 60), st.text('[]{},:"0.e-\\ \n\x00', max_size=2))


def outcome(read: Any, text: str) -> Any:
    try:
        return ["value", read(text)]
    except ValueError:
        return ["no JSON"]


def deep(text: str) -> Any:
    return deep_json.parse(text, jsontext._number)


@given(text=texts, damaged=st.none() | damage)
@example(text='{"a": 1', damaged=None)
@example(text="[1,]", damaged=None)
@example(text='{"a":1,}', damaged=None)
@example(text='{"a":1,"a":[2,{}]}', damaged=None)
@example(text="-", damaged=None)
@example(text='"\\ud800"', damaged=None)
def test_the_deep_reader_reads_what_the_usual_one_does(text: str, damaged: Any) -> None:
    if damaged:
        at, piece = damaged
        text = text[:at] + piece + text[at + 1 :]
    usual, ours = outcome(jsontext.parse_strictly, text), outcome(deep, text)
    assert json.dumps(usual) == json.dumps(ours)


@pytest.mark.parametrize("depth", [900, 1000, 5000, 30_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}"), ('[{"b":[', "]}]")])
def test_any_depth_is_read(depth: int, start: str, end: str) -> None:
    value = jsontext.parse_strictly(start * depth + "1" + end * depth)
    steps = 0
    while isinstance(value, (list, dict)):
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
        steps += 1
    assert (value, steps) == (1, depth * (start.count("[") + start.count("{")))
    with pytest.raises(ValueError):
        jsontext.parse_strictly(start * depth + "1" + end * (depth - 1))


def test_numbers_that_no_float_holds_are_infinite() -> None:
    found = jsontext.parse_strictly("[1e400,-1e400," + "9" * 5000 + ",9007199254740993]")
    assert found == [math.inf, -math.inf, math.inf, 9007199254740993]


@pytest.mark.once()
@settings(max_examples=4, deadline=None)
@given(sample=st.lists(texts, min_size=60, max_size=60))
def test_what_node_refuses_we_refuse(sample: list[str]) -> None:
    program = (
        "const read = t => { try { JSON.parse(t); return true } catch (e) { return false } };"
        "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(read)))"
    )
    done = subprocess.run(["node", "-e", program], input=json.dumps(sample), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [outcome(jsontext.parse_strictly, text)[0] == "value" for text in sample]
