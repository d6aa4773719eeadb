"""Keys and items read and written in plain Python give what Node gives, or raise: for values of all JSON's kinds."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloudpy.migrate import draft, write
from tests.migrate.both import InPython, Snippet, equal, in_node, module, translate
from tests.seeds import seed

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
KEYS = ["a", "b", "k", "n", "name", "_id", "0", "1", "message"]
# A copy of which the translator knows nothing
HEAD = "const any = structuredClone(event);"
# Written without a helper that reads or writes keys
PLAIN = [
    "return any.a",
    "return any.a.k",
    "return any.a.k.n",
    "return [any._id, any.name, any.message]",
    "const { k, n } = any; return [k, n]",
    "any.a.k = 1; return any",
    "any.a.k = any.b; any.n = any.a.n; return any",
    "any.a.name = 'x'; return any.a.name",
    "any.a = { k: any.b }; any.a.n = 2; return any",
    "if (any.a) { any.a.n = any.a.n || 3 } return any",
    "return (any.a || {}).k",
    "return event.a?.k || 'none'",
    "return [event.a?.k, event.a?.name === 'a', event.a?.k?.n || 0, !event.o?.n]",
    "const { a } = event; return { n: a?.k?.n || 3, is: a?.k ? 1 : 2, b: event?.b }",
    "const o = event.n ? { k: event.b } : null; return [o?.k, o?.k || 2, typeof o?.n, `${o?.k === 1}`]",
    "return [any].map(each => each.a)",
    "const T = { a: 1, b: null, k: { n: 2 } }; return [T[String(any.n)], T[`${event.b}`]]",
    "const T = { a: { n: 1 }, b: null }; return T[String(event.b)].n",
    "const key = String(event.b); return event.a[key]",
    "const key = String(event.b); return [any.a[key], any[key]]",
    "const seen = {}; for (const key of ['a', String(any.b)]) { seen[key] = (seen[key] || 0) + 1 } return seen",
    "const key = `k${event.n}`; any.a[key] = any.b; event[key] = 1; return [any, event[key]]",
    "const r = []; for (const key in event.a) { r.push(event[key]) } return r",
    "const out = []; for (var i = 0; i < event.a.length; i++) { out.push(event.a[i].k) } return out",
    "const out = []; let i; for (i = 0; i < event.a.length; i++) { event.a[i].z = i } return event.a",
    "const out = []; for (let i = 0; i < any.a.length; i++) { out.push(any.a[i].k) } return out",
    "return any.a[0].k",
    "const l = 'abc,d'.split(event.b || 'b'); let r = ''; for (var i = 0; i < l.length; i++) { r = l[i] } return r",
    "const l = [any.a, any.b, 3]; const r = []; let i = 0; while (i < 3) { const v = l[i]; r.push(v); i++ } return r",
    "const T = { a: 1, b: null, k: { n: 2 } }; return [T[event.b], T[any.n], event.n in T, T.hasOwnProperty(any.b)]",
    "const T = { a: { n: 1 }, k: { n: 2 } }; return (T[any.b] || T.a).n",
    "delete event.b; return event",
    "delete any.a; delete any.b; return any",
    "delete any.a.k; return any",
    "const key = String(any.b); delete event[key]; return event.hasOwnProperty('a') ? event : 0",
    "const l = [any.a, any.b]; return [l[l.length - 1]]",
    "const l = 'abc,d'.split(any.b || 'b'); return [l[l.length - 1]]",
    "return any.a[any.a.length - 1].k",
    "const l = [any.a, 1, any.b]; for (let i = l.length - 1; i > 0; i--) { for (let j = 0; j < l.length; j++) "
    "[l[i], l[j]] = [l[j], l[i]] } return l",
    "const l = [3, 1, any.n]; for (let i = 0; i < l.length - 1; i++) { const t = l[i]; l[i] = l[i + 1]; l[i + "
    "1] = t } return l",
    "const l = [any.a]; return l[Math.floor(Math.random() * l.length)]",
    "const l = [any.a]; const i = Math.floor(Math.random() * l.length); l[i] = any.b; return [l[i], l]",
]
# Half of an emoji, which Node gives here, is a whole one in Python
PLAIN_ITEMS = [
    "return any.a[0]",
    "return [event.a[0], any.b[0]]",
    "return any.a[0] ? 1 : 2",
    "return event.a[event.a.length - 1]",
]
# Rows and keys of one kind: a number and its text are two keys in Python
TABLES = [
    "const m = {}; event.rows.forEach(row => { m[row._id] = row }); return event.ids.map(id => m[id])",
    "const m = {}; for (const r of event.rows) { m[r._id] = (m[r._id] || 0) + 1 } return event.ids.map(id => "
    "[m[id], id in m])",
    "const m = {}; for (const r of event.rows) { if (!m[r._id]) m[r._id] = { n: 0 }; m[r._id].n += 1 } return "
    "event.ids.map(id => m[id] ? m[id].n : m.hasOwnProperty(id))",
    "const m = event.rows.reduce((found, row) => { found[row._id] = row.n; return found }, {}); return "
    "event.rows.map(r => m[r._id])",
    "const load = async (rows) => { const m = {}; for (const r of rows) m[r._id] = r; return m }; const m = "
    "await load(event.rows); return event.ids.map(id => (m[id] || {}).n)",
    "const m = {}; for (const r of event.rows) { m[r._id] = r } for (const id of event.ids) { delete m[id] } "
    "return [Object.keys(m).length, event.rows.map(r => m[r._id])]",
    "const m = {}; for (const r of event.rows) { m[r._id] = 1; m[r._id]++; m[r._id] += 2 } return "
    "event.rows.map(r => m[r._id])",
    "const m = { total: 0 }; for (const { _id } of event.rows) { m[_id] = 1; m.total += 1 } return [m.total, "
    "event.ids.map(id => m[id] ?? 'none')]",
]
# Sets of such keys, and of what is known to be strings or integers
SETS = [
    "return [...new Set(event.rows.map(row => row._id))]",
    "return Array.from(new Set(event.rows.map(row => row._id).filter(Boolean))).length",
    "return [...new Set([...event.rows.map(r => r._id), ...event.rows.map(r => r._id)])]",
    "const seen = new Set(); return event.rows.filter(r => { const is = seen.has(r._id); seen.add(r._id); "
    "return !is })",
    "const seen = new Set(event.rows.map(r => r._id)); seen.delete('a'); return [seen.size, event.rows.map(r => "
    "seen.has(r._id))]",
    "const seen = new Set(); for (const r of event.rows) { seen.add(r._id) } return [...seen]",
    "const seen = new Set(); event.rows.forEach(r => seen.add(r._id)); return seen.size",
    "const seen = new Set(); event.rows.forEach(r => { seen.add(String(r.n)) }); for (const s of seen) { if (s "
    "=== '1') return 1 }",
    "const seen = new Set(['a', 'b', 'a']); seen.add('c'); seen.delete('a'); seen.add('a'); return Array.from(seen)",
    "return [...new Set('a,b,a'.split(','))].map(x => x + 1)",
]
# They stay with helpers: the keys are seen, or nothing says what they are
SEEN = [
    "return event.rows[1] ? event.rows[1]._id : event.ids[1]",
    "return [...new Set(event.rows.map(r => r.n))]",
    "const seen = new Set(); for (const r of event.rows) seen.add(r.n); return [...seen]",
    "const seen = new Set(event.rows.map(r => r._id)); seen.forEach(id => console.log(id)); return [seen].length",
    "const seen = new Set(); for (const r of event.rows) seen.add(r._id).add('x'); return [...seen]",
    "const m = {}; for (const r of event.rows) { m[r._id] = r } return m",
    "const m = {}; for (const r of event.rows) { m[r._id] = r.n } return Object.keys(m)",
    "const m = {}; for (const r of event.rows) { m[r._id] = r.n } return Object.values(m)",
    "const m = {}; for (const r of event.rows) { m[r._id] = r.n } return JSON.stringify(m)",
    "const m = {}; for (const r of event.rows) { m[r._id] = r.n } const all = []; for (const k in m) "
    "all.push(k, m[k]); return all",
    "const m = {}; for (const r of event.rows) { m[r._id] = r.n } return { ...m }",
    "const m = {}; for (const r of event.rows) { m[r._id] = r.n } return [m].map(x => x)",
    "const m = {}; for (const r of event.rows) { m[r.n] = r._id } return event.rows.map(r => m[r.n])",
    "const m = { 1: 'one' }; for (const r of event.rows) { m[r._id] = r.n } return event.rows.map(r => m[r._id])",
    "const T = { 0: 'none', 1: 'one' }; return event.ids.map(id => T[id])",
    "const T = { true: 'yes', false: 'no' }; return event.ids.map(id => T[id])",
]
_HELPERS = ("js.get(", "js.member(", "js.put(", "js.Set(", "js.delete(", "js.has", "js.maybe(")


def value(chance: random.Random, depth: int = 3) -> Any:
    """Return a random value of any kind that JSON has, mostly objects and lists."""
    kind = chance.randrange(9 if depth else 4)
    if kind == 0:
        return chance.choice(["", "a", "b", "0", "k", "é😀z", "😀"])
    if kind == 1:
        return chance.choice([None, True, False])
    if kind == 2:
        return chance.choice([0, 1, -1, 1.5, 3])
    if kind == 3:
        return chance.choice([[], {}, ""])
    if kind < 6:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {key: value(chance, depth - 1) for key in chance.sample(KEYS, chance.randrange(6))}


def events(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [{}, {"a": {}}, *({"a": value(chance), "b": value(chance), "n": value(chance, 0)} for _ in range(150))]


def outcomes(codes: list[str], seed: int) -> list[tuple[Snippet, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each piece on each event: what Node gives, and Python."""
    pieces = [Snippet(code, module(f"{HEAD} {code}"), events(seed)) for code in codes]
    node = in_node(pieces)
    for piece in pieces:
        translate(piece)
    with InPython() as python:
        return [
            (piece, event, one, other)
            for piece in pieces
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True)
        ]


