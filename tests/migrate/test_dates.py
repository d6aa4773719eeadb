"""`new Date(text)`: what Node makes of any text, or an error that names it."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cloudpy.errors import NotTranslated
from cloudpy.migrate import draft
from cloudpy.migrate.bundle import everything
from cloudpy.runtime.encode import encode
from tests.migrate.both import Snippet, module, translate

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here"), pytest.mark.once()]
WORDS = "Jan March sept Dec Mon Tue, am PM GMT UTC Z T EST pdt 年 月 日 foo at z t (x) ( CST 下午".split()
SIGNS = ["-", "/", " ", ":", ".", ",", "+", "T", "  ", "年", "月", ", ", "\u00a0"]
READ = """
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const read = text => { const date = new Date(text); return isNaN(date) ? null : date.getTime() }
console.log(JSON.stringify(texts.map(read)))
"""


def any_text(chance: random.Random) -> str:
    """A text that is a date, nearly one, or a heap of numbers, words and signs."""
    year, month, day = chance.randrange(1960, 2060), chance.randrange(14), chance.randrange(33)
    hour, minute, second = chance.randrange(26), chance.randrange(62), chance.randrange(62)
    clock = chance.choice(["", f" {hour}:{minute}", f" {hour:02d}:{minute:02d}:{second:02d}"])
    zone = chance.choice(
        ["", "Z", "+08:00", "-0530", " GMT+8", " +0800", " UTC", " GMT+0800 (China Standard Time)", " PM"]
    )
    ways = [
        f"{year}-{month:02d}-{day:02d}{chance.choice(['T', ' '])}{clock.strip()}{zone}",
        f"{year}/{month}/{day}{clock}{zone}",
        f"{chance.choice(['Jan', 'Feb', 'December', 'Sun Mar'])} {day}{chance.choice([',', ''])} {year}{clock}{zone}",
        f"{year}{chance.choice('-/.')}{month:02d}{chance.choice('-/.')}{day:02d}.{second}",
        f"{year}{month:02d}{day:02d}",
        f"{year}年{month}月{day}日",
        f"{month}/{day}/{year % 100}",
        str(chance.randrange(100_000)),
    ]
    parts = [
        chance.choice([str(chance.randrange(70)), str(year), chance.choice(WORDS), chance.choice(SIGNS)])
        for _ in range(6)
    ]
    return chance.choice([*ways, "".join(parts[: chance.randrange(1, 7)])])


@pytest.fixture(params=["Asia/Shanghai", "UTC"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_any_text_is_the_date_that_node_reads_or_refused(zone: str) -> None:
    chance = random.Random(zone)
    texts = sorted({any_text(chance) for _ in range(6_000)})
    done = subprocess.run(
        ["node", "-e", READ], input=json.dumps(texts), capture_output=True, encoding="utf-8", env=os.environ
    )
    js = types.ModuleType("js")
    exec(compile(everything(), "js.py", "exec"), js.__dict__)
    node = json.loads(done.stdout)
    told, read = [], 0
    for text, one in zip(texts, node, strict=True):
        try:
            other = js.date_of(text).getTime()
        except js.NotTranslated as error:
            assert repr(text) in str(error)
            continue
        read += one is not None
        if one != (None if other != other else other):
            told.append(f"{text!r}: Node {one}, Python {other}")
    assert told == [], "\n".join(told[:5])
    assert read > 200


OF_NOW = """
const now = new Date(); const soon = new Date(Date.now() + 90 * 60 * 1000)
return [now.getFullYear(), now.getMonth(), now.getMonth() + 1, now.getDate(), now.getDay(), now.getHours(),
  now.getMinutes(), now.getSeconds(), now.getMilliseconds(), now.getTime(), now.getUTCDate(), now.toISOString(),
  now.toISOString().slice(0, 10), soon.toISOString().split('T')[0], soon.getHours(), soon.valueOf(),
  soon - now, soon > now, new Date().getTime(),
  new Date(now.getTime() - 86400000).getDate(), { at: now, until: soon }]
