"""Plain forms of what is done with strings give what Node gives, or raise: for values of all kinds that JSON has."""

from __future__ import annotations

import random
import re
import shutil
from typing import Any

import pytest

from cloudpy.runner.fake_clock import _Seeded
from tests.migrate.both import InPython, Snippet, equal, in_node, module, translate

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
CHARACTERS = ["a", "b", "A", ",", " ", "\t", "0", "1", "é", "中", "😀", "\u2028", "\n", "\xa0", "$", "ß", "İ", "Σ"]
NUMBERS = ["12", " 7 ", "1.5", "-3", "1e3", "+5", "0x1f", "12px", "007", "1e400", "Infinity", "."]
# Written without a helper, whatever the values are
PLAIN = [
    "return event.a.trim()",
    "return event.a.trimStart() + event.a.trimEnd()",
    "return event.a.toUpperCase()",
    "return event.a.toLowerCase()",
    "return event.a.startsWith('a')",
    "return event.a.endsWith(event.b)",
    "return event.a.startsWith(event.b)",
    "return event.a.split(',')",
    "return event.a.split(',')[0].trim()",
    "return event.a.split(String('b'))",
    "return event.a.replace('a', 'x')",
    "return event.a.replace('a', '')",
    "return event.a.replaceAll('a', 'bc')",
    "return (event.a || '').trim()",
    "return (event.a || 'none').toLowerCase()",
    "return `<${event.a.trim()}>`",
    "return event.a.replace(/a/g, 'xy')",
    "return event.a.replace(/,/, '.')",
    "return event.a.replace(/\\s+/g, ' ')",
    "return event.a.replace(/[ab]/g, '')",
    "return event.a.replace(/[^ab]/g, '')",
    "return event.a.replace(/\\D/g, '')",
    "return event.a.replace(/\\d+/, '#')",
    "return event.a.replace(/[a-z]+/gi, '')",
    "return /^\\s*$/.test((event.a || 'x').toLowerCase())",
    "return ['a', 'b'].includes(event.a)",
    "return ['a', 'b', ''].includes(event.a.b)",
    "return [1, 2, 'a'].includes(String('a'))",
    "return Object.keys({ ...event }).length",
    "return event.a.trim().length > 3",
    "if (!event.a || !event.a.trim()) return 'none'; return event.a.length > 2",
    "const { a, b } = event; if (!a || a.trim().length === 0 || !b) return 'none'; return a.length",
    "const { a } = event; return a.length !== 6 ? 'wrong' : a.toUpperCase()",
    "const { a = '' } = event; return a.length > 2",
    "const { a } = event; const t = a.trim(); return [t.length, !t.length]",
    "return JSON.stringify({}) + JSON.stringify([])",
    "return Object.keys({ a: event.a, b: undefined }).length === 2",
    "const { a } = event; const t = a.trim(); return `<${a}>` + a",
    "const t = event.a.split(','); return 'a' + event.a + t.length",
    "return require('crypto').createHash('md5').update(event.a).digest('hex')",
    "return require('crypto').createHmac('sha256', event.a).update(event.b).digest('base64')",
    "return require('crypto').createHash('sha1').update('key' + event.a.trim()).digest('hex').toUpperCase()",
    "const n = Math.floor(event.a); return `${n}-` + n + String(n - 1)",
    "const n = Math.floor(event.a * 0.5); const s = n < 10 ? '0' + n : n; return `${s}:${n - 1}`",
    "return Math.floor(event.a + 0.25).toString() + (Math.floor(event.b * 1.5)).toString()",
    "return require('crypto').randomBytes(4).toString('hex').length",
    "const d = new Date(0); const { a } = event; if (a === 'a' || a === 'b') return d.getTime(); return `no ${a}`",
    "const { a } = event; switch (a) { case 'b': return 1; case '12': return 2; default: return `no ${a}` }",
    "if (event.a === 'a' || event.a === 'b') return 1; return 'no ' + event.a + '!'",
    "const { a = 'z' } = event; return `${a}/${a}'s` + a",
    "const name = event.a; if (!name) return ''; return `<${name}>` + name",
    "const kind = event.a || 'b'; return `${kind}:` + kind + `${event.b || 'none'}`",
    "const { a: path = '', b: title } = event; return title ? path + '?t=' + title : `${path}`",
]
SELECTED = [
    "const of = { b: () => 1, '12': () => 2 }; const f = of[event.a]; return f ? f() : `no ${event.a}`",
    "const f = n => n < 10 ? '0' + n : n; const d = new Date(event.a); return f(d.getUTCDate()) + ':' + d.getUTCDay()",
    "const f = n => n < 10 ? `0${n}` : `${n}`; return f(new Date(event.a).getUTCHours()) + f(9)",
    "let m = Math.floor(event.a * 0.5); if (m < 10) m = '0' + m; return `${m}:` + m + String(m)",
    "const f = n => { n = n.toString(); return n[1] ? n : '0' + n }; return f(Math.floor(event.a * 1.5)) + f(7)",
    "const f = n => { return '' + n }; return f(1) + f(event.a)",
    "function f(n) { if (n > 5) return n; return 'less' } return `${f(Math.floor(event.a * 1.5))}`",
    "function f(n) { if (n > 5) { return n } } return `${f(Math.floor(event.a * 1.5))}`",
]
# Of a list JavaScript takes the items: translating.md says so
OF_PATTERNS = [
    "if (!/^1\\d{2}$/.test(event.a)) return 'no'",
    "const re = /^\\d{1,3}(?:\\.\\d{1,2})?$/; return re.test(event.a)",
    "return /^\\w{2,4}$/.test(event.a)",
    "return /^[ab1,]+$/i.test(event.a || '')",
    "const key = /^[a-zA-Z][a-z0-9]{3}$/; return key.test(event.a) ? event.a : 'none'",
]
# Of an object Node has undefined or an error, and Python goes on: translating.md says so
OF_TEXTS_AND_LISTS = [
    "return event.a.length > 0 ? 'some' : 'none'",
    "if (event.a && event.a.length) return 'some'",
    "if (!event.a.length) return 'none'",
    "return event.a.length === 0",
    "return { count: event.a.length, first: event.a[0].url }",
    "return event.a.includes('a')",
    "return event.a.includes('a') || event.b.includes('b')",
    "return event.a.indexOf('a') !== -1",
    "return event.a.indexOf('b') < 0 && event.a.indexOf(',') == -1",
    "const b = event.b.trim(); return event.a.indexOf(b) >= 0",
    "const list = event.a || []; return [list.length > 2, list.filter(x => x.n)]",
    "const { a: rows } = event; const size = rows.length; return { size, all: rows.map(x => x.n) }",
]
# The same of a string in place of a list, in which an emoji is one
OF_LISTS = [
    "const { a: users } = event; return users.length < 2",
    "return (event.a || []).length >= 2",
    "const ids = event.a; return ids.length - 1",
]
# Python alone reads numbers that no one writes, 1_000 and nan, and takes true and false for numbers everywhere
OF_NUMBERS = [
    "return (Number(event.a) - 1) * 20",
    "return { n: Number(event.a || 0) }",
    "let skip = (+event.a - 1) * 20; return { skip }",
    "const n = parseFloat(event.a); return { n: n * 2 }",
    "return { n: parseInt(event.a) }",
    "const n = parseInt(event.a, 10); return [n - 1, n]",
]
# Written plainly where nothing catches, and with helpers where the program would go on
CAUGHT = [
    *PLAIN,
    *SELECTED,
    "return event.a.trim().split(String(event.b))",
    "return event.a.split(event.b)",
    "return event.a.includes(event.b)",
    "return `${event.a}`",
    *OF_TEXTS_AND_LISTS,
    *OF_LISTS,
    *OF_NUMBERS,
    *OF_PATTERNS,
    "return parseInt(event.a) || 1",
    "const n = Number(event.a); return isNaN(n) ? 0 : n",
]


