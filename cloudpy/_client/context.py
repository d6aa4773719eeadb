"""The variables that a call depends on, and their sources.

There are three, the later ones win: the process environment for a fixed list of names; the process environment for the
names listed in ``TCB_CONTEXT_KEYS`` and ``WX_CONTEXT_KEYS``; the ``context`` of the running invocation. Within an
invocation they are read once, otherwise at each call: a warm process serves one user after the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextvars import ContextVar

from ..errors import CloudSDKError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Names that are read even if TCB_CONTEXT_KEYS and WX_CONTEXT_KEYS do not list them.
_ALWAYS = frozenset(
    (
        "TRIGGER_SRC",
        "_SCF_TCB_LOG",
        "SCF_NAMESPACE",
        "TENCENTCLOUD_RUNENV",
        "TENCENTCLOUD_SECRETID",
        "TENCENTCLOUD_SECRETKEY",
        "TENCENTCLOUD_SESSIONTOKEN",
        "WX_CONTEXT_KEYS",
        "WX_TRIGGER_API_TOKEN_V0",
        "WX_CLIENTIP",
        "WX_CLIENTIPV6",
        "TCB_CONTEXT_KEYS",
        "TCB_CONTEXT_CNFG",
        "LOGINTYPE",
    )
)
_SECRET_NAMES = frozenset(("API_TOKEN", "TRIGGER_API_TOKEN_V0", "WX_API_TOKEN", "WX_TRIGGER_API_TOKEN_V0"))
_TOKEN_FILE = "/.tencentcloudbase/wx/cloudbase_access_token"  # noqa: S105  the path of a file or an API
_MAX_TOKEN_AGE = 600.0  # seconds; the platform rewrites the file as often


class Invocation:
    """One run of a handler.

    Attributes:
        variables: the variables of its context.
        deadline: the end of its time, of time.monotonic(); None when unknown.
        request_id: the platform's id of it.
        alone: whether the process runs no other invocation at the same time.
        ended: whether the handler has returned.
        cache: what its calls have computed from the variables.
    """

    __slots__ = ("alone", "cache", "deadline", "ended", "request_id", "variables")

    def __init__(
        self,
        variables: Mapping[str, str],
        deadline: float | None = None,
        request_id: str = "",
        *,
        alone: bool = True,
    ) -> None:
        self.variables = variables
        self.deadline = deadline
        self.request_id = request_id
        self.alone = alone
        self.ended = False
        self.cache: dict[object, Any] = {}

    def __repr__(self) -> str:  # no variables: tokens are among them
        return f"Invocation(request_id={self.request_id!r}, deadline={self.deadline!r})"


invocation: ContextVar[Invocation | None] = ContextVar("cloudpy_invocation", default=None)
# Whether this is a thread that a handler started itself; it may go on to work for another invocation.
in_thread: ContextVar[bool] = ContextVar("cloudpy_in_thread", default=False)


def running() -> Invocation | None:
    """Return the invocation that this code runs for, or None.

    Raises:
        CloudSDKError: this is a thread whose invocation is not certain.
    """
    current = invocation.get()
    if current is not None and in_thread.get() and (current.ended or not current.alone):
        why = (
            "the invocation that started it has ended"
            if current.ended
            else "this process runs several invocations at a time"
        )
        raise CloudSDKError(
            -1,
            f"a cloud call in a thread has no user: {why}. Use concurrent.futures.ThreadPoolExecutor, asyncio.to_thread"
            " or threading.Thread(target=contextvars.copy_context().run, args=(work,)), and wait for it in the handler",
        )
    return current


def parse(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of a function's context: ``environment`` (a JSON string), else ``environ`` (``K=V;K=V``).

    Each piece is split at its first ``=`` only, since tokens end in ``=``; a piece without one is skipped.
    """
    environment = context.get("environment")
    if environment:
        import json  # here: it is not needed at a cold start

        values = json.loads(environment) if isinstance(environment, str) else environment
        return {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    pieces = (piece.partition("=") for piece in str(context.get("environ") or "").split(";"))
    return {key: value for key, separator, value in pieces if separator}


_NO_VARIABLES: dict[str, str] = {}
_last_names: tuple[str | None, str | None, frozenset[str]] = (None, None, _ALWAYS)


def _names(tcb: str | None, wx: str | None) -> frozenset[str]:
    """Return the names that are read, with those in two comma separated lists; the lists rarely change."""
    global _last_names
    last_tcb, last_wx, names = _last_names
    if last_tcb != tcb or last_wx != wx:
        names = _ALWAYS.union((tcb or "").split(","), (wx or "").split(","))
        _last_names = tcb, wx, names
    return names


class Variables:
    """The variables of this moment.

    Args:
        environ: the variables of the process; those of this moment by default.
    """

    __slots__ = ("_environ", "_invocation", "_names")

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        current = running()
        variables: Mapping[str, str] = current.variables if current is not None else _NO_VARIABLES
        self._invocation = variables
        self._environ = environ = os.environ if environ is None else environ
        self._names = _names(
            variables.get("TCB_CONTEXT_KEYS") or environ.get("TCB_CONTEXT_KEYS"),
            variables.get("WX_CONTEXT_KEYS") or environ.get("WX_CONTEXT_KEYS"),
        )

    def get(self, name: str) -> str:
        """Return the value of a variable, or an empty string."""
        value = self._invocation.get(name)
        if value is None and name in self._names:
            value = self._environ.get(name)
        return value or ""

    def find(self, name: str) -> str | None:
        """Return the value of a variable, or None when it is not set."""
        value = self._invocation.get(name)
        if value is None and name in self._names:
            value = self._environ.get(name)
        return value

    def process(self, name: str) -> str:
        """Return the value of a variable, listed or not, or an empty string."""
        return self._invocation.get(name) or self._environ.get(name) or ""

    def env_id(self) -> str:
        """Return the id of the running function's environment, or an empty string."""
        return self.get("TCB_ENV") or self.get("SCF_NAMESPACE")

    def tokens(self, in_cloud_run: bool) -> list[tuple[str, str]]:
        """Return the form fields that say on whose behalf the call is made.

        A timer has its own token. The access token of Cloud Run is read only without an API token.
        """
        token = self.get("WX_API_TOKEN")
        if self.get("TRIGGER_SRC") == "timer":
            token = self.get("WX_TRIGGER_API_TOKEN_V0") or token
        if token:
            return [("wxCloudApiToken", token)]
        access = self.get("WX_CLOUDBASE_ACCESSTOKEN") or self.access_token(in_cloud_run)
        return [("wxCloudApiToken", ""), ("wxCloudbaseAccesstoken", access)]

    @staticmethod
    def access_token(in_cloud_run: bool) -> str:
        """Return the access token that Cloud Run writes to a file, or an empty string."""
        return _access_token_file.read(in_cloud_run)


class _TokenFile:
    """The file that Cloud Run writes the access token to, read at most every ten minutes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._token = ""
        self._read_at = 0.0

    def read(self, in_cloud_run: bool) -> str:
        now = time.monotonic()
        if self._token and now - self._read_at < _MAX_TOKEN_AGE:
            return self._token
        if not in_cloud_run:
            return ""
        try:
            with open(self._path, encoding="utf-8", errors="replace") as file:
                self._token = file.read()
        except OSError:
            return ""
        self._read_at = now
        return self._token


_access_token_file = _TokenFile(_TOKEN_FILE)

# The variables of the process that a request depends on.
REQUEST_NAMES = (
    *sorted(_ALWAYS),
    *("TCB_ENV", "TCB_SEQID", "TCB_SESSIONTOKEN", "TCB_SOURCE", "TCB_TRACELOG"),
    *("WX_API_TOKEN", "WX_CLOUDBASE_ACCESSTOKEN"),
)
_RAW_NAMES = tuple(map(os.environ.encodekey, REQUEST_NAMES))


def raw_values() -> tuple[Any, ...]:
    """Return the values of REQUEST_NAMES as the process has them, to compare with those of another moment.

    To ask ``os.environ`` for each takes ten times as long: it encodes the name, and raises an exception inside for one
    that is not set.
    """
    values = getattr(os.environ, "_data", None)
    return tuple(map(os.environ.get, REQUEST_NAMES) if values is None else map(values.get, _RAW_NAMES))


def variables_of(raw: tuple[Any, ...]) -> Variables:
    """Return the variables that `raw_values` returned, outside of an invocation."""
    decode = os.environ.decodevalue if hasattr(os.environ, "_data") else str
    return Variables({name: decode(value) for name, value in zip(REQUEST_NAMES, raw, strict=True) if value is not None})


def wx_context() -> dict[str, Any]:
    """Return the variables that ``WX_CONTEXT_KEYS`` lists, without the prefix ``WX_`` and without tokens.

    Integers become int (exact, where JavaScript loses digits past 2**53). ENV and SOURCE are included when known.
    """
    variables = Variables()
    current = invocation.get()
    names = variables.process("WX_CONTEXT_KEYS")
    if not names:
        return {}
    context: dict[str, Any] = {}
    for name in names.split(","):
        value = current.variables.get(name) if current else None
        if value is None:
            value = os.environ.get(name)
        if not name or name in _SECRET_NAMES or value is None:
            continue
        key = name[3:] if name.startswith("WX_") and len(name) > 3 else name
        context[key] = _number_or_string(value)
    # As in Node: an empty namespace gives an empty ENV, and WX_ENV is ignored.
    env = variables.process("TCB_ENV") or variables.process("SCF_NAMESPACE")
    if env or "SCF_NAMESPACE" in os.environ or (current and "SCF_NAMESPACE" in current.variables):
        context["ENV"] = env
    else:
        context.pop("ENV", None)
    source = variables.process("TCB_SOURCE")
    if source:
        context["SOURCE"] = source
    return context


def _number_or_string(value: str) -> int | str:
    digits = value[1:] if value.startswith("-") else value
    return int(value) if digits.isascii() and digits.isdigit() and len(digits) < 4300 else value
