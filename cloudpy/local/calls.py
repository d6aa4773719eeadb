"""What the local WeChat was asked: a call as it came in, and the record that is kept of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._wire import case
from .database_text import PREFIX, readable
from .users import Caller


@dataclass(frozen=True, slots=True)
class File:
    """A file among the parameters. Its type never travels: `content_type` is told from the file's name."""

    filename: str
    content_type: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A call, decoded, whichever door it came in by.

    Attributes:
        api: ``cloudbase.getOpenData``, without ``openapi.``.
        wire: the parameters that are no files, under the keys that travelled (snake_case by default).
        files: the parameters that are files, under the keys that travelled.
        caller: None when the token is missing or none of ours.
        appid: the account it is made for, when it is not the function's own.
        version: ``v2`` for the gateway's second method, else empty.
        door: ``gateway``, ``https``.
        fields: the fields of the form, without tokens and without the parameters.
        kind: ``openapi``, for which a function needs permission; ``message`` (getOpenData and its like), ``pay``,
            ``function``.
    """

    api: str
    wire: Mapping[str, Any]
    files: Mapping[str, File] = field(default_factory=dict)
    caller: Caller | None = None
    appid: str = ""
    version: str = ""
    endpoint: str = "gateway"
    fields: Mapping[str, str] = field(default_factory=dict)
    kind: str = "openapi"

    def params(self) -> dict[str, Any]:
        """The parameters as the program gave them: camelCase, a file as ``{"contentType": …, "value": bytes}``."""
        if self.kind == "function":  # the event is the function's own, with its own names
            return dict(self.wire)
        params: dict[str, Any] = case.to_camel(self.wire)
        for key, file in self.files.items():
            params[case.camel(key)] = {"contentType": file.content_type, "value": file.value}
        return params


@dataclass(slots=True)
class CallRecord:
    """The record of one call.

    Attributes:
        api: ``cloudbase.getOpenData``.
        params: the parameters in camelCase; a file is ``{"contentType": …, "value": bytes}``.
        wire: those that are no files, under the keys that travelled.
        files: those that are files.
        caller: who made it; None when the token was missing or none of ours.
        appid: the account it was made for, empty for the function's own.
        version: ``v2`` or empty.
        door: ``gateway`` or ``https``.
        fields: the fields of the form, without tokens.
        at: seconds since 1970, by the local WeChat's clock.
        outcome: in words: ``ok``, ``errcode 40003 invalid openid``, ``refused -604101 …``, ``fault reset``.
        answered_from: ``local data``, ``open data``, ``sample`` or ``nothing`` (it was refused).
        problems: what is wrong with the parameters as far as the API's contract tells; nothing is refused for it.
    """

    api: str
    params: dict[str, Any]
    wire: Mapping[str, Any]
    files: Mapping[str, File]
    caller: Caller | None
    appid: str
    version: str
    endpoint: str
    fields: Mapping[str, str]
    at: float
    outcome: str = ""
    answered_from: str = "nothing"
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The call in words: the API, and of the database ``database.collection("todos").where({…}).get()``."""
        return readable(self.api, self.params) if self.api.startswith(PREFIX) else self.api


class CallLog:
    """The calls that were seen, the oldest first; beyond `remember` the oldest are forgotten."""

    def __init__(self, remember: int) -> None:
        self._calls: deque[CallRecord] = deque(maxlen=remember)
        self.total = 0

    def add(self, call: CallRecord) -> None:
        self._calls.append(call)
        self.total += 1

    def of(self, api: str | None = None) -> list[CallRecord]:
        """The calls of one API, or all of them."""
        return [call for call in list(self._calls) if api is None or call.api == api]

    def clear(self) -> None:
        self._calls.clear()

    def __iter__(self) -> Iterator[CallRecord]:
        return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return f"<CallLog of {len(self._calls)} calls>"
