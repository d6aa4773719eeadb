"""Random functions with a ``tcb-router`` do in Python what they do in Node, most of them without one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cloudpy.migrate import draft
from tests.migrate.both import InPython, Snippet, in_node, same, translate

NAMES = ["list", "detail", "add/one", "删除", "*"]
URLS = [*NAMES, "nothing", "", None, True, 1, 1.0, {"a": 1}]
# What a middleware does before and after the others; what a route does
BEFORE = ["ctx.data = { steps: ['x'] }", "ctx.openid = 'o'", "steps.push('in')", "ctx.data = event.data"]
AFTER = ["steps.push(ctx.body)", "if (ctx.body) { ctx.body = { in: ctx.body } }", "ctx.after = true", ""]
ROUTES = [
    "ctx.body = { code: 0, n: event.n }", "ctx.body = ctx.data", "ctx.body = [ctx.openid, event.n]", "return 5",
    "ctx.x = 1\nctx.body = ctx.x + 1", "if (event.n) { ctx.y = 2 }\nctx.body = ctx.y", "throw new Error('no')",
    "ctx.body = await Promise.resolve(event.n)", "if (!event.n) { return }\nctx.body = 'n'", "ctx.body = ctx._req.url",
]  # fmt: skip
HEADS = ["async ctx =>", "async (ctx, next) =>", "async function (ctx, body)", "ctx =>"]


def program(chance: random.Random) -> str:
    """A function with a router, as people write it."""
    lines = ["const TcbRouter = require('tcb-router')", "let steps = []", "exports.main = async (event, context) => {"]
    lines += ["steps = []", "const app = new TcbRouter({ event })"]
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        step = chance.choice(["await next()"] * 4 + ["if (event.n) { await next() }", "await next(); await next()", ""])
        after = "" if chance.random() < 0.5 else chance.choice(AFTER)
        lines.append(f"app.use(async (ctx, next) => {{\n{chance.choice(BEFORE)}\n{step}\n{after}\n}})")
    for _ in range(chance.randrange(1, 4)):
        path = chance.choice(NAMES[:4] if chance.random() < 0.8 else NAMES)
        paths = f"['{path}', 'more']" if chance.random() < 0.1 else f"'{path}'"
        head = chance.choice(HEADS[:3] if chance.random() < 0.9 else HEADS)
        lines.append(f"app.router({paths}, {head} {{\n{chance.choice(ROUTES)}\n}})")
    return "\n".join([*lines, f"return {chance.choice(['', 'await '])}app.serve()", "}"])


@pytest.mark.once()
@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
def test_random_routers_are_equal_or_marked(sync: bool) -> None:
    chance = random.Random(7)
    events = [{"$url": url, "n": n} if n else {"$url": url} for url in URLS for n in (None, 3)] + [{}, {"n": 1}]
    pieces = [Snippet(f"router {number}", program(chance), events) for number in range(120)]
    for piece in pieces:
        translate(piece, sync=sync)
    plain = [piece for piece in pieces if "routes = {" in piece.python]
    assert len(plain) >= 30 and all("js.Router" not in piece.python for piece in plain)
    node = in_node(pieces)
    told = []
    with InPython() as python:
        for piece in pieces if not sync else plain:
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                is_key = isinstance(event.get("$url"), dict) and "error" in other  # brackets take no dict
                if not same(one, other) and not is_key:
                    told.append(f"{event}: Node {one}, Python {other}\n{piece.source}\n{piece.python}")
    assert told == [], "\n".join(told[:3])


PLAIN = """const TcbRouter = require('tcb-router')
exports.main = async (event) => {
  const app = new TcbRouter({ event })
  app.use(async (ctx, next) => { ctx.user = 'u'; await next() })
  app.router('a', async (ctx, next) => { ctx.body = ctx.user })
  return app.serve()
}
"""


@pytest.mark.parametrize("also", ["", "console.log('in', ctx); "])
def test_a_router_becomes_a_dict_of_functions(also: str, tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(PLAIN.replace("ctx.body =", f"{also}ctx.body ="))
    files = draft(tmp_path).files
    assert "js.py" not in files
    assert '    routes = {"a": a}\n    ctx = {"body": UNDEFINED}\n' in files["index.py"].decode()


@pytest.mark.parametrize(
    "old, new",
    [
        ("ctx.body = ctx.user", "ctx.body = ctx.other"),
        ("ctx.body = ctx.user", "ctx.body = ctx._req.url"),
        ("ctx.body = ctx.user", "ctx.body = 1; await next()"),
        ("ctx.body = ctx.user", "ctx.body = event.list.map(x => ctx)"),
        ("'a',", "'1',"),
        ("'a',", "event.name,"),
        ("await next()", "if (event.a) await next(); await next()"),
        ("await next()", "for (const x of event.list) { await next() }"),
        ("await next()", "const r = await next(); ctx.user = r"),
        ("{ event }", "{ event: context }"),
        ("{ event }", "{}"),
        ("return app.serve()", "const result = await app.serve(); return result"),
        ("return app.serve()", "app.use(event.handler); return app.serve()"),
        ("return app.serve()", "app.router('a', async ctx => {}); return app.serve()"),
        ("return app.serve()", "if (event.a) { app.router('b', async ctx => {}) } return app.serve()"),
    ],
)
def test_other_routers_stay_as_they_are(old: str, new: str, tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(PLAIN.replace(old, new))
    assert "routes = {" not in draft(tmp_path).files["index.py"].decode()
