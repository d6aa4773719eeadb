"""lodash: each function that is translated gives in Python what it gives in Node, on values of every kind."""

from __future__ import annotations

import random
import shutil
from typing import Any

import pytest

from cloudpy.migrate.packages.lodash_names import FUNCTIONS_OF
from tests.migrate.both import InPython, Snippet, in_node, module, same, translate

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here"), pytest.mark.once()]

ROWS = [
    {"id": 1, "kind": "b", "n": 3, "at": {"x": [1, 2]}, "on": True},
    {"id": 2, "kind": "a", "n": 1, "at": {"x": []}},
    {"id": 3, "kind": "b", "n": None, "on": False, "a.b": 5},
    {"id": 4, "n": 2.5, "kind": "", "at": None},
]
LISTS: list[Any] = [
    ROWS,
    [],
    [3, 1, 2, 2, 1],
    ["b", "a", "b", ""],
    [0, 1, None, False, "x", 2.5],
    [[1, [2, [3]]], 4, []],
    [["a", 1], ["b", 2], ["a", 3]],
    [{"a": 1}, {"a": 1}, {"a": {"b": 2}}],
    ["10", "9", 8],
    [-1, -3.5, 0],
]
OBJECTS: list[Any] = [
    {"b": 2, "a": 1},
    {"a": {"b": {"c": [1, {"d": "e"}]}}, "2": 0, "1": None},
    {},
    {"x": "1", "y": "1", "z": None},
    {"list": [1, 2], "a.b": 7, "name": "n"},
]
OTHERS: list[Any] = [None, "", "abc", "foo bar", 5, 0, True, -1.5]
TEXTS: list[Any] = [
    "fooBar",
    "--foo-bar--",
    "__FOO_BAR__",
    "XMLHttpRequest2",
    " a b ",
    "1st place",
    "it's",
    "",
    None,
    12,
    "Ab1Cd",
    "a.b-c_d",
]
FUNCTIONS = ["x => x", "x => x && x.n", "(x, k) => k", "x => x > 1", "x => String(x)", "x => typeof x", "x => !!x"]
SHORT = [
    "'n'",
    "'kind'",
    "'at.x'",
    "['kind', 'b']",
    "{ kind: 'b' }",
    "'id'",
    "['at', 'x']",
    "'at.x[0]'",
    "{ at: { x: [] } }",
]
PATHS = [
    "'a'",
    "'a.b'",
    "'a.b.c[0]'",
    "'a.b.c[1].d'",
    "['a', 'b']",
    "'list[0]'",
    "'name'",
    "'x.y'",
    "'[0].id'",
    "'1'",
    "'a[\"b\"]'",
]
LIST_ONLY = {
    "chunk",
    "take",
    "drop",
    "takeRight",
    "dropRight",
    "flatten",
    "compact",
    "uniq",
    "sum",
    "mean",
    "max",
    "min",
}
TEXT = {
    "trim",
    "padStart",
    "padEnd",
    "camelCase",
    "snakeCase",
    "kebabCase",
    "startCase",
    "capitalize",
    "upperFirst",
    "lowerFirst",
    "toString",
    "toNumber",
}
BY_CHANCE = {"sample", "sampleSize", "shuffle", "random", "now"}
WITH_FUNCTION = {
    "map", "filter", "reject", "find", "findIndex", "forEach", "some", "every", "flatMap", "groupBy", "keyBy",
    "countBy", "partition", "sortBy", "uniqBy", "sumBy", "meanBy", "maxBy", "minBy", "pickBy", "omitBy", "mapValues",
    "mapKeys", "findKey", "remove",
}  # fmt: skip
WITH_LISTS = {"union", "difference", "intersection", "zip"}
WITH_PATH = {"get", "has", "set", "unset"}
COUNTS = ["", ", 2", ", 0", ", -1", ", 1.5", ", 10"]