"""
# Dates that are changed, passed on, copied, and made of the parts of others
OF_DAYS = """
const text = date => date.getFullYear() + '-' + (date.getMonth() + 1) + '-' + date.getDate() + ' ' + date.getHours()
function day (offset) { const date = new Date(); date.setDate(date.getDate() + offset); return date }
function start (date) { return new Date(date.getFullYear(), date.getMonth(), date.getDate()) }
const now = new Date(), copy = new Date(now), later = new Date(now.getTime() + 40 * 86400000)
const days = []
for (let at = new Date(now); at < later; at.setDate(at.getDate() + 7)) days.push(text(at), at.toISOString())
const clock = new Date(); clock.setHours(23, 59, 59, 999)
const noon = new Date(); noon.setHours(12); noon.setMinutes(0, 0); noon.setMilliseconds(0)
const moved = new Date(); moved.setTime(moved.getTime() + 90061001); moved.setHours(moved.getHours() - 30)
const first = new Date(now.getFullYear(), now.getMonth(), 1)
const last = new Date(now.getFullYear(), now.getMonth() + 1, 0)
const next = new Date(now.getFullYear(), now.getMonth() + 1, 1)
const before = new Date(now.getFullYear(), now.getMonth() - 1, 1)
const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8, 30)
const utc = new Date(); utc.setUTCHours(0, 0, 0, 0); const count = 3
const reckoned = new Date(Date.now() + 8 * 3600 * 1000 + count * 86400 * 1000)
const old = new Date(Date.now() - count * 60000)
return [days, text(day(-40)), text(day(35)), start(now).toISOString(), start(later).getTime(), copy.getTime(),
  clock.toISOString(), text(clock), noon.toISOString(), text(noon), moved.toISOString(), moved.getMinutes(),
  text(first), text(last), last.getDay(), text(next), text(before), tomorrow.toISOString(), tomorrow.getMinutes(),
  utc.toISOString(), utc.getTime(), reckoned.toISOString().slice(0, 10), old.toISOString(), old.getTime(),
  now ? 1 : 2, !later, later - now, Math.floor((tomorrow - now) / 1000), { since: clock }]
"""
AT = """
const times = JSON.parse(require('fs').readFileSync(0, 'utf8')), Real = Date, BODY = () => { %s }
let at = 0
global.Date = class extends Real {
  constructor (...more) { more.length ? super(...more) : super(at) }
  static now () { return at }
}
console.log(JSON.stringify(times.map(each => { at = each; return BODY() })))
"""
IN_PYTHON = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from cloudpy.runner import fake_clock
fake_clock.install()
import cloudpy as cloud, index
from cloudpy.runtime.encode import encode
results = []
for each in json.load(sys.stdin):
    fake_clock.freeze(each / 1000, 1, frozen=True)
    results.append(json.loads(encode(index.main({}, {}))))
print(json.dumps(results))
"""


@pytest.mark.parametrize("body", [OF_NOW, OF_DAYS])
def test_datetimes_of_now_show_what_node_shows(body: str, zone: str, tmp_path: Path) -> None:
    chance = random.Random(zone)
    times = [chance.randrange(10**9, 4 * 10**9) * 1000 + chance.choice([0, 125, 500, 999]) for _ in range(300)]
    piece = Snippet("now", module(body).replace("async ", ""), [])
    translate(piece)
    assert piece.marks == []
    assert "js." not in piece.python
    (tmp_path / "index.py").write_text(piece.python)
    asked = {"input": json.dumps(times), "capture_output": True, "encoding": "utf-8", "env": os.environ, "check": True}
    node = subprocess.run(["node", "-e", AT % body], **asked)  # type: ignore[call-overload]
    python = subprocess.run([sys.executable, "-c", IN_PYTHON, str(tmp_path)], **asked)  # type: ignore[call-overload]
    assert json.loads(node.stdout) == json.loads(python.stdout)


