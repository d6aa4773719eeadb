"""`new Date(text)`: what Node makes of any text, or an error that names it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy.migrate.bundle import everything
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


def test_datetimes_of_now_show_what_node_shows(zone: str, tmp_path: Path) -> None:
    chance = random.Random(zone)
    times = [chance.randrange(10**9, 4 * 10**9) * 1000 + chance.choice([0, 125, 500, 999]) for _ in range(300)]
    piece = Snippet("now", module(OF_NOW).replace("async ", ""), [])
    translate(piece)
    assert piece.marks == []
    assert "js." not in piece.python
    (tmp_path / "index.py").write_text(piece.python)
    asked = {"input": json.dumps(times), "capture_output": True, "encoding": "utf-8", "env": os.environ, "check": True}
    node = subprocess.run(["node", "-e", AT % OF_NOW], **asked)  # type: ignore[call-overload]
    python = subprocess.run([sys.executable, "-c", IN_PYTHON, str(tmp_path)], **asked)  # type: ignore[call-overload]
    assert json.loads(node.stdout) == json.loads(python.stdout)
