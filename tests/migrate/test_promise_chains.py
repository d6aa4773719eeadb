"""Chains of promises that are awaited mean the same when they are written out, in Node itself."""

from __future__ import annotations

import random

import pytest

from cloudpy.migrate.promise_chains import awaited
from tests.migrate.both import Snippet, in_node, translate
from tests.once import part
from tests.seeds import seed

HEAD = """
const log = []
const own = async (x) => { if (x === 'bad') throw new Error('own ' + x); return { data: x, n: 1 } }
const sync = (x) => { if (x === 'bad') throw new Error('sync ' + x); return own(x) }
const later = (x) => Promise.resolve({ data: x, n: 2 })
const onOk = (x) => { log.push('ok'); return x }
const onError = (e) => { log.push('caught ' + e.name); return { data: 'none' } }
const broken = async () => { throw new Error('broken') }
"""
BASES = [
    "own(event.a)",
    "sync(event.a)",
    "later(event.a)",
    "own(event.b.c)",
    "(event.a ? own(event.a) : later(1))",
    "p",
]
THENS = [
    "res => res.data", "(res) => { log.push('t'); return res }", "onOk", "({ data }) => data", "res => res",
    "res => ({ data: res.data, was: 1 })", "async (res) => { const more = await own(res.data); return more }",
    "res => own(res.data)", "function (res) { log.push(res.n); return { data: res.data } }", "() => event.b",
    "res => { if (res.data === 'x') { return 'early' } log.push('late'); return { data: 5 } }",
    "res => { log.push('u') }",
    "res => { const x = res.data; return broken(x) }", "res => res.data.deep.er", "res => event.a || res.n",
    "res => {\n // why\n log.push('c') // here\n return res // end\n }",
    "res => { try { return own('bad') } catch (e) { return 1 } }",
    "value => { let t = value; for (const one of [1, 2]) { t = { data: t, one } } return t }", "x => `${x.data}`",
    "console.log", "x => { x.seen = 1; return x }", "x => { log.push('same'); return [x] }",
    "x => { [1].forEach(() => log.push(x.n)); return x.n }", "x => { if (x.n) x = { n: 3 }\n return x }",
]  # fmt: skip
CATCHES = [
    "onError", "() => null", "e => { log.push(e.name) }", "err => { console.error(err); return { data: [] } }",
    "() => ({ data: 'c' })", "e => broken()", "e => { if (e.message === 'broken') return 7; throw e }", "console.log",
    "error => own(error.name)",
]  # fmt: skip
FINALLIES = ["() => { log.push('f') }", "() => log.push('f2')", "onOk", "() => broken()"]
USES = [
    "const x = await CHAIN; return [x, log]", "let x\n x = await CHAIN\n return [x, log]", "await CHAIN; return log",
    "return CHAIN", "return await CHAIN", "const { data } = await CHAIN\n return [data, log]",
    "if (event.a) await CHAIN\n return log", "event.got = await CHAIN\n return [event.got, log]",
    "try { return await CHAIN } catch (e) { return [e.name, log] }",
    "try { return CHAIN } catch (e) { return e.name }",
    "switch (event.a) { case 'x': return await CHAIN\n default: { const x = await CHAIN\n log.push(x) } } return log",
    "const res = 5\n const x = await CHAIN\n return [x, res, log]",
    "for (const i of [1, 2]) { const r = await CHAIN\n log.push(r) } return log",
    "const inner = async (q) => { return CHAIN }\n return [await inner(event.a), log]",
]  # fmt: skip
EXECUTORS = [
    "resolve => { log.push('in'); resolve(event.a) }",
    "(resolve, reject) => { if (event.a) resolve(own(event.a)); else reject(new Error('no')) }",
    "(yes, no) => { try { const x = event.b.c; yes(x) } catch (e) { no(e) } }",
    "(resolve) => { if (event.a === 'bad') { resolve(1); return } log.push('later'); resolve(later(event.a)) }",
    "(resolve, reject) => { if (!event.a) return reject(new TypeError('t')); // why\n return resolve(event.b.c) }",
    "function (resolve) { const x = [event.a]; log.push(x.length)\n resolve({ // note\n x })\n }",
    "async (resolve) => { const x = await later(event.a); resolve(x.data) }",
    "resolve => { resolve() }",
    "(resolve, reject) => { const p = 1; if (event.b) { resolve([p, event.b.c]) } else { log.push('else'); "
    "reject(own('bad')) } }",
    "resolve => { try { resolve(own('bad')) } catch (e) { log.push('never'); resolve(2) } }",
    "(resolve, reject) => { try { reject(new Error('first')) } catch (e) { resolve(3) } }",
    "resolve => setTimeout(resolve, 1)",
    "resolve => { later(1).then(x => resolve(x.n)) }",
    "resolve => { resolve(1); log.push('after') }",
    "resolve => { for (const x of [1, 2]) { if (x > 1) { resolve(x) } } }",
    "(resolve, reject) => { if (event.a) { resolve(1) } log.push('x'); resolve(2) }",
    "function (resolve) { resolve(typeof this) }",
    "resolve => { function own () { return 5 } resolve(own()) }",
    "resolve => { var q = 3; resolve(q) }",
]  # fmt: skip
EVENTS = [{"a": "x", "b": {"c": "y"}}, {"a": "bad", "b": {"c": "bad"}}, {"a": "x"}, {}, {"a": {"deep": {"er": 3}}}]


