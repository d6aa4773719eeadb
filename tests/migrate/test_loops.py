"""Loops and methods of lists read like Python, and do what they do in Node for all values."""

from __future__ import annotations

import re

import pytest

from tests.migrate.both import Snippet, translate


def body(source: str, *, declared: str = "const res = await db.collection('a').get()\nconst rows = res.data") -> str:
    """The Python of a function's body, with a list of documents called `rows`."""
    head = "const cloud = require('wx-server-sdk')\nconst db = cloud.database()\nexports.main = async event => {"
    piece = Snippet("form", f"{head}\n{declared}\n{source}\n}}", [])
    translate(piece)
    assert piece.marks == []
    lines = piece.python.partition('rows = res["data"]\n')[2] or piece.python.partition("event, context):\n")[2]
    return re.sub("^    ", "", lines, flags=re.MULTILINE).strip()


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("rows.forEach(x => { console.log(x) })", "for x in rows:\n    print(x)"),
        ("rows.forEach(x => console.log(x))", "for x in rows:\n    print(x)"),
        ("rows.forEach((x, i) => { console.log(x, i) })", "for i, x in enumerate(rows):\n    print(x, i)"),
        ("rows.forEach(function (x) { if (!x.n) return; console.log(x) })",
         'for x in rows:\n    if not x["n"]:\n        continue\n    print(x)'),
        ("rows.forEach(({ n }) => { console.log(n) })", 'for item in rows:\n    n = item["n"]\n    print(n)'),
        ("event.rows.forEach(x => { console.log(x) })", 'for x in js.each(event["rows"]):\n    print(x)'),
        ("rows.forEach(x => { rows.push(x) })", "for x in js.each(rows):\n    rows.append(x)"),
        ("const m = rows.reduce((m, x) => { m.k = x; return m }, {})", 'm = {}\nfor x in rows:\n    m["k"] = x'),
        ("const t = rows.reduce((t, x) => t + 'a', '')", 't = ""\nfor x in rows:\n    t += "a"'),
        ("const l = rows.map(x => { x.a = 1; return x })",
         'l = []\nfor x in rows:\n    x["a"] = 1\n    l.append(x)'),
        ("const l = rows.filter(x => { if (!x.a) return false; return x.b })",
         'l = []\nfor x in rows:\n    if not x["a"]:\n        continue\n    if x["b"]:\n        l.append(x)'),
        ("return rows.reduce((m, x) => { if (!x.n) return m; m.push(x); return m }, [])",
         'm = []\nfor x in rows:\n    if not x["n"]:\n        continue\n    m.append(x)\nreturn m'),
        ("rows.push(1, 2)", "rows.extend([1, 2])"),
        ("rows.push(...event.more)", 'rows.extend(js.iterate(event["more"]))'),
        ("event.rows.push(1)", 'event["rows"].append(1)'),
        ("const out = []; rows.forEach(x => { out.push(x) })", "out = []\nfor x in rows:\n    out.append(x)"),
    ],
)  # fmt: skip
def test_statements(source: str, python: str) -> None:
    assert body(source) == python


def test_a_function_that_outlives_the_round_keeps_the_callback() -> None:
    assert "js.for_each(rows, callback)" in body("const f = []; rows.forEach(x => { f.push(() => x) }); return f[0]()")


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("rows.map(function (x) { return x.n })", '[x["n"] for x in rows]'),
        ("rows.map(x => { return x.n })", '[x["n"] for x in rows]'),
        ("event.rows.map(x => x.n)", '[x["n"] for x in event["rows"]]'),
        ("rows.map(x => x.name).filter(Boolean)", '[item for item in [x["name"] for x in rows] if item]'),
        ("rows.map(() => 0)", "[0 for _ in rows]"),
        ("rows.findIndex(x => !x.n)", 'next((index for index, x in enumerate(rows) if not x["n"]), -1)'),
        ("['a', 'b'].includes(event.kind)", 'event["kind"] in ("a", "b")'),
        ("!['a', 'b'].includes(event.kind)", 'event["kind"] not in ("a", "b")'),
        ("[1, 2].includes(event.n)", 'js.includes([1, 2], event["n"])'),
        ("rows.slice(0, 3)", "rows[:3]"),
        ("rows.slice(-2)", "rows[-2:]"),
        ("rows.concat(rows)", "rows + rows"),
        ("[...new Set(rows)]", "[*js.Set(rows)]"),
        ("Object.keys(event).join('+')", '"+".join(js.keys(event))'),
    ],
)
def test_methods_of_lists(source: str, python: str) -> None:
    assert body(f"return {source}") == f"return {python}"


