"""Replay: responses only from a recording."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .. import contracts
from .._wire import case, jsontext
from ..local import (
    FAULTS,
    ApiResponse,
    CannedResponse,
    CannedResponses,
    error_response,
    file_response,
    mismatch,
    text_response,
)
from .calls import format_call
from .errors import StubError
from .recording import HEADER, Mask, file_of
from .session import Session
from .violations import Violation

MAX_LINES = 5  # lines of the recording that a message shows


@dataclass(eq=False)
class Line:
    """One recorded call; files among its parameters are as in the recording."""

    number: int
    api: str
    params: dict[str, Any]
    answer: dict[str, Any]
    used: bool = False

    @property
    def is_database(self) -> bool:
        return self.api.startswith("database.")


class Replay(CannedResponses):
    """Uses each recorded answer once, for a call with the same parameters. Stubs take precedence."""

    def __init__(self, path: str | os.PathLike[str], session: Session, *, check: bool) -> None:
        super().__init__()
        self.path = os.fspath(path)
        self._lines = _read(session.functions.resolve(self.path), self.path, check=check)
        self._violations = session.violations
        self._backend = session.backend
        self._stubs = session.backend.responses
        self._mask = Mask(session.identities)
        session.backend.responses = self
        session.expectations.append(self)

    def close(self) -> None:
        """End the replay; a second call does nothing."""
        if self._backend.responses is self:
            self._backend.responses = self._stubs

    def add(self, api: str, canned: CannedResponse) -> CannedResponse:
        return self._stubs.add(api, canned)

    def choose(self, api: str, params: dict[str, Any]) -> CannedResponse | None:
        stub = self._stubs.choose(api, params)
        if stub is not None:
            return stub
        masked = self._mask.mask(_without_bytes(params))
        near: list[str] = []
        for line in self._lines:
            if line.api != api:
                continue
            why = "used already" if line.used else _difference(line.params, masked)
            if why is None:
                line.used = True
                answer = _answer(line.answer, self._mask, database=line.is_database)
                self._mask.learn(line.answer)
                return CannedResponse(answer)
            near.append(f"  line {line.number}: {why}")
        if not near:
            apis = dict.fromkeys(line.api for line in self._lines)
            near = [f"  it has {', '.join(apis) or 'no calls'}"]
        text = "\n".join(
            [
                f"{format_call(api, params)} was called, and {self.path} has no answer for it.",
                *near[:MAX_LINES],
                "Record it again, or find out why the request has changed",
            ]
        )
        self._violations.add(Violation("broken", text), raises=True)
        return CannedResponse(error_response(-604100))

    def unmet(self) -> Iterator[Violation]:
        """Yield a violation for each unused answer."""
        for line in self._lines:
            if not line.used:
                yield Violation(
                    "unused",
                    f"line {line.number} of {self.path}, {format_call(line.api, line.params)}, was never used:"
                    ' record it again, or wechat.allow_unused("why")',
                )

    def __enter__(self) -> Replay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Replay {self.path}, {sum(not line.used for line in self._lines)} answers left>"


def _read(real_path: str, path: str, *, check: bool) -> list[Line]:
    lines: list[Line] = []
    with open(real_path, encoding="utf-8") as file:
        for number, content in enumerate(file, 1):
            try:
                entry = json.loads(content)
            except ValueError as error:
                raise StubError(f"{path}:{number}: invalid JSON: {error}") from None
            if number == 1:
                if entry != HEADER:
                    raise StubError(f"{path}:1: not a recording of cloudpy: expected {json.dumps(HEADER)}")
                continue
            try:
                line = Line(number, entry["api"], {**entry["params"], **entry.get("files", {})}, entry["answer"])
                _answer(line.answer, Mask(dict), database=line.is_database)
            except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as error:
                raise StubError(f"{path}:{number}: not a call and its answer: {error!r}") from None
            if check and not line.is_database:
                _check(line, entry, f"{path}:{number}")
            lines.append(line)
    if not lines:
        raise StubError(f"{path} has no calls")
    return lines


def _check(line: Line, entry: dict[str, Any], where: str) -> None:
    files = {name: {"contentType": "application/octet-stream", "value": b""} for name in entry.get("files", {})}
    problems = [str(problem) for problem in contracts.check_params(line.api, {**entry["params"], **files})]
    reply = line.answer.get("json")
    if isinstance(reply, dict) and not reply.get("errcode"):
        value = {name: item for name, item in case.to_camel(reply).items() if name not in ("errcode", "errmsg")}
        problems += [str(problem) for problem in contracts.check_reply(line.api, value)]
    if problems:
        listing = "".join(f"\n  - {problem}" for problem in problems)
        raise StubError(
            f"{where}: WeChat has no such call, or no such answer:{listing}\nrecord it again, or pass check=False"
        )


def _answer(recorded: dict[str, Any], mask: Mask, *, database: bool) -> ApiResponse:
    if "json" in recorded:
        value = mask.unmask(recorded["json"])
        if database:
            return ApiResponse(value=value)
        code = value.get("errcode") if isinstance(value, dict) else 0
        failed = isinstance(code, int) and code != 0
        body = jsontext.stringify(value).encode()
        return ApiResponse(
            body, errcode=int(code or 0) if failed else 0, message=str(value.get("errmsg", "")) if failed else ""
        )
    if "text" in recorded:
        return text_response(mask.unmask(recorded["text"]))
    if "base64" in recorded:
        return file_response(base64.b64decode(recorded["base64"], validate=True), recorded["contentType"])
    if "gateway" in recorded:
        return error_response(str(recorded["gateway"]), recorded["message"])
    if "refused" in recorded:
        return ApiResponse(error_code=int(recorded["refused"]))
    if recorded["fault"] not in FAULTS:
        raise ValueError(f"unknown fault {recorded['fault']!r}")
    return ApiResponse(fault=recorded["fault"])


def _without_bytes(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: file_of("", value["value"])
        if isinstance(value, dict) and isinstance(value.get("value"), bytes)
        else value
        for name, value in params.items()
    }


def _difference(recorded: dict[str, Any], actual: dict[str, Any]) -> str | None:
    # The SDK makes up the file name; the content counts.
    expected = {
        name: {**value, "filename": ""} if isinstance(value, dict) and "sha256" in value else value
        for name, value in recorded.items()
    }
    missing = mismatch(expected, actual)
    if missing:
        return missing.replace(", expected ", ", recorded ")
    extra = mismatch(actual, expected)
    return extra.replace("is missing", "was not recorded") if extra else None