def program(chosen: random.Random) -> str:
    chain = chosen.choice(BASES)
    gap = chosen.choice(["", "\n  ", " // note\n  ", " /* note */ "])
    chain += "".join(f"{gap}.then({chosen.choice(THENS)})" for _ in range(chosen.choice([0, 1, 1, 1, 2])))
    if chosen.random() < 0.6 or ".then" not in chain:
        chain += f"{gap}.catch({chosen.choice(CATCHES)})"
    if chosen.random() < 0.2:
        chain += f"{gap}.finally({chosen.choice(FINALLIES)})"
    if chosen.random() < 0.2:
        chain = f"new Promise({chosen.choice(EXECUTORS)})"
    body = chosen.choice(USES).replace("CHAIN", chain)
    return f"exports.main = async (event) => {{{HEAD}const p = own('p')\n{body}\n}}\n"


def test_chains_written_out_do_the_same_in_node_line_by_line() -> None:
    chosen, sources = random.Random(seed(7)), set()
    while len(sources) < part(1500, 150):
        sources.add(program(chosen))
    pairs = [(source, awaited(source, "index.js")) for source in sorted(sources)]
    assert sum(source != new for source, new in pairs) > len(pairs) * 0.6
    for source, new in pairs:
        assert source.count("\n") == new.count("\n")
        assert all(source.count(note) == new.count(note) for note in ("// note", "/* note */", "// why", "// end"))
    pieces = [[Snippet(f"{n}", each, EVENTS) for n, each in enumerate(side)] for side in zip(*pairs, strict=True)]
    before, after = (in_node(side) for side in pieces)
    for n, (source, new) in enumerate(pairs):
        for one, other in zip(before[str(n)], after[str(n)], strict=True):
            assert {**one, "thrown": ""} == {**other, "thrown": ""}, f"{source}\n{new}"


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("const x = await db.collection('a').get().then(res => res.data); return x",
         'x = (await db.collection("a").get())["data"]\nreturn x'),
        ("return db.collection('a').get().then(res => { console.log(res); return res.data })",
         'res = await db.collection("a").get()\nprint(res)\nreturn res["data"]'),
        ("const { data } = await db.collection('a').get().catch(() => ({ data: [] })); return data",
         'try:\n    result = await db.collection("a").get()\nexcept Exception:\n    result = {"data": []}\n'
         'data = result["data"]\nreturn data'),
        ("return db.collection('a').where({ b: event.b }).get().catch(() => null)",
         'request = db.collection("a").where({"b": event["b"]}).get()\n'
         "try:\n    return await request\nexcept Exception:\n    return None"),
        ("await db.collection('a').doc(event.id).remove().catch(() => null)",
         'request = db.collection("a").doc(event["id"]).remove()\n'
         "with contextlib.suppress(Exception):\n    await request"),
    ],
)  # fmt: skip
def test_drafts(source: str, python: str) -> None:
    head = "const cloud = require('wx-server-sdk')\nconst db = cloud.database()\nexports.main = async event => {"
    piece = Snippet("form", f"{head}\n{source}\n}}", [])
    translate(piece)
    assert piece.marks == []
    lines = piece.python.partition("event, context):\n")[2].rstrip().splitlines()
    assert "\n".join(line.removeprefix("    ") for line in lines) == python


@pytest.mark.parametrize(
    "source",
    [
        "const f = () => own(1).then(x => x)",
        "async function f () { own(1).then(x => x) }",
        "async function f () { const a = [own(1).then(x => x)]; return a }",
        "async function f () { try { return own(1).then(x => x) } catch (e) { return 1 } }",
        "async function f () { return await own(1).then(function (x) { return this.y }) }",
        "const o = { then (x) { return x } }\nasync function f () { return await o.then(x => x) }",
    ],
)
def test_other_chains_stay(source: str) -> None:
    assert awaited(source, "index.js") == source
