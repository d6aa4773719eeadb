"""Runs JavaScript in Node and, translated, in Python: many pieces, one Node process."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import subprocess
import sys
import traceback
import types
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloudpy.migrate.bundle import everything
from cloudpy.migrate.inference import Types
from cloudpy.migrate.module import Module
from cloudpy.migrate.translator import Translator
from cloudpy.runtime.encode import encode

HERE = Path(__file__).parent
NPM = HERE.parent / "peer" / "node_modules"
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 1.5, 3, 1e21, 2147483648, "", "a", "b", "10", " 7 ", "abc", "é😀z", "0",
    [], [1, 2, 3], ["b", "a", 10, 9], {}, {"x": 1}, {"b": 1, "10": 2, "9": 3},
]  # fmt: skip

_STRICT = re.compile("as a number is not translated|as a date: write it|Buffer.from of a (?:bool|JavaScriptObject)")
# Errors of Python's own where JavaScript goes on: of brackets, and of calculating with what is no number
_STRICTER = re.compile(
    r"is not subscriptable|is not a mapping|Map\.get\(\) takes|indices must be integers|has no attribute 'get'"
    "|does not support item assignment"
    "|first arg must be str|unhashable type|has no attribute 'pop'"
    "|unsupported operand type|bad operand type|not supported between instances|can only concatenate"
    "|must be real number|can't multiply sequence|not all arguments converted|cannot convert float|division by zero"
    "|has no attribute '(?:replace|timestamp|astimezone|encode)'|Invalid isoformat string|out of range|must be in"
    "|unsupported type for timedelta|'str' object cannot be interpreted"
    r"|could not convert string to float|invalid literal for int|(?:int|float)\(\) argument must be|has no len\(\)"
    r"|sequence item \d+: expected str"
    "|must be str, not|'(?:int|float)' object is not iterable|doesn't define __|toFixed is not a function"
    "|[pP]adding|Only base64 data is allowed|should contain only ASCII|should be a bytes-like object or ASCII"
)
_OF_PYTHON = (TypeError, AttributeError, ValueError, OverflowError, ZeroDivisionError)


@dataclass
class Snippet:
    """One piece: its place, its source as a module, the events it is run on."""

    id: str
    source: str
    events: list[dict[str, Any]]
    python: str = ""
    marks: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)


def snippets(path: Path, head: str = "") -> Iterator[Snippet]:
    """One a line; `// => [...]` gives the events, else a and b are varied over VALUES. A line with `exports.` is a
    module, any other the body of main."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        code, _, given = line.partition(" // => ")
        yield Snippet(f"{path.name}:{number}", module(code, head), json.loads(given) if given else events(code))


def module(code: str, head: str = "") -> str:
    """A whole file of the body of main; `head` goes before it."""
    return code if "exports." in code else f"{head}exports.main = async (event, context) => {{\n{code}\n}}"


def events(code: str) -> list[dict[str, Any]]:
    """What a piece that names event.a, and event.b, is run on."""
    ones = [{}, *({"a": value} for value in VALUES)] if re.search(r"\bevent\.a\b|\{ ?a\b.*= event", code) else [{}]
    if re.search(r"\bevent\.b\b|, b\b.*\} = event", code):
        return [{**one, **({} if value is ... else {"b": value})} for one in ones for value in [..., *VALUES]]
    return ones