def value(chance: random.Random, depth: int = 2) -> Any:
    """Return a random value of any kind that JSON has."""
    kind = chance.randrange(9 if depth else 7)
    if kind < 4:
        if chance.randrange(4) == 0:
            return chance.choice(NUMBERS)
        return "".join(chance.choices(CHARACTERS, k=chance.randrange(6)))
    if kind == 4:
        return chance.choice([None, True, False])
    if kind == 5:
        return chance.choice([0, 1, -1, 1.5, 12, 1e21, 1e-7, 2**53])
    if kind == 6:
        return chance.choice([[], {}, ""])
    if kind == 7:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {chance.choice(["a", "length", "trim"]): value(chance, depth - 1)}


def events(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    made = [{"a": value(chance), "b": value(chance)} for _ in range(150)]
    return [{}, {"a": ""}, {"b": "a"}, *made]


def outcomes(codes: list[str], seed: int) -> list[tuple[Snippet, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    pieces = [Snippet(f"{at}", module(code), events(seed)) for at, code in enumerate(codes)]
    for piece in pieces:
        translate(piece)
        assert piece.marks == []
    node = in_node(pieces)
    with InPython() as python:
        return [
            (piece, event, one, other)
            for piece in pieces
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True)
        ]


def is_listed(code: str, event: dict[str, Any]) -> bool:
    """Whether translating.md lists the difference."""
    if code in OF_NUMBERS:
        return "parse" in code and (isinstance(event.get("a"), bool) or event.get("a") in (1e21, 1e-7))
    if "Math.floor" in code:
        return any(each in (1e21, 2**53) for each in event.values() if not isinstance(each, list))
    if code in OF_PATTERNS:
        return isinstance(event.get("a"), list)
    if code in OF_LISTS and "\U0001f600" in str(event.get("a")):
        return True
    if (".map(" in code or ".filter(" in code) and event.get("a") == "":
        return True  # nothing is read of its characters
    return code in OF_TEXTS_AND_LISTS + OF_LISTS and any(isinstance(each, dict) for each in event.values())


def _is_always_listed(code: str) -> bool:
    """Whether the difference is one where the program catches errors, too."""
    return code in OF_PATTERNS or "Math.floor" in code


@pytest.mark.parametrize("seed", [1, 2])
def test_plain_forms_are_equal_or_raise(seed: int) -> None:
    forms = [*PLAIN, *SELECTED, *OF_TEXTS_AND_LISTS, *OF_LISTS, *OF_NUMBERS, *OF_PATTERNS]
    different = [
        f"{event}: Node {one}, Python {other}\n{piece.source}\n{piece.python}"
        for piece, event, one, other in outcomes(forms, seed)
        if "value" in other and not ("value" in one and equal(one["value"], other["value"]))
        if not is_listed(forms[int(piece.id)], event)
    ]
    assert different == [], "\n".join(different[:3])


def test_plain_forms_need_no_helper() -> None:
    for code in [*PLAIN, *OF_TEXTS_AND_LISTS, *OF_LISTS, *OF_NUMBERS, *OF_PATTERNS]:
        piece = Snippet("1", module(code), [])
        translate(piece)
        assert "js." not in piece.python, piece.python


@pytest.mark.parametrize("seed", [3])
def test_what_the_program_catches_is_equal(seed: int) -> None:
    codes = [f"try {{ {code} }} catch (e) {{ return 'caught' }}" for code in CAUGHT]
    different = [
        f"{event}: Node {one}, Python {other}\n{piece.source}\n{piece.python}"
        for piece, event, one, other in outcomes(codes, seed)
        if not is_listed(CAUGHT[int(piece.id)], event) or not _is_always_listed(CAUGHT[int(piece.id)])
        if "refused" not in other and not ("value" in one and "value" in other and equal(one["value"], other["value"]))
    ]
    assert different == [], "\n".join(different[:3])


def test_random_texts_are_the_first_digits_that_node_gives_for_the_same_numbers() -> None:
    """`cloudpy compare` gives both the same numbers: a text of them is the same, too, with as many digits."""
    code = """
let state = event.seed
Math.random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296
return [Math.random().toString(36).substr(2, 9), Math.random().toString(36).slice(2),
  Math.random().toString(16).slice(2), Math.random().toString().substring(2, 6)]
"""
    piece = Snippet("1", module(code), [{"seed": seed} for seed in range(0, 10**9, 7654321)])
    made = _Seeded(0)
    for event, outcome in zip(piece.events, in_node([piece])["1"], strict=True):
        made.seed(event["seed"])
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"
        own = ["".join(made.choices(digits[:base], k=count)) for base, count in ((36, 9), (36, 12), (16, 14), (10, 4))]
        assert own == outcome["value"], event


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("toString(36).substr(2, 9)", 9),
        ("toString(36).slice(2)", 12),
        ("toString(36).substring(2, 15)", 12),
        ("toString().slice(2, 8)", 6),
    ],
)
def test_random_texts_need_no_helper(code: str, count: int) -> None:
    piece = Snippet("1", module(f"return Math.random().{code}"), [{}] * 20)
    translate(piece)
    assert "js." not in piece.python
    with InPython() as python:
        for outcome in python.outcomes(piece):
            assert re.fullmatch(f"[0-9a-z]{{{count}}}", outcome["value"])
