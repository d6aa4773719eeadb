"""What ruff checks: syntax that the target Python lacks, and blocking calls in async functions.

Not its S105 to S107 (hard-coded passwords): they look at names only, and report ``PASSWORD = "your-password"`` and
``token_field = "accessToken"``. See `secrets`.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from .finding import Finding
from .folder import Folder
from .source import Source

_SKIPPED = "syntax newer than the target Python and blocking calls in async functions were not checked"
MISSING = f"ruff is not installed, so {_SKIPPED}: pip install ruff"
# Rule -> what to call in place of a blocking call
_ALTERNATIVES = {
    "ASYNC210": "await asyncio.to_thread({name}, …)",
    "ASYNC220": "await asyncio.create_subprocess_exec(…)",
    "ASYNC221": "await asyncio.create_subprocess_exec(…)",
    "ASYNC222": "await asyncio.create_subprocess_exec(…)",
    "ASYNC250": "an event or an environment variable: the cloud has no keyboard",
    "ASYNC251": "await asyncio.sleep(…)",
}


def command() -> list[str]:
    """Return the command that runs ruff; empty when it is not installed."""
    # first that of this Python: another one on the path may be a shim that serves other Pythons only
    if find_spec("ruff"):
        return [sys.executable, "-m", "ruff"]
    path = shutil.which("ruff")
    return [path] if path else []


def check(folder: Folder, sources: list[Source], python: tuple[int, int]) -> tuple[list[Finding], str]:
    """Return what ruff reports, as errors (syntax) and hints (blocking calls), and a note if it could not run."""
    ruff = command()
    if not ruff:
        return [], MISSING
    if not sources:
        return [], ""
    version = f"py{python[0]}{python[1]}"
    options = ["--isolated", "--no-cache", "--target-version", version, "--select", ",".join(_ALTERNATIVES)]
    done = subprocess.run(
        [*ruff, "check", *options, "--output-format", "json", "--", *(source.name for source in sources)],
        cwd=folder.path,
        capture_output=True,
        encoding="utf-8",
        check=False,  # 1: there are findings
    )
    try:
        problems: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError:  # a stand-in on the path, or a version without one of the rules
        return [], f"ruff failed, so {_SKIPPED}: {' '.join(done.stderr.split())}"
    return list(_findings(problems, folder, sources)), ""


def _findings(problems: list[dict[str, Any]], folder: Folder, sources: list[Source]) -> Iterator[Finding]:
    by_name = {source.name: source for source in sources}
    for problem in problems:
        name = folder.relative(problem["filename"])
        source = by_name.get(name)
        if source is None:
            continue
        line, column = problem["location"]["row"], problem["location"]["column"]
        if problem["code"] in _ALTERNATIVES:
            called = _call_at(source, line, column)
            alternative = _ALTERNATIVES[problem["code"]].format(name=called)
            text = f"{called}() blocks the event loop of an async def; use {alternative}"
            yield Finding(name, line, "hint", "blocking", text)
        else:  # the file can be read: only the version is in question
            yield Finding(name, line, "error", "python", problem["message"])


def _call_at(source: Source, line: int, column: int) -> str:
    """Return the name of what is called at a place; `column` counts characters from 1."""
    text = source.text.splitlines()[line - 1]
    offset = len(text[: column - 1].encode())
    for node in source.nodes():
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset) == (line, offset):
            return ast.unparse(node.func)
    return text[column - 1 :].partition("(")[0]
