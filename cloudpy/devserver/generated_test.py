"""An invocation as a pytest test: its event, its user, and what the local WeChat answered then.

Every answer is a stub, so the test needs no documents, and gives the same result. Values that are another in each run
(times, temporary URLs, new ids) are compared with ANY. Masked secrets become ``SECRET_…``.
"""

from __future__ import annotations

import json
import os
import pprint
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._client.redact import HIDDEN
from .._wire import case
from ..local.backend import DEFAULT_ENV, Backend
from ..local.open_data import find_cloud_ids
from ..local.users import DEFAULT_APPID

_WIDTH = 112  # characters of a line
_DAY = 86400.0
_MAX_FILE = 64 * 1024  # bytes of a file that is copied into a test
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_RANDOM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}")
_SPECIAL = {
    "callFunction",
    "uploadFile",
    "getTempFileURL",
    "deleteFile",
    "getOpenData",
    "getVoIPSign",
    "getCloudCallSign",
}
_PATH = re.compile(r"cloud://[^/]+/(.+)", re.DOTALL)
_TESTED = ("result", "error", "raised")


class NoTestError(Exception):
    """An invocation cannot be a test; the message says why."""


class _Any:
    def __repr__(self) -> str:
        return "ANY"


_ANY = _Any()


@dataclass
class GeneratedTest:
    """A test.

    Attributes:
        name: of its file.
        text: of its file.
        folder: where the file belongs, so that the function is found.
        secrets: placeholders to fill in.
    """

    name: str
    text: str
    folder: str
    secrets: list[str] = field(default_factory=list)


def generate(
    row: Mapping[str, Any],
    calls: Sequence[Mapping[str, Any]],
    backend: Backend,
    folder: str,
    project: str,
    limit: float,
) -> GeneratedTest:
    """Return the test of an invocation.

    Args:
        row: the invocation, as in the history.
        calls: its calls, likewise.
        backend: the local WeChat, for open data and files.
        folder: of the function.
        project: the folder that the test is for.
        limit: time limit of the function in seconds.

    Raises:
        NoTestError: the function did not run to its end.
    """
    if row["kind"] not in _TESTED:
        raise NoTestError(f"the function did not run to its end ({row['kind'] or 'it is still running'})")
    return _Writer(row, calls, backend).test(os.path.relpath(folder, project), project, limit)


