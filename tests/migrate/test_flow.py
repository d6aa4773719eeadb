"""The flow of values through a program ends, whatever goes back to where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudpy.migrate import draft
from cloudpy.migrate.heap import Heap, Site

STEPS = 2_000  # these programs take some hundreds
PROGRAM = """
const cloud = require('wx-server-sdk')
const axios = require('axios')
const http = require('http')
const ai = require('some-package')
cloud.init()
exports.main = async event => {
  BODY
}
"""
CIRCLES = [
    "let text = (await axios.get(event.url)).data\n  text = text.replace('a', 'b')\n  return text",
    "let next = await axios.get(event.url)\n  while (next.data) next = await next.follow()\n  return next.data",
    "let page = await fetch(event.url)\n  for (const x of event.list) page = await page.next(x)\n  return page.status",
    "let chat = ai.open(event.key)\n  for (const x of event.list) chat = chat.say(x)\n  return chat.text()",
    "let all = {}\n  all.next = await axios.get(event.url)\n  all.next = all.next.read(all)\n  return all.next.status",
    "http.get(event.url, reply => { reply = reply.pipe(reply); reply.on('end', other => { reply = other(reply) }) })",
]


@pytest.mark.parametrize("body", CIRCLES)
def test_results_of_packages_that_go_back_into_their_calls_settle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    steps, add = [], Heap.add

    def counted(heap: Heap, place: object, site: Site) -> None:
        steps.append(place)
        assert len(steps) < STEPS, "the flow does not settle"
        add(heap, place, site)

    monkeypatch.setattr(Heap, "add", counted)
    (tmp_path / "index.js").write_text(PROGRAM.replace("BODY", body), encoding="utf-8")
    assert b"async def main" in draft(tmp_path).files["index.py"]
    assert steps