# A program whose dates, those of documents, too, are datetimes
OF_DOCUMENTS = """
const cloud = require('wx-server-sdk')
cloud.init()
const db = cloud.database()
exports.main = async (event) => {
  const { made, until } = event, now = new Date(), start = new Date(event.day + 'T08:30:00'), day = event.day
  const from = new Date(event.timestamp), end = new Date(day + 'T23:59:59'), fixed = new Date('2024-02-29')
  return [made.getTime(), made.getFullYear(), made.getMonth() + 1, made.getUTCDate(), made.toISOString(), made < now,
    until > now,
    start.toISOString(), start > end, end.getTime(), from.getDay(), from.toISOString(),
    fixed.toISOString(), new Date(from.getFullYear(), from.getMonth(), from.getDate() - 1).toISOString()]
}
"""
RUN = """
const Module = require('module'), load = Module._load
Module._load = (name, ...more) => name === 'wx-server-sdk' ? { init () {}, database () {} } : load(name, ...more)
const { main } = require(process.argv[1]), events = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const date = value => Number.isInteger(value) ? new Date(value) : value
const run = each => main({ ...each, made: date(each.made), until: date(each.until) }).catch(error => error.name)
Promise.all(events.map(run)).then(all => console.log(JSON.stringify(all)))
"""
# What Python reads as a date, and Node does not: other forms of ISO 8601
OTHER_ISO = re.compile(
    r"\d{4}-?W|\d{8}|.*[T ]\d\d(?![\d:])|.*\d,\d|\d{4}-\d\d-\d\d[^T ]|.*[T ]\d{4}|.*:\d\d[+-]\d\d$|.*\d [+-]\d",
    re.ASCII,
)


def test_dates_of_events_and_documents_are_those_of_node_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    chance = random.Random(7)
    odd = [None, True, "", "2024", 0, -1, 1.5, [], {}, "2024-02-30", "2024-13-01", "1700000000000"]

    def any_event() -> dict[str, Any]:
        at = [chance.randrange(4 * 10**12) for _ in range(3)]
        shown = datetime.fromtimestamp(at[0] / 1000, timezone.utc).isoformat(timespec="milliseconds")
        event = {"made": at[1], "until": at[2], "day": shown[:10], "timestamp": at[0]}
        if chance.random() < 0.1:
            event["day"] = any_text(chance)
        if chance.random() < 0.3:
            event[chance.choice([*event])] = chance.choice(odd)
        return event

    events = [any_event() for _ in range(800)]
    (tmp_path / "index.js").write_text(OF_DOCUMENTS)
    done = subprocess.run(
        ["node", "-e", RUN, str(tmp_path / "index.js")], input=json.dumps(events), capture_output=True,
        encoding="utf-8", env=os.environ, check=True,
    )  # fmt: skip
    made = draft(tmp_path)
    assert made.todos == []
    assert {name for name in made.helpers if "." not in name} <= {"text"}
    for name, data in made.files.items():
        if name in ("index.py", "js.py"):
            (tmp_path / name).write_bytes(data)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("index", "js"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    main = importlib.import_module("index").main
    told, equal = [], 0
    for event, node in zip(events, json.loads(done.stdout), strict=True):
        given = dict(event)
        for key in ("made", "until"):
            if type(given[key]) is int:
                given[key] = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=given[key])
        try:
            python = asyncio.run(main(given, {}))
        except Exception:
            continue
        equal += python == node
        if python != node and not OTHER_ISO.match(f"{event['day']}T08:30:00"):
            told.append(f"{event}: Node {node}, Python {python}")
    for name in ("index", "js"):
        sys.modules.pop(name, None)
    assert told == [], "\n".join(told[:5])
    assert equal > 250


