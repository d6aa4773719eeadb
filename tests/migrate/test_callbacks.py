"""Handlers with a callback: what the first call of it says is the outcome, as in Node."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cloudpy.migrate import draft, write
from tests.cli.command import cloudpy
from tests.compare.harness import case, pair

HANDLER = """
const ways = {
  result: callback => { callback(null, { a: [1, undefined], b: undefined }) },
  nothing: callback => { callback() },
  error: callback => { callback(new Error('it is not there')) },
  text: callback => { callback('only a text') },
  falsy: callback => { callback(0, 'a result') },
  twice: callback => { callback(null, 'first'); callback(new Error('second')) },
  thrown: callback => { throw new Error('thrown before') },
  late: callback => { callback(null, 'before'); throw new Error('thrown after') },
  wrong: callback => { callback(new Error('before')); throw new Error('thrown after') }
}
"""
FORMS = {
    "plain": "exports.main = (event, context, callback) => { ways[event.way](callback) }",
    "async": "exports.main = async (event, context, callback) => { ways[event.way](callback) }",
    "promise": "const later = async (way, callback) => { ways[way](callback) }\n"
    "exports.main = function (event, context, callback) { return later(event.way, callback) }",
    "not called": "exports.main = async (event, context, callback) => {\n"
    "  if (event.way === 'text') return { text: event.none }\n}",
}
WAYS = ("result", "nothing", "error", "text", "falsy", "twice", "thrown")
AFTERWARDS = ("late", "wrong")  # of a promise it is not sure that the callback counts: the error is raised


@pytest.mark.once(sample=1)
@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
@pytest.mark.parametrize("form", FORMS)
def test_the_first_call_is_the_outcome(form: str, tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "index.js").write_text(HANDLER + FORMS[form])
    made = draft(tmp_path / "node")
    write(made, tmp_path / "port")
    assert made.todos == []
    with pair(tmp_path / "node", tmp_path / "port") as running:
        compared = [
            running.compare(case({"way": way}, way)) for way in (*WAYS, *(AFTERWARDS if form == "plain" else ()))
        ]
    assert [] == [(one.case.name, one.differences) for one in compared if not one.equal]


def test_a_callback_that_is_never_called_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "fn").mkdir()
    (tmp_path / "fn" / "index.js").write_text(
        "exports.main = (event, context, callback) => { if (event.a) callback(null, event.a) }"
    )
    write(draft(tmp_path / "fn"), tmp_path / "out")
    assert cloudpy("run", tmp_path / "out", "--event", '{"a": 2}').stdout == "2\n"
    done = cloudpy("run", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert "NotTranslated: the callback is called after the function has returned, or never" in done.stderr


def test_a_callback_and_a_result_of_an_async_function_are_not_guessed_between(tmp_path: Path) -> None:
    (tmp_path / "fn").mkdir()
    (tmp_path / "fn" / "index.js").write_text(
        "exports.main = async (event, context, callback) => { callback(null, 1); return event.own }"
    )
    write(draft(tmp_path / "fn"), tmp_path / "out")
    assert cloudpy("run", tmp_path / "out").stdout == "1\n"
    done = cloudpy("run", tmp_path / "out", "--event", '{"own": 2}')
    assert (done.returncode, done.stdout) == (1, "")
    assert "NotTranslated: main calls the callback and returns a value as well" in done.stderr
