"""`new Date(text)`: what Node makes of any text, or NaN."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import time
import types
from collections.abc import Iterator

import pytest

from cloudpy.migrate.bundle import everything

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


def test_any_text_is_the_date_that_node_reads(zone: str) -> None:
    chance = random.Random(zone)
    texts = sorted({any_text(chance) for _ in range(6_000)})
    done = subprocess.run(
        ["node", "-e", READ], input=json.dumps(texts), capture_output=True, encoding="utf-8", env=os.environ
    )
    js = types.ModuleType("js")
    exec(compile(everything(), "js.py", "exec"), js.__dict__)
    read = [js.date_of(text).getTime() for text in texts]
    node = json.loads(done.stdout)
    told = [
        f"{text!r}: Node {one}, Python {other}"
        for text, one, other in zip(texts, node, read, strict=True)
        if one != (None if other != other else other)
    ]
    assert told == [], "\n".join(told[:5])
    assert sum(each is not None for each in node) > 1_000