def in_node(pieces: list[Snippet], *, may_break: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Outcomes by id, each ``{"value": …}`` or ``{"error": message or True}``; of what cannot be loaded, none."""
    asked = json.dumps([{"id": each.id, "source": each.source, "events": each.events} for each in pieces])
    done = subprocess.run(
        ["node", str(HERE / "node_runner.js")], input=asked, capture_output=True, encoding="utf-8", timeout=300, check=True,  # noqa: E501
        env={"TZ": "Asia/Shanghai", "PATH": "/usr/bin:/bin:/usr/local/bin", "NODE_PATH": str(NPM)},
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.split("\n") if line]
    broken = [each for each in found if "broken" in each]
    assert may_break or broken == [], "these are no JavaScript"
    return {each["id"]: each["outcomes"] for each in found if "outcomes" in each}


def translate(piece: Snippet, *, sync: bool = False) -> None:
    """Fills in the Python of a piece and its marks."""
    translator = Translator(Types(Module("index.js", piece.source)), sync=sync)
    piece.python = translator.file()
    piece.marks = [mark.why for mark in translator.todos]
    piece.caveats = [each.why for each in translator.caveats]


class InPython:
    """Runs translated pieces in this process, with one ``js`` for all."""

    def __enter__(self) -> InPython:
        self.js = types.ModuleType("js")
        exec(compile(everything(), "js.py", "exec"), self.js.__dict__)
        self.before = sys.modules.get("js")
        sys.modules["js"] = self.js
        self.loop = asyncio.new_event_loop()
        self.logged: list[BaseException] = []
        self.log = logging.Handler()
        self.log.emit = self._log  # type: ignore[method-assign]
        # pytest's own would keep all of it, with halves of characters that no worker can send
        self.handlers, logging.getLogger().handlers = logging.getLogger().handlers, [self.log]
        return self

    def _log(self, record: logging.LogRecord) -> None:
        record.getMessage()  # fails where the text has not the places of the values
        if record.exc_info and record.exc_info[1] is not None:
            self.logged.append(record.exc_info[1])

    def __exit__(self, *_: object) -> None:
        logging.getLogger().handlers = self.handlers
        self.loop.close()
        if self.before is None:
            del sys.modules["js"]
        else:
            sys.modules["js"] = self.before

    def outcomes(self, piece: Snippet) -> list[dict[str, Any]]:
        """What the piece's main gives or raises on each of its events."""
        space: dict[str, Any] = {"__name__": "index", "__file__": "index.py"}
        try:
            exec(compile(piece.python, piece.id, "exec"), space)
        except self.js.NotTranslated as error:
            return [{"refused": str(error)}] * len(piece.events)
        except Exception as error:
            if not _is_stricter(error):
                raise
            return [{"stricter": str(error)}] * len(piece.events)
        return [self._outcome(space["main"], json.loads(json.dumps(event)), piece.id) for event in piece.events]

    def _outcome(self, main: Any, event: Any, file: str) -> dict[str, Any]:
        self.logged.clear()
        result = self._result(main, event)
        if any(_names_line(each, file) for each in self.logged):
            result["logged"] = True
        return result

    def _result(self, main: Any, event: Any) -> dict[str, Any]:
        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                value = main(event, {})
                if asyncio.iscoroutine(value):
                    value = self._awaited(value)
                return {"value": json.loads(encode(value)), "printed": printed.getvalue()}
        except self.js.NotTranslated as error:
            return {"refused": str(error)}
        except Exception as error:
            if _is_stricter(error):
                return {"stricter": str(error)}
            thrown = self.js.caught(error)
            is_error = isinstance(thrown, Exception)
            named = [self.js.get(thrown, "name"), str(thrown)] if is_error else ["", self.js.text(thrown)]
            own = str(error) if type(error) is Exception else True
            return {"error": own, "thrown": named, "kind": type(error).__name__, "printed": printed.getvalue()}

    def _awaited(self, made: Any) -> Any:
        return self.loop.run_until_complete(made)


def _names_line(error: BaseException, file: str) -> bool:
    """Whether an error may be of Python's own, and its traceback names a line of a file."""
    return any(
        isinstance(each, (*_OF_PYTHON, LookupError))
        and any(frame.filename == file for frame in traceback.extract_tb(each.__traceback__))
        for each in _causes(error)
    )


def _is_stricter(error: BaseException) -> bool:
    """Whether an error, or what it was raised from, is of brackets of no object, or of no number in arithmetic."""
    return any(isinstance(each, _OF_PYTHON) and _STRICTER.search(str(each)) for each in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found


def same(node: dict[str, Any], python: dict[str, Any]) -> bool:
    """Whether two outcomes are one: equal JSON (true is not 1), or an error in both.

    Brackets of what is no object raise, and calculating with what is no number, where JavaScript goes on, or the
    program logs their traceback, and so do dates in unusual forms: docs/en/translating.md says so.
    """
    if "stricter" in python or "logged" in python or _STRICT.search(python.get("refused", "")):
        return True
    if "error" in node and "error" in python:
        return node["error"] is True or python["error"] is True or node["error"] == python["error"]
    return "value" in node and "value" in python and equal(node["value"], python["value"])


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are one; true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other)
    return bool(one == other)
