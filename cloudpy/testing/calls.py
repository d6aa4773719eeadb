"""The recorded calls, as a test sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import contracts
from ..local import CallRecord, File

MAX_CALLS = 20  # calls that a message shows
MAX_CHARACTERS = 400  # of one call in a message


class Call:
    """One call, decoded.

    Attributes:
        api: ``cloudbase.getOpenData``.
        params: the parameters in camelCase; a file is ``{"contentType": …, "value": bytes}``.
        files: the files among them by name: ``.filename``, ``.content_type``, ``.value``.
        openid: the user on whose behalf it was made; empty without a user.
        function: the function that made it; empty when the test itself did.
        appid: the account it was made for, as in ``openapi(appid=…)``; empty for the function's own.
        version: ``v2`` or empty.
        fields: the other fields of the form (``action``, ``apiName``, ``envName``, …), without tokens.
        outcome: ``ok``, ``errcode 40003 invalid openid``, ``refused -604101 …``, ``fault reset``.
        at: seconds since 1970 by the kit's clock.
    """

    def __init__(self, record: CallRecord) -> None:
        caller = record.caller
        self.api: str = record.api
        self.params: dict[str, Any] = record.params
        self.files: Mapping[str, File] = record.files
        self.openid: str = caller.user.openid if caller and caller.user else ""
        self.function: str = caller.function if caller else ""
        self.appid: str = record.appid
        self.version: str = record.version
        self.fields: Mapping[str, str] = record.fields
        self.outcome: str = record.outcome
        self.at: float = record.at

    @property
    def problems(self) -> tuple[str, ...]:
        """The parameters' violations of the API's contract, one sentence each."""
        return problems(self.api, self.params)

    def __repr__(self) -> str:
        user = f" by {self.openid}" if self.openid else ""
        account = f" for {self.appid}" if self.appid else ""
        return f"{format_call(self.api, self.params)}{user}{account} -> {self.outcome}"


class Calls(list[Call]):
    """Calls in the order they were made; a failing assertion shows one per line."""

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        super().__init__(calls)

    def __repr__(self) -> str:
        if not self:
            return "[no calls]"
        lines = [line for call in self[:MAX_CALLS] for line in (f"{call!r},", *(f"  {each}" for each in call.problems))]
        if len(self) > MAX_CALLS:
            lines.append(f"… {len(self) - MAX_CALLS} more")
        return "[\n" + "".join(f"  {line}\n" for line in lines) + "]"


def problems(api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parameters' violations of the API's contract."""
    return tuple(str(problem) for problem in contracts.check_params(api, params))


def format_call(api: str, params: Mapping[str, Any]) -> str:
    """Return a call as source code, truncated: ``cloudbase.getOpenData({'cloudidList': ['a']})``."""
    text = repr(_abbreviated(params)) if params else ""
    return f"{api}({text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + '…'})"


def _abbreviated(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return _Size(len(value))
    if isinstance(value, Mapping):
        return {key: _abbreviated(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_abbreviated(item) for item in value]
    return value


class _Size(int):
    def __repr__(self) -> str:
        return f"<{int(self)} bytes>"
