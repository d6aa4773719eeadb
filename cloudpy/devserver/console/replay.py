"""An invocation again, and as a command, a test, or an event of ``cloudpy compare``."""

from __future__ import annotations

import json
import os
from typing import Any, TypedDict

from .. import generated_test, replay
from .console import Console
from .functions import find_function
from .invocations import history_of
from .invoke import Invoked, invoke
from .route import ConsoleError, Request, Route


class Again(TypedDict, total=False):
    """`clock`: let the function's clock begin at the time of the first run; it then runs in a process of its own."""

    clock: bool


class Address(TypedDict):
    """The address of ``cloudpy dev``, such as ``http://127.0.0.1:8900``."""

    address: str


class Command(TypedDict):
    """A command for a shell."""

    text: str


class Test(TypedDict):
    """A test: name and text of its file, its folder, and placeholders to fill in."""

    name: str
    text: str
    folder: str
    secrets: list[str]


class SavedTest(TypedDict):
    """Where a test was written."""

    path: str


def _row(console: Console, request: Request) -> dict[str, Any]:
    history, key = history_of(console), request.params["id"]
    history.flush()
    found = history.rows("SELECT * FROM invocations WHERE id = ?", (key,))
    if not found:
        raise ConsoleError(404, "NOT_FOUND", f"there is no invocation {key[:60]!r}; only the last ones are kept")
    return found[0]


def _replay(console: Console, request: Request) -> dict[str, Any]:
    row = _row(console, request)
    event = json.loads(row["event"])
    if replay.is_masked(event):
        problem = "the event had a secret, which is not kept: open it under Invoke, and fill in what is masked with ***"
        raise ConsoleError(409, "MASKED", problem)
    find_function(console, row["function"])
    at = row["started"] if (request.json or {}).get("clock") else None
    return invoke(console, row["function"], event, at=at, **replay.identity(row))


def _curl(console: Console, request: Request) -> dict[str, Any]:
    return {"text": replay.curl(_row(console, request), request.query["address"].rstrip("/"))}


def _compare(console: Console, request: Request) -> dict[str, Any]:
    return replay.compare_event(_row(console, request))


def _generate(console: Console, request: Request) -> generated_test.GeneratedTest:
    row = _row(console, request)
    function = find_function(console, row["function"])
    calls = history_of(console).rows("SELECT * FROM calls WHERE owner = ? ORDER BY seq", (row["seq"],))
    for call in calls:
        call["params"], call["answer"] = json.loads(call["params"]), json.loads(call["answer"])
    try:
        return generated_test.generate(
            row, calls, console.backend, function.folder.path, function.folder.project, function.limit
        )
    except generated_test.NoTestError as error:
        raise ConsoleError(409, "NO_TEST", str(error)) from None


def _test(console: Console, request: Request) -> dict[str, Any]:
    test = _generate(console, request)
    return {"name": test.name, "text": test.text, "folder": test.folder, "secrets": test.secrets}


def _save_test(console: Console, request: Request) -> dict[str, Any]:
    test = _generate(console, request)
    path = os.path.join(test.folder, test.name)
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(test.text)
    except FileExistsError:
        raise ConsoleError(409, "EXISTS", f"{path} exists already: delete or rename it first") from None
    except OSError as error:
        raise ConsoleError(500, "SYS_ERR", f"{path} cannot be written: {error.strerror or error}") from None
    return {"path": path}


ROUTES = (
    Route(
        "POST",
        "/invocations/{id}/replay",
        _replay,
        "Invoke again, with the same event and user, and wait for the end.",
        "用同样的 event 和用户再调用一次，等待返回。",
        changes=True,
        body=Again,
        result=Invoked,
        functions=True,
    ),
    Route(
        "GET",
        "/invocations/{id}/curl",
        _curl,
        "The invocation as a curl command; secrets are masked.",
        "生成 curl 命令，密钥会被掩码。",
        query=Address,
        result=Command,
        functions=True,
    ),
    Route(
        "GET",
        "/invocations/{id}/test",
        _test,
        "The invocation as a pytest test with its data, without secrets.",
        "生成 pytest 测试，带上当时的数据，不含密钥。",
        result=Test,
        functions=True,
    ),
    Route(
        "POST",
        "/invocations/{id}/test",
        _save_test,
        "Write the test into the project.",
        "把测试写到项目目录。",
        changes=True,
        result=SavedTest,
        functions=True,
    ),
    Route(
        "GET",
        "/invocations/{id}/compare",
        _compare,
        "The invocation as an event for `cloudpy compare --events`.",
        "生成 `cloudpy compare --events` 用的事件。",
        functions=True,
    ),
)
