"""Answers from a recording, and from nothing else."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

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
from .calls import written
from .errors import StubError
from .masking import Mask
from .recording import HEADER, file_of
from .violations import Complaint

if TYPE_CHECKING:
    from .session import Core


@dataclass(eq=False)
class Line:
    """One recorded call; `asked` are its parameters, a file among them as the recording keeps it."""

    number: int
    api: str
    asked: dict[str, Any]
    answer: dict[str, Any]
    used: bool = False

    @property
    def of_the_database(self) -> bool:
        return self.api.startswith("database.")


class Replay(CannedResponses):
    """Gives each recorded answer once, to a call with the same parameters. Stubs go before it."""

    def __init__(self, path: str | os.PathLike[str], core: Core, *, check: bool) -> None:
        super().__init__()
        self.path = os.fspath(path)
        self._lines = _read(core.functions.resolve(self.path), self.path, check=check)
        self._ledger = core.ledger
        self._backend = core.backend
        self._stubs = core.backend.responses
        self._mask = Mask(core.identities)
        core.backend.responses = self
        core.stubs.append(self)

    def close(self) -> None:
        """Ends the replay; doing it again does nothing."""
        if self._backend.responses is self:
            self._backend.responses = self._stubs

    def add(self, api: str, canned: CannedResponse) -> CannedResponse:
        return self._stubs.add(api, canned)

    def choose(self, api: str, params: dict[str, Any]) -> CannedResponse | None:
        stub = self._stubs.choose(api, params)
        if stub is not None:
            return stub
        asked = self._mask.hide(_without_bytes(params))
        near: list[str] = []
        for line in self._lines:
            if line.api != api:
                continue
            differs = "it was given already" if line.used else _difference(line.asked, asked)
            if differs is None:
                line.used = True
                answer = _answer(line.answer, self._mask, database=line.of_the_database)
                self._mask.meet(line.answer)
                return CannedResponse(answer)
            near.append(f"  line {line.number}: {differs}")
        if not near:
            apis = dict.fromkeys(line.api for line in self._lines)
            near = [f"  it has {', '.join(apis) or 'no call at all'}"]
        told = "\n".join([f"{written(api, params)} was called, which {self.path} has no answer for.", *near[:5]])
        self._ledger.complain(
            Complaint("broken", f"{told}\nRecord it anew, or find out why the request has changed"), raises=True
        )
        return CannedResponse(error_response(-604100))

    def complaints(self) -> Iterator[Complaint]:
        """The answers that nobody asked for."""
        for line in self._lines:
            if not line.used:
                yield Complaint(
                    "unused",
                    f"line {line.number} of {self.path}, {written(line.api, line.asked)}, was never asked for: record"
                    ' anew, or wechat.allow_unused("why")',
                )

    def __enter__(self) -> Replay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Replay {self.path}, {sum(not line.used for line in self._lines)} answers left>"


def _read(found: str, path: str, *, check: bool) -> list[Line]:
    lines: list[Line] = []
    with open(found, encoding="utf-8") as file:
        for number, content in enumerate(file, 1):
            try:
                entry = json.loads(content)
            except ValueError as error:
                raise StubError(f"{path}:{number}: no JSON: {error}") from None
            if number == 1:
                if entry != HEADER:
                    raise StubError(f"{path}:1: {json.dumps(HEADER)} is wanted: this is no recording of cloudpy")
                continue
            try:
                line = Line(number, entry["api"], {**entry["params"], **entry.get("files", {})}, entry["answer"])
                _answer(line.answer, Mask(dict), database=line.of_the_database)
            except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as error:
                raise StubError(f"{path}:{number}: no call and its answer: {error!r}") from None
            if check and not line.of_the_database:
                _check(line, entry, f"{path}:{number}")
            lines.append(line)
    if not lines:
        raise StubError(f"{path} holds no call")
    return lines


def _check(line: Line, entry: dict[str, Any], where: str) -> None:
    files = {name: {"contentType": "application/octet-stream", "value": b""} for name in entry.get("files", {})}
    told = [str(problem) for problem in contracts.check_params(line.api, {**entry["params"], **files})]
    reply = line.answer.get("json")
    if isinstance(reply, dict) and not reply.get("errcode"):
        shown = {name: item for name, item in case.to_camel(reply).items() if name not in ("errcode", "errmsg")}
        told += [str(problem) for problem in contracts.check_reply(line.api, shown)]
    if told:
        listing = "".join(f"\n  - {one}" for one in told)
        raise StubError(f"{where}: WeChat has no such call, or no such answer:{listing}\nrecord anew; or check=False")


def _answer(recorded: dict[str, Any], mask: Mask, *, database: bool) -> ApiResponse:
    if "json" in recorded:
        value = mask.show(recorded["json"])
        if database:
            return ApiResponse(value=value)
        code = value.get("errcode") if isinstance(value, dict) else 0
        failed = isinstance(code, int) and code != 0
        body = jsontext.stringify(value).encode()
        return ApiResponse(
            body, errcode=int(code or 0) if failed else 0, message=str(value.get("errmsg", "")) if failed else ""
        )
    if "text" in recorded:
        return text_response(mask.show(recorded["text"]))
    if "base64" in recorded:
        return file_response(base64.b64decode(recorded["base64"], validate=True), recorded["contentType"])
    if "gateway" in recorded:
        return error_response(str(recorded["gateway"]), recorded["message"])
    if "refused" in recorded:
        return ApiResponse(error_code=int(recorded["refused"]))
    if recorded["fault"] not in FAULTS:
        raise ValueError(f"there is no fault {recorded['fault']!r}")
    return ApiResponse(fault=recorded["fault"])


def _without_bytes(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: file_of("", value["value"])
        if isinstance(value, dict) and isinstance(value.get("value"), bytes)
        else value
        for name, value in params.items()
    }


def _difference(recorded: dict[str, Any], asked: dict[str, Any]) -> str | None:
    # The name a file travels under is made up by the SDK; its content counts.
    wanted = {
        name: {**value, "filename": ""} if isinstance(value, dict) and "sha256" in value else value
        for name, value in recorded.items()
    }
    differs = mismatch(wanted, asked)
    if differs:
        return differs.replace(" is wanted", " was recorded")
    more = mismatch(asked, wanted)
    return more.replace("is missing", "was not recorded") if more else None