# Dates of what may be anything, as programs use them
OF_ANY = """
const pad = n => n < 10 ? '0' + n : n
const two = n => String(n).padStart(2, '0')
const parts = d => d.getFullYear() + '-' + pad(d.getMonth() + 1) + '-' + pad(d.getDate())
const day = value => { const d = new Date(value); return parts(d) }
const clock = d => [two(d.getHours()), two(d.getMinutes()), d.getSeconds()].join(':')
const start = value => { const d = new Date(value); d.setHours(0, 0, 0, 0); return d }
exports.main = async (event) => {
  const { a, b } = event, one = new Date(a), other = new Date(b), now = new Date('2024-05-01T00:00:00Z')
  const shown = new Date(event.c), until = b ? new Date(b) : null
  const row = { made: new Date(a), size: 1 }
  let last = null
  for (const each of [a, b]) { const at = new Date(each); if (!last || at > last) last = at }
  return [day(a), clock(one), one > other, !(one > other), !(one <= now), one - other, other - now,
    one < now ? 'old' : 'new', start(b).getTime(), one.getTime(), Math.max(one.getTime(), other.getTime()),
    Math.floor((other - one) / 86400000), one.getDay() === 0 ? 'sunday' : `${one.getDay()}`,
    one.getHours() || 'midnight', one.getMonth() + 1 > 6, !(other.getDate() > 15), `${one.getUTCMonth() + 1}`,
    new Date(a).getTime() - new Date(b).getTime(), Math.min(other.getDate(), 20), { at: other, n: other.getMonth() },
    isNaN(new Date(b).getTime()) ? 'bad' : 'good', until && until > now ? 'on' : 'off', last.getTime(),
    until ? until.getTime() : null, until && until.getDate() + 1, new Date(until).getTime(), !until,
    row.made.getTime(), row.made.getDate(), row.made.getUTCHours() > 3, row,
    new Date('2099-12-31T23:59:59.000Z').toISOString(), shown.toISOString(), shown.toISOString().slice(0, 10)]
}
"""


def any_date(chance: random.Random) -> Any:
    """What programs keep a date as, or something else."""
    at = datetime.fromtimestamp(chance.randrange(7 * 10**8, 2 * 10**9), timezone.utc)
    forms = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S.125Z", "%Y-%m-%dT%H:%M:%S+08:00"]
    odd = [
        None,
        True,
        0,
        -1,
        1.5,
        "",
        "no date",
        [],
        ["2024-01-01"],
        {},
        {"x": 1},
        "2024",
        "2024-13-01",
        1e21,
        -62135596800000,
    ]
    ways = [chance.choice(odd), chance.randrange(2 * 10**12), f"{at.year}/{at.month}/{at.day}", any_text(chance)]
    return chance.choice([*ways, *(at.strftime(each) for each in forms)])


def test_dates_of_any_value_are_those_of_node_or_refused(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(f"any {zone}")
    events = [{key: any_date(chance) for key in "abc" if chance.random() < 0.95} for _ in range(1_000)]
    (tmp_path / "index.js").write_text(OF_ANY)
    made = draft(tmp_path)
    assert made.todos == []
    assert "to_datetime" in made.helpers
    assert not {"Date", "date_of", "date_parse"} & made.helpers
    for name in ("index.py", "js.py"):
        (tmp_path / name).write_bytes(made.files[name])
    asked = {"capture_output": True, "encoding": "utf-8", "env": os.environ, "check": True}
    asked["input"] = json.dumps(events)
    done = subprocess.run(["node", "-e", RUN, str(tmp_path / "index.js")], **asked)  # type: ignore[call-overload]
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("index", "js"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    main = importlib.import_module("index").main
    told, equal = [], 0
    for event, node in zip(events, json.loads(done.stdout), strict=True):
        try:
            python = json.loads(encode(asyncio.run(main(dict(event), {}))))
        except NotTranslated:
            continue
        except ValueError as error:
            assert str(error) == "Invalid time value"
            python = "RangeError"
        equal += python == node
        if python != node:
            told.append(f"{event}: Node {node}, Python {python}")
    for name in ("index", "js"):
        sys.modules.pop(name, None)
    assert told == [], "\n".join(told[:5])
    assert equal > 300
