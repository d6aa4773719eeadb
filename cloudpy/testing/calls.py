"""What a test sees of the calls that were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import contracts
from ..local import CallRecord as Record
from ..local import File

SHOWN = 20  # calls that a message tells of
_LONGEST = 400  # characters of a call in a message


class Call:
    """One call, decoded.

    Attributes:
        api: ``cloudbase.getOpenData``.
        params: the parameters in camelCase; a file is ``{"contentType": …, "value": bytes}``.
        files: the files among them, by name: ``.filename``, ``.content_type``, ``.value``.
        openid: who made it; empty when nobody stands behind it.
        function: the function that made it; empty when the test itself did.
        appid: the account it was made for, as ``openapi(appid=…)`` says; empty for the function's own.
        version: ``v2`` or empty.
        fields: the other fields of the form (``action``, ``apiName``, ``envName``, …); tokens are not among them.
        outcome: in words: ``ok``, ``errcode 40003 invalid openid``, ``refused -604101 …``, ``fault reset``.
        at: seconds since 1970 by the kit's clock.
    """

    def __init__(self, record: Record) -> None:
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
        """What is wrong with the parameters as far as the API's contract tells."""
        return problems(self.api, self.params)

    def __repr__(self) -> str:
        who = f" by {self.openid}" if self.openid else ""
        account = f" for {self.appid}" if self.appid else ""
        return f"{written(self.api, self.params)}{who}{account} -> {self.outcome}"


def problems(api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with the parameters of a call."""
    return tuple(str(problem) for problem in contracts.check_params(api, params))


class Calls(list[Call]):
    """Calls in their order, one a line in a failing assertion."""

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        super().__init__(calls)

    def __repr__(self) -> str:
        if not self:
            return "[no calls]"
        lines = [line for call in self[:SHOWN] for line in (f"{call!r},", *(f"  {told}" for told in call.problems))]
        if len(self) > SHOWN:
            lines.append(f"… {len(self) - SHOWN} more")
        return "[\n" + "".join(f"  {line}\n" for line in lines) + "]"


def written(api: str, params: Mapping[str, Any]) -> str:
    """A call as code would write it, with long values cut short: ``cloudbase.getOpenData({'cloudidList': ['a']})``."""
    text = repr(_short(params)) if params else ""
    return f"{api}({text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'})"


def _short(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return _Bytes(len(value))
    if isinstance(value, Mapping):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(item) for item in value]
    return value


class _Bytes:
    def __init__(self, size: int) -> None:
        self._size = size

    def __repr__(self) -> str:
        return f"<{self._size} bytes>"
