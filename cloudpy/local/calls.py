"""API requests as the local WeChat receives them, and the records of calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._wire import case
from .database_text import PREFIX, call_text
from .users import Caller


@dataclass(frozen=True, slots=True)
class File:
    """A file among the parameters. Its type is not sent: `content_type` is guessed from the name."""

    filename: str
    content_type: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A call, decoded, from either endpoint.

    Attributes:
        api: name without ``openapi.``, e.g. ``cloudbase.getOpenData``.
        wire: parameters that are not files, with the keys as sent (snake_case by default).
        files: parameters that are files, with the keys as sent.
        caller: None when the token is missing or invalid.
        appid: account the call is made for, if not the function's own.
        version: ``v2`` for the gateway's second method, else empty.
        endpoint: ``gateway`` or ``https``.
        fields: fields of the form, without tokens and parameters.
        kind: ``openapi``, which needs permission; ``message`` (getOpenData and its like), ``pay`` or ``function``.
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
        """Return the parameters as the program passed them: camelCase, files as ``{"contentType", "value": bytes}``."""
        if self.kind == "function":  # an event's names are the function's own
            return dict(self.wire)
        params: dict[str, Any] = case.to_camel(self.wire)
        for key, file in self.files.items():
            params[case.camel(key)] = {"contentType": file.content_type, "value": file.value}
        return params


@dataclass(slots=True)
class CallRecord:
    """The record of one call.

    Attributes:
        api: name without ``openapi.``, e.g. ``cloudbase.getOpenData``.
        params: parameters in camelCase; a file is ``{"contentType": …, "value": bytes}``.
        wire: parameters that are not files, with the keys as sent.
        files: parameters that are files.
        caller: None when the token was missing or invalid.
        appid: account the call was made for, empty for the function's own.
        version: ``v2`` or empty.
        endpoint: ``gateway`` or ``https``.
        fields: fields of the form, without tokens.
        at: seconds since 1970, by the local WeChat's clock.
        outcome: in words: ``ok``, ``errcode 40003 invalid openid``, ``refused -604101 …``, ``fault reset``.
        answered_from: ``local data``, ``open data``, ``sample`` or ``nothing`` (it was rejected).
        problems: violations of the API's contract; the call is not rejected for them.
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
        """The call in words: the API, or ``database.collection("todos").where({…}).get()``."""
        return call_text(self.api, self.params) if self.api.startswith(PREFIX) else self.api


class CallLog:
    """Records of the last `remember` calls, the oldest first."""

    def __init__(self, remember: int) -> None:
        self._calls: deque[CallRecord] = deque(maxlen=remember)
        self.total = 0

    def add(self, call: CallRecord) -> None:
        """Append a record."""
        self._calls.append(call)
        self.total += 1

    def of(self, api: str | None = None) -> list[CallRecord]:
        """Return the calls of one API, or all."""
        return [call for call in list(self._calls) if api is None or call.api == api]

    def clear(self) -> None:
        """Remove all records; `total` stays."""
        self._calls.clear()

    def __iter__(self) -> Iterator[CallRecord]:
        return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return f"<CallLog of {len(self._calls)} calls>"