_OF_EVENT = "for (let i = 0; i < event.users.length; i++) { console.log(event.users[i].n) }"


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("for (let i = 0; i < rows.length; i++) { console.log(rows[i].n) }", 'for row in rows:\n    print(row["n"])'),
        ("for (let i = 0; i < rows.length; i++) { const r = rows[i]; if (!r.n) continue; console.log(r) }",
         'for r in rows:\n    if not r["n"]:\n        continue\n    print(r)'),
        ("for (let i = 0; i < rows.length; ++i) { rows[i].k = i }",
         'for i, row in enumerate(rows):\n    row["k"] = i'),
        (_OF_EVENT, 'for user in event["users"]:\n    print(user["n"])'),
        (f"try {{ {_OF_EVENT} }} catch {{}}", "while i < "),
        ("for (let i = 0; i < event.s.length; i++) { console.log(event.s[i]) }", "while i < "),
        ("for (let i = 0; i < rows.length; i++) { rows[i] = rows[i].n }", "while i < "),
        ("for (let i = 0; i < rows.length; i++) { console.log(rows[i]); rows.shift() }", "while i < "),
        ("for (let i = 0; i < rows.length; i++) { console.log(rows[i]); f(rows) }; function f (l) { l.pop() }",
         "while i < "),
        ("for (let i = 0; i < rows.length; i++) { console.log(rows[i], ['a'].map((x, i) => rows[i])) }", "while i < "),
    ],
)  # fmt: skip
def test_loops_by_an_index_go_over_the_items_of_a_list_that_stays(source: str, python: str) -> None:
    written = body(source)
    assert written == python or (python == "while i < " and re.search(r"while |range\(", written))


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("if (!Array.isArray(v)) return", "for x in v:"),
        ("v.map(x => x.n)", "for x in v:"),
        ("v.forEach(x => x.n)", "for x in v:"),
        ("if (w) v.map(x => x.n)", "for x in js.each(v):"),
        ("w && v.map(x => x.n)", "for x in js.each(v):"),
        ("try { v.map(x => x.n) } catch {}", "for x in js.each(v):"),
        ("w?.find(v.map(x => x.n))", "for x in js.each(v):"),
    ],
)
def test_a_value_is_a_list_after_it_was_used_as_one(before: str, then: str) -> None:
    lines = body(f"const v = event.v, w = event.w\n{before}\nv.forEach(x => {{ console.log(x) }})")
    assert lines.splitlines()[-2] == then


@pytest.mark.parametrize(
    ("source", "is_known"),
    [
        ("if (Array.isArray(o.list)) o.list.forEach(x => { console.log(x) })", True),
        ("if (Array.isArray(o.list)) { change(o); o.list.forEach(x => { console.log(x) }) }", False),
        ("if (Array.isArray(o.list)) for (const k of 'ab') { o.list.forEach(x => { change(o) }) }", False),
        ("if (Array.isArray(o.other)) o.other.forEach(x => { console.log(x) })", False),
    ],
)
def test_a_property_is_a_list_until_it_may_have_changed(source: str, is_known: bool) -> None:
    head = "const o = event.o\nconst change = (o, k = 'x') => { o[k] = 1; o.other = 2 }"
    assert ("js.each(" not in body(f"{head}\n{source}")) == is_known