def differs(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether Python went on with something else than Node."""
    return "value" in other and not ("value" in one and equal(one["value"], other["value"]))


def is_plain(code: str) -> bool:
    """Whether it uses no helper for keys and items."""
    return not any(each in code for each in _HELPERS)


@pytest.mark.parametrize("code", PLAIN)
def test_keys_and_items_need_no_helper(code: str) -> None:
    piece = Snippet(code, module(f"{HEAD} {code}"), [])
    translate(piece)
    assert piece.marks == []
    assert is_plain(piece.python), piece.python


def test_keys_and_items_give_what_node_gives_or_raise() -> None:
    number = seed()
    told = [
        f"{number} {piece.id} {event}\nNode {one}\nPython {other}\n{piece.python}"
        for piece, event, one, other in outcomes(PLAIN, number)
        if differs(one, other)
    ]
    assert told == [], "\n".join(told[:3])


def rows(seed: int) -> list[dict[str, Any]]:
    """Return events whose rows have ids of one kind, some missing."""
    chance = random.Random(seed)
    found: list[dict[str, Any]] = []
    for kind in (
        ["a", "b", "c1", "10", "2", ""],
        [1, 2, 10, 0, -1],
        [1.5, 2.5],
        ["x", None, "y"],
        [True, False],
        [["a"], "b"],
    ):
        for _ in range(8):
            ids = [chance.choice(kind) for _ in range(chance.randrange(6))]
            made = [{"_id": each, "n": chance.choice([1, "1", None, 2])} for each in ids]
            found.append({"rows": [{"n": 3}, *made] if chance.random() < 0.2 else made, "ids": [*kind, "z"]})
    return found


@pytest.mark.parametrize("code", PLAIN_ITEMS + TABLES + SETS)
def test_first_items_and_tables_of_ids_need_no_helper(code: str) -> None:
    piece = Snippet(code, module(f"{HEAD} {code}"), [])
    translate(piece)
    assert piece.marks == []
    assert is_plain(piece.python), piece.python


@pytest.mark.parametrize("seed", [1, None], ids=["fixed", "another"])
def test_tables_of_ids_give_what_node_gives_or_raise(seed: int | None) -> None:
    seed = random.randrange(2**32) if seed is None else seed
    pieces = [Snippet(code, module(code), rows(seed)) for code in TABLES + SETS + SEEN]
    second = "return [any.a[1], event.b[1]]"  # with a helper
    pieces += [
        Snippet(code, module(f"{HEAD} {code}"), [*map(without_emoji, events(seed))]) for code in [*PLAIN_ITEMS, second]
    ]
    node = in_node(pieces)
    with InPython() as python:
        for piece in pieces:
            translate(piece)
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                assert not differs(one, other), f"{seed} {event}\nNode {one}\nPython {other}\n{piece.python}"


def without_emoji(event: Any) -> Any:
    """Return a value with other characters in place of emojis."""
    return json.loads(json.dumps(event, ensure_ascii=False).replace("😀", "ü"))


def test_a_number_and_its_text_are_two_keys_of_a_table_of_ids() -> None:
    code = "const m = {}; for (const r of event.rows) { m[r._id] = r.n } return event.rows.map(r => m[r._id])"
    piece = Snippet(code, module(code), [{"rows": [{"_id": 1, "n": "a"}, {"_id": "1", "n": "b"}]}])
    translate(piece)
    with InPython() as python:
        assert [{"value": ["a", "b"], "printed": ""}] == [*python.outcomes(piece)]
    assert in_node([piece])[piece.id][0]["value"] == ["b", "b"]


def test_objects_read_and_written_are_no_errors() -> None:
    codes = [each for each in PLAIN if ".length" not in each]  # an object has no length in JavaScript
    given = [{"a": {"k": {"n": 1}, "n": 2}, "b": "k", "n": 0, "_id": "x"}]
    pieces = [Snippet(code, module(f"{HEAD} {code}"), given) for code in codes]
    node = in_node(pieces)
    with InPython() as python:
        for piece in pieces:
            translate(piece)
            found = zip(node[piece.id], python.outcomes(piece), strict=True)
            told = [other for one, other in found if "value" in one and "value" not in other]
            assert told == [], piece.python


@pytest.mark.parametrize("code", ["return any.a.k", "any.a.k = 1; return any", "return any.a"])
def test_where_errors_are_hidden_helpers_read_and_write(code: str) -> None:
    hidden = f"try {{ {code} }} catch (e) {{ return 'none' }}"
    piece = Snippet(code, module(f"{HEAD} {hidden}"), [])
    translate(piece)
    assert not is_plain(piece.python)
    told = [each[:1] + each[2:] for each in outcomes([hidden], 1) if differs(each[2], each[3])]
    assert told == []


def test_errors_keep_their_own_properties() -> None:
    code = "const f = (err, res) => err ? err.code : res; return f(Object.assign(new Error('x'), { code: 5 }), 1)"
    piece = Snippet("errors", f"exports.main = async event => {{ {code} }}", [{}])
    translate(piece)
    with InPython() as python:
        assert [each["value"] for each in python.outcomes(piece)] == [5]


def test_inherited_names_are_keys_like_any_other() -> None:
    code = "const T = { a: 1 }; return T[String(event.b)] || 'none'"
    piece = Snippet("inherited", module(code), [{"b": "constructor"}, {"b": "toString"}, {"b": "a"}])
    translate(piece)
    with InPython() as python:
        assert [each["value"] for each in python.outcomes(piece)] == ["none", "none", 1]


def test_a_map_that_is_read_as_an_object_raises() -> None:
    source = (
        "const made = new Map([['n', 1]])\nconst read = (doc) => [doc.n, doc.list]\n"
        "exports.main = async (event) => event.a ? read(made) : read(event.b)"
    )
    piece = Snippet("one", source, [{"b": {"n": 2, "list": [3]}}, {"b": {}}, {"a": 1}])
    node = in_node([piece])["one"]
    translate(piece)
    assert "js.member" not in piece.python
    with InPython() as python:
        found = python.outcomes(piece)
    assert all(equal(one["value"], other["value"]) for one, other in list(zip(node, found, strict=True))[:2])
    assert "stricter" in found[2]


@pytest.mark.parametrize(
    "init",
    [
        "cloud.init({ env: cloud.getWXContext().ENV })",
        "const { ENV } = cloud.getWXContext()\ncloud.init({ env: ENV })",
        "const caller = cloud.getWXContext()\ncloud.init({ env: caller.ENV || cloud.DYNAMIC_CURRENT_ENV })",
    ],
)
def test_nobody_calls_where_a_file_is_loaded(init: str, tmp_path: Path) -> None:
    source = f"const cloud = require('wx-server-sdk')\n{init}\nexports.main = async event => cloud.getWXContext().ENV\n"
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "index.js").write_text(source, encoding="utf-8")
    write(draft(tmp_path / "node"), tmp_path / "out")
    assert 'return cloud.getWXContext()["ENV"]' in (tmp_path / "out" / "index.py").read_text("utf-8")
    done = subprocess.run([sys.executable, "-c", "import index"], cwd=tmp_path / "out", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_module_that_a_variable_may_hold_is_no_object() -> None:
    source = (
        "let shared = null\ntry { shared = require('./shared') } catch (e) { console.log('none') }\n"
        "exports.main = async (event) => [typeof shared.check, event.a && event.a.b]"
    )
    piece = Snippet("one", source, [])
    translate(piece)
    assert "shared.get(" not in piece.python
    assert 'shared["' not in piece.python
