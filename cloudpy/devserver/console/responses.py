"""What each API answers: responses that were set, those of the files, samples."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any, TypedDict

from ... import contracts
from ...local import yaml_edit
from ...local.answers import parse_responses
from ...local.located_yaml import LocalDataError, parse, read, read_bytes
from ...local.responses import FAULTS
from .console import Console
from .route import ConsoleError, Request, Route

LOCAL_YAML = "local.yaml"
_SECTION = "answers"


class FileResponses(TypedDict):
    """What a local.yaml has for an API: as a value of that file, and where; `function` is empty for all functions."""

    function: str
    path: str
    line: int
    value: Any


class ResponseSummary(TypedDict):
    """An API that has responses: whether some were set, which files have some, and what kinds they are."""

    api: str
    set: bool
    files: list[str]
    kinds: list[str]


class Target(TypedDict):
    """A file that responses can be written to; `function` is empty for all functions."""

    function: str
    path: str
    exists: bool


class ResponseList(TypedDict):
    """All APIs that have responses, the files, and what becomes of an API without any: a sample, or an error.

    `problems` names the files that cannot be read now: what they had before still counts.
    """

    apis: list[ResponseSummary]
    problems: list[str]
    targets: list[Target]
    unknown: str


class ErrorChoice(TypedDict):
    """An error of an API."""

    code: int
    meaning: str


class ApiResponses(TypedDict):
    """What an API answers.

    `set` is the value that was set, as under ``answers`` in a local.yaml, or null; it comes before `files`. `uses` says
    how often each of its responses was used. `sample` is what is generated without any; null without one.
    """

    api: str
    known: bool
    set: Any
    uses: list[int]
    files: list[FileResponses]
    sample: Any
    errors: list[ErrorChoice]
    faults: list[str]


class NewResponses(TypedDict):
    """The responses of an API, as under ``answers`` in a local.yaml: a reply, a response, or a list of responses."""

    value: Any


class Write(TypedDict):
    """The file to write to, and what the page shows for it: an entry that is another one by now is not overwritten."""

    path: str
    seen: Any


def _list(console: Console, _: Request) -> dict[str, Any]:
    backend = console.backend
    found: dict[str, dict[str, Any]] = {}

    def row(api: str) -> dict[str, Any]:
        return found.setdefault(api, {"api": api, "set": False, "files": [], "kinds": []})

    for api in backend.overrides.apis():
        row(api).update(set=True, kinds=_kinds(backend.overrides.value(api)))
    for function, path in backend.files:
        for api, value, _line in _entries(path):
            one = row(api)
            one["files"].append(function or os.path.basename(path))
            if not one["set"]:
                one["kinds"] = sorted({*one["kinds"], *_kinds(value)})
    rows = sorted(found.values(), key=lambda one: (not one["set"], one["api"]))
    problems = [problem for _, path in backend.files if (problem := _problem(path))]
    return {"apis": rows, "problems": problems, "targets": _targets(console), "unknown": backend.unknown}


def _show(console: Console, request: Request) -> dict[str, Any]:
    api, overrides = request.params["api"], console.backend.overrides
    files = [
        {"function": function, "path": path, "line": line, "value": value}
        for function, path in console.backend.files
        for name, value, line in _entries(path)
        if name == api
    ]
    contract = contracts.get(api)
    sample = contracts.sample_reply(api) if contract else None
    set_responses = overrides.of(api)
    return {
        "api": api,
        "known": contract is not None,
        "set": overrides.value(api),
        "uses": [canned.used for canned in set_responses.of(api)] if set_responses else [],
        "files": files,
        "sample": sample.json if sample else None,
        "errors": [{"code": error.code, "meaning": error.meaning} for error in contract.errors] if contract else [],
        "faults": list(FAULTS),
    }


def _set(console: Console, request: Request) -> dict[str, Any]:
    api, value = request.params["api"], request.json["value"]
    try:
        responses = parse_responses(api, value, _project_file(console) or LOCAL_YAML)
    except LocalDataError as error:
        raise ConsoleError(400, "INVALID_PARAM", error.what) from None
    console.backend.overrides.set(api, value, responses)
    return _show(console, request)


def _reset(console: Console, request: Request) -> dict[str, Any]:
    console.backend.overrides.clear(request.params["api"])
    return _show(console, request)


def _reset_all(console: Console, _: Request) -> None:
    console.backend.overrides.clear()


def _write(console: Console, request: Request) -> dict[str, Any]:
    api = request.params["api"]
    value = console.backend.overrides.value(api)
    if value is None:
        raise ConsoleError(409, "NOT_SET", f"nothing was set for {api}: set a response first")
    _edit(console, request, lambda text, path: yaml_edit.set_entry(text, path, _SECTION, api, value))
    if console.cloud is not None and not console.cloud.problems:
        console.backend.overrides.clear(api)  # the file has been read
    return _show(console, request)


def _remove(console: Console, request: Request) -> dict[str, Any]:
    api = request.params["api"]
    _edit(console, request, lambda text, path: yaml_edit.remove_entry(text, path, _SECTION, api))
    return _show(console, request)


def _edit(console: Console, request: Request, edit: Callable[[str, str], str]) -> None:
    """Edit a local.yaml, and let the local cloud read it."""
    api, path, seen = request.params["api"], request.json["path"], request.json["seen"]
    if path not in {target["path"] for target in _targets(console)}:
        raise ConsoleError(404, "NOT_FOUND", f"{path!r} is not a local.yaml of this console")
    try:
        content = read_bytes(path) if os.path.lexists(path) else b""
        before = parse(content, path).value.get(_SECTION) or {}
        if _plain(before.get(api)) != seen:
            raise ConsoleError(409, "CHANGED", f"{api} in {path} has been changed meanwhile: load the page again")
        _replace_file(path, edit(content.decode(), path), content)
    except LocalDataError as error:
        raise ConsoleError(409, "CANNOT_WRITE", str(error)) from None
    except OSError as error:
        raise ConsoleError(500, "SYS_ERR", f"{path} cannot be written: {error.strerror or error}") from None
    if console.cloud is not None:
        console.cloud.poll()
    console.backend.changes.publish("responses", {"api": api})


def _replace_file(path: str, text: str, before: bytes) -> None:
    """Write a file, which appears when complete.

    Raises:
        ConsoleError: somebody else has written it meanwhile.
        OSError: it cannot be written.
    """
    path = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".cloudpy-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if os.path.lexists(path):
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        else:
            os.chmod(temporary, 0o644)
        if os.path.lexists(path) and read_bytes(path) != before:
            raise ConsoleError(409, "CHANGED", f"{path} was saved by another program just now: try again")
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _entries(path: str) -> list[tuple[str, Any, int]]:
    """Return the APIs of a local.yaml with their values and lines; none if the file cannot be read now."""
    try:
        document = read(path)
    except LocalDataError:
        return []
    found = document.value.get(_SECTION)
    if not isinstance(found, dict):
        return []
    return [(api, _plain(value), document.line((_SECTION, api))) for api, value in found.items()]


def _problem(path: str) -> str:
    """Return why a local.yaml cannot be read now, or an empty string."""
    try:
        read(path)
    except LocalDataError as error:
        return str(error)
    return ""


def _plain(value: Any) -> Any:
    """Return a value of YAML as JSON: bytes as base64, which a local.yaml may have as well."""
    import base64

    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _kinds(value: Any) -> list[str]:
    """Return what kinds of responses a value has, such as reply, error, fault or delay."""
    from ...local.answers import KEYS, OUTCOMES

    several = value if isinstance(value, list) else [value]
    found: set[str] = set()
    for one in several:
        if isinstance(one, dict) and one and one.keys() <= KEYS:
            found |= one.keys() & {*OUTCOMES, "delay"}
        else:
            found.add("reply")
    return sorted(found)


def _targets(console: Console) -> list[dict[str, Any]]:
    found = [{"function": function, "path": path, "exists": True} for function, path in console.backend.files]
    project = _project_file(console)
    if project and not any(target["path"] == project for target in found):
        found.insert(0, {"function": "", "path": project, "exists": False})
    return found


def _project_file(console: Console) -> str:
    """Return the path of the local.yaml for all functions, whether it exists or not; empty without a project."""
    for function, path in console.backend.files:
        if not function:
            return path
    return os.path.join(console.cloud.options.projects[0], LOCAL_YAML) if console.cloud else ""


ROUTES = (
    Route("GET", "/responses", _list, "The APIs that have responses.", "已设置返回值的接口。", result=ResponseList),
    Route("GET", "/responses/{api}", _show, "What an API answers.", "接口的返回值。", result=ApiResponses),
    Route(
        "PUT",
        "/responses/{api}",
        _set,
        "Set what an API answers, at once.",
        "设置接口的返回值，立即生效。",
        changes=True,
        body=NewResponses,
        result=ApiResponses,
    ),
    Route(
        "DELETE",
        "/responses/{api}",
        _reset,
        "Reset an API to what the files say.",
        "恢复接口的返回值。",
        changes=True,
        result=ApiResponses,
    ),
    Route("DELETE", "/responses", _reset_all, "Reset all APIs.", "恢复所有接口。", changes=True, result=None),
    Route(
        "POST",
        "/responses/{api}/write",
        _write,
        "Write what was set to a local.yaml, and keep everything else in it.",
        "写入 local.yaml，文件中的其他内容和注释保持不变。",
        changes=True,
        body=Write,
        result=ApiResponses,
    ),
    Route(
        "POST",
        "/responses/{api}/remove",
        _remove,
        "Remove an API from a local.yaml, and keep everything else in it.",
        "从 local.yaml 中删除该接口的返回值，其他内容保持不变。",
        changes=True,
        body=Write,
        result=ApiResponses,
    ),
)