def a_call(name: str, chance: random.Random) -> str:
    """A call of a function of lodash on event.a and event.b."""
    pick = chance.choice
    if name in WITH_FUNCTION:
        return f"_.{name}(event.a{pick(['', ', ' + pick(FUNCTIONS), ', ' + pick(SHORT), ', ' + pick(SHORT)])})"
    if name == "orderBy":
        return f"_.orderBy(event.a, [{pick(SHORT)}, {pick(FUNCTIONS)}], {pick(['[]', repr(['desc', 'asc']), repr(['asc', 'desc']), repr('desc')])})"  # noqa: E501
    if name == "reduce":
        return f"_.reduce(event.a, (sum, x, k) => sum + '/' + k{pick(['', ', 0'])})"
    if name in WITH_PATH:
        more = {"get": pick(["", ", 'none'"]), "set": ", 9"}.get(name, "")
        return f"[_.{name}(event.a, {pick(PATHS)}{more}), event.a]"
    if name in ("pick", "omit"):
        return f"_.{name}(event.a, {pick(['[' + pick(PATHS) + ', ' + repr('b') + ']', repr('a'), repr('x') + ', ' + repr('a')])})"  # noqa: E501
    if name in ("chunk", "take", "drop", "takeRight", "dropRight", "nth"):
        return f"_.{name}(event.a{pick(COUNTS)})"
    if name in ("without", "pull"):
        return f"[_.{name}(event.a, 1, 'b', null), event.a]"
    if name in ("assign", "defaults", "merge"):
        return f"[_.{name}(event.a, event.b, {{ a: {{ z: [9] }}, n: undefined }}), event.a]"
    if name in ("isEqual", "isMatch", "includes") or name in WITH_LISTS:
        return f"_.{name}(event.a, event.b)"
    if name == "range":
        return f"_.range({pick(['4', '-3', '1, 5', '0, 10, 3', '5, 0', '0, 1, 0.25', 'event.a', '0', '3, 3'])})"
    if name == "times":
        return f"_.times(event.a{pick(['', ', i => i * 2'])})"
    if name in ("round", "floor", "ceil"):
        return f"_.{name}({pick(['event.a', '4.006', '-1.255', '4060', '1.005', '1e21'])}{pick(['', ', 2', ', -2'])})"
    if name == "clamp":
        return f"_.clamp(event.a, {pick(['0, 2', '2', '-1, 1.5'])})"
    if name in ("padStart", "padEnd"):
        return f"_.{name}(event.a, {pick(['6', '8, ' + repr('_-'), '0'])})"
    if name == "zipObject":
        return "_.zipObject(['a', 'b', 'c'], event.a)"
    return f"_.{name}(event.a)"


def arguments(name: str, chance: random.Random) -> list[Any]:
    """What a function of lodash is called on."""
    if name in TEXT:
        return TEXTS
    if name in WITH_LISTS or name in LIST_ONLY:
        return [*LISTS, None]
    if name in ("assign", "defaults", "merge", "set", "unset", "omit"):
        return [*OBJECTS, {"a": [1, {"x": 2}], "b": {"c": 1}}, None]
    return [*LISTS, *OBJECTS, *OTHERS]


def test_functions_of_lodash_are_equal_or_refused() -> None:
    chance = random.Random(4)
    pieces = []
    for name in sorted(FUNCTIONS_OF.keys() - BY_CHANCE):
        for number in range(6):
            values = arguments(name, chance)
            events = [{"a": chance.choice(values), "b": chance.choice(values)} for _ in range(14)]
            code = a_call(name, chance)
            if number % 4 == 3 and "event.a" in code:
                code = code.replace("event.a", "rows")
                code = f"const rows = [{chance.choice(['1, 2, 3', 'event.a', repr('x')])}]; return {code}"
            else:
                code = f"return {code}"
            pieces.append(Snippet(f"{name}:{number}", module(code, "const _ = require('lodash')\n"), events))
    for piece in pieces:
        translate(piece)
    unmarked = [piece for piece in pieces if not piece.marks]
    node, told, refused, count = in_node(unmarked), [], [], 0
    with InPython() as python:
        for piece in unmarked:
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                count += 1
                if "refused" in other:
                    refused.append(f"{piece.id} {event} {other}")
                elif not same(one, other):
                    shown = piece.source.partition("context) => {")[2]
                    told.append(f"{piece.id} {event}: Node {one}, Python {other} {shown}")
                    break
    assert told == [], f"{len(told)}\n" + "\n".join(told[:12])
    assert len(unmarked) > 0.95 * len(pieces)
    assert len(refused) < 0.1 * count, "\n".join(refused[:20])