class _Writer:
    def __init__(self, row: Mapping[str, Any], calls: Sequence[Mapping[str, Any]], backend: Backend) -> None:
        self._row = row
        self._calls = calls
        self._backend = backend
        self._secrets: list[str] = []
        self._known = json.dumps([self._event(), [call["answer"] for call in calls]], ensure_ascii=False)

    def test(self, path: str, project: str, limit: float) -> GeneratedTest:
        row, started = self._row, time.localtime(self._row["started"])
        word = re.sub(r"\W", "_", row["function"])
        event = self._filled(self._event())
        body = [*self._users(), *self._open_data(), *self._stubs(), *self._functions(), *self._files()]
        options = [f"{name}={row[name]!r}" for name in ("openid", "unionid", "appid") if self._has(name)]
        if self._backend.env != DEFAULT_ENV:
            options.append(f"env={self._backend.env!r}")
        call = f"wechat.invoke({', '.join([repr(path.replace(os.sep, '/')), 'EVENT', *options, f'timeout={limit:g}'])})"
        body += self._outcome(call)
        lines = "".join(f"    {line}\n" if line else "\n" for line in "\n".join(body).split("\n"))
        text = f"EVENT = {self._literal(event)}\n\n\ndef test_{word}(wechat):\n{lines}"
        imports = ["from cloudpy import CloudSDKError"] if "CloudSDKError" in text else []
        imports += ["from cloudpy.testing import ANY"] if re.search(r"\bANY\b", text) else []
        imports = (["import pytest", ""] if "pytest." in text else []) + imports
        head = f'"""{row["function"]} as it was invoked at {time.strftime("%Y-%m-%d %H:%M:%S", started)}.'
        fill = f"\n\nFill in: {', '.join(self._secrets)}.\n" if self._secrets else ""
        head += f'{fill}"""\n\n'
        return GeneratedTest(
            f"test_{word}_{row['id'][:8].replace('-', '')}.py",
            head + ("\n".join(imports) + "\n\n" if imports else "") + text,
            project,
            self._secrets,
        )

    def _has(self, name: str) -> bool:
        """Whether a test has to name this id of the user."""
        return self._row[name] not in ("", DEFAULT_APPID)

    def _event(self) -> dict[str, Any]:
        """Return the event as the function received it: with open data in place of CloudIDs."""
        event: dict[str, Any] = json.loads(self._row["event"])
        user = self._backend.users.find(self._row["openid"])
        if self._row["trigger"] != "client":
            return event
        return self._backend.open_data.replace_cloud_ids(event, find_cloud_ids(event), user)[0]

    def _users(self) -> Iterator[str]:
        if self._row["openid"]:
            names = [f"{name}={self._row[name]!r}" for name in ("unionid", "appid") if self._has(name)]
            yield f"wechat.user({', '.join([repr(self._row['openid']), *names])})"

    def _open_data(self) -> Iterator[str]:
        user = self._backend.users.find(self._row["openid"])
        ids = dict.fromkeys(self._asked_ids())
        for cloud_id, found in zip(ids, self._backend.open_data.look_up(ids, user), strict=True):
            if "data" in found:
                yield f"wechat.open_data({cloud_id!r}, {self._literal(self._filled(found['data']))})"
            elif found.get("errCode") == -601006:
                yield f"wechat.open_data({cloud_id!r}, {{}}, expired=True)"
            else:
                yield f"wechat.open_data({cloud_id!r}, None)"

    def _asked_ids(self) -> Iterator[str]:
        for call in self._calls:
            if call["name"] == "getOpenData" and isinstance(call["params"], dict):
                yield from (each for each in call["params"].get("list") or () if isinstance(each, str))

    def _stubs(self) -> Iterator[str]:
        by_api: dict[str, list[str]] = {}
        for call in self._calls:
            name = call["name"]
            if name in _SPECIAL or name.startswith("cloudPay.") or call["outcome"].startswith("refused -604101"):
                continue  # the kit does these itself
            by_api.setdefault(name, []).append(self._answer(call))
        for name, answers in by_api.items():
            times = ".times(1).then" if len(answers) > 1 else ""
            yield f"wechat.stub({name!r}, check=False){times.join(answers)}"

    def _answer(self, call: Mapping[str, Any]) -> str:
        kind, _, rest = call["outcome"].partition(" ")
        code, _, message = rest.partition(" ")
        value = call["answer"]
        if kind == "fault":
            return f".fault({code!r})"
        if kind == "gateway":
            return f".error({code!r}, {message!r})"
        if kind in ("errcode", "refused"):
            return f".error({code}, {message!r})" if kind == "errcode" else f".error({code})"
        if call["name"].startswith("database."):
            return f".reply({self._literal(self._filled(_database_reply(call)))})"
        if isinstance(value, str):
            return f".text({self._filled(value)!r})"
        if isinstance(value, dict) and isinstance(value.get("buffer"), str) and "contentType" in value:
            return f".buffer(b'', {value['contentType']!r})"  # the history does not keep files
        plain = {
            key: item for key, item in (value or {}).items() if key not in ("errcode", "errmsg", "errCode", "errMsg")
        }
        return f".reply({self._literal(self._filled(case.to_camel(plain)))})"

    def _functions(self) -> Iterator[str]:
        by_name: dict[str, list[Any]] = {}
        for call in self._calls:
            if call["name"] == "callFunction":
                name = call["params"]["name"]
                good = call["outcome"] == "ok"
                by_name.setdefault(name, []).append(self._filled(call["answer"]) if good else _Raise(call["outcome"]))
        for number, (name, results) in enumerate(by_name.items(), 1):
            failing = any(isinstance(one, _Raise) for one in results)
            yield f"results_{number} = iter({self._literal(results)})"
            yield ""
            yield f"def called_{number}(event):"
            yield f"    result = next(results_{number})"
            if failing:
                yield "    if isinstance(result, Exception):\n        raise result"
            yield "    return result"
            yield ""
            yield f"wechat.functions({{{name!r}: called_{number}}})"

    def _files(self) -> Iterator[str]:
        """Yield the files that the invocation read, as they are now."""
        written, seen = set[str](), set[str]()
        for call in self._calls:
            if call["name"] == "uploadFile":
                written.add(call["params"].get("cloudPath"))
            listed = call["params"].get("fileList") if call["name"] in ("getTempFileURL", "deleteFile") else None
            for item in listed or ():
                found = _PATH.match(item["fileID"] if isinstance(item, dict) else str(item))
                if found and found[1] not in written | seen:
                    seen.add(found[1])
                    file = self._backend.storage.open(found[1])
                    if file is not None:
                        with file:
                            content = file.read(_MAX_FILE)
                        yield f"wechat.storage.put({found[1]!r}, {content!r})"

    def _outcome(self, call: str) -> Iterator[str]:
        text = self._row["result"]
        if self._row["kind"] == "result":
            expected = self._compared(json.loads(text))
            yield f"result = {call}"
            yield f"assert result == {self._literal(expected)}" if expected is not None else "assert result is None"
        elif self._row["kind"] == "error":
            error = json.loads(text)
            yield f"with pytest.raises(CloudSDKError) as raised:\n    {call}"
            yield f"assert raised.value.errCode == {error.get('errCode')!r}"
        else:
            last = text.rstrip().rpartition("\n")[2]
            kind = last.partition(":")[0].rpartition(".")[2]
            yield f"with pytest.raises(Exception) as raised:  # noqa: B017, PT011\n    {call}"
            yield f"assert type(raised.value).__name__ == {kind!r}"

    def _filled(self, value: Any, key: str = "value") -> Any:
        """Return a value with named placeholders for masked secrets."""
        if isinstance(value, dict):
            return {name: self._filled(item, str(name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item, key) for item in value]
        if isinstance(value, str) and HIDDEN in value:
            name = f"SECRET_{re.sub(r'[^A-Za-z0-9]', '_', key)}"
            if name not in self._secrets:
                self._secrets.append(name)
            return value.replace(HIDDEN, name)
        return value

    def _compared(self, value: Any) -> Any:
        """Return a result with ANY for what is another in each run."""
        if isinstance(value, dict):
            return {key: self._compared(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._compared(item) for item in value]
        return _ANY if self._is_volatile(value) else value

    def _is_volatile(self, value: Any) -> bool:
        if isinstance(value, str):
            if HIDDEN in value or self._row["id"] in value or "/storage/" in value:
                return True
            return any(found[0] not in self._known for found in (*_ISO_TIME.finditer(value), *_RANDOM.finditer(value)))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            started = self._row["started"]
            near = min(abs(value - started), abs(value / 1000 - started)) < _DAY
            return near and json.dumps(value) not in self._known
        return False

    def _literal(self, value: Any) -> str:
        return pprint.pformat(value, width=_WIDTH, sort_dicts=False)


class _Raise:
    """An exception in a list of results."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"RuntimeError({self._text!r})"


def _database_reply(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a call of the database as the call returns it; values stay Extended JSON."""
    value = call["answer"] if isinstance(call["answer"], dict) else {}
    data = value.get("data")
    data = data if isinstance(data, dict) else {}
    listed = [json.loads(text) if isinstance(text, str) else text for text in data.get("list") or ()]
    action = call["name"].removeprefix("database.")
    if action == "getDocument":
        return {"data": listed}
    if action == "aggregateDocuments":
        return {"list": listed}
    if action == "insertDocument":
        return {"_ids": data.get("insertedIds", [])}
    if action == "calculateDocument":
        return {"total": data.get("total", 0)}
    if action == "removeDocument":
        return {"stats": {"removed": data.get("deleted", 0)}}
    if action == "modifyDocument":
        created = data.get("upsert_id")
        stats = {"updated": data.get("updated", 0), "created": 0 if created is None else 1}
        return {"stats": stats, **({} if created is None else {"_id": created})}
    return {key: item for key, item in value.items() if key not in ("requestId", "errCode", "errMsg")}
