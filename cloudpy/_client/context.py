"""The variables a call depends on, and where they come from.

Three places, the later wins: the process environment for a fixed list of names; the process environment for the names
that ``TCB_CONTEXT_KEYS`` and ``WX_CONTEXT_KEYS`` list; the ``context`` of the invocation that is running. They are read
at each call: a warm process serves one user after the other.
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

# Names that count without being listed in TCB_CONTEXT_KEYS or WX_CONTEXT_KEYS.
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
_KEY_LISTS = ("TCB_CONTEXT_KEYS", "WX_CONTEXT_KEYS")
_SECRET_NAMES = frozenset(("API_TOKEN", "TRIGGER_API_TOKEN_V0", "WX_API_TOKEN", "WX_TRIGGER_API_TOKEN_V0"))
_TOKEN_FILE = "/.tencentcloudbase/wx/cloudbase_access_token"
_TOKEN_AGE = 600.0  # seconds; the platform rewrites the file as often


class Invocation:
    """One run of a handler: its variables, its deadline (time.monotonic(), None when unknown) and its request id.

    Attributes:
        alone: whether the process runs no other at the same time.
        ended: whether the handler has returned.
    """

    __slots__ = ("alone", "deadline", "ended", "request_id", "variables")

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

    def __repr__(self) -> str:  # no variables: tokens are among them
        return f"Invocation(request_id={self.request_id!r}, deadline={self.deadline!r})"


invocation: ContextVar[Invocation | None] = ContextVar("cloudpy_invocation", default=None)
# Whether this is a thread that a handler started by itself, and that may go on to work for another invocation.
in_thread: ContextVar[bool] = ContextVar("cloudpy_in_thread", default=False)


def running() -> Invocation | None:
    """The invocation on whose behalf this code runs, or None.

    Raises:
        CloudSDKError: this is a thread of which that cannot be said for certain.
    """
    found = invocation.get()
    if found is not None and in_thread.get() and (found.ended or not found.alone):
        why = (
            "the invocation that started it has ended"
            if found.ended
            else "this process runs several invocations at a time"
        )
        raise CloudSDKError(
            -1,
            f"a cloud call in a thread has no user: {why}. Use concurrent.futures.ThreadPoolExecutor, asyncio.to_thread"
            " or threading.Thread(target=contextvars.copy_context().run, args=(work,)), and wait for it in the handler",
        )
    return found


def parse(context: Mapping[str, Any]) -> dict[str, str]:
    """The variables inside a function's context: ``environment`` (JSON text), else ``environ`` (``K=V;K=V``).

    Split at the first ``=`` of a piece alone, since tokens end in ``=``; a piece without one is skipped.
    """
    environment = context.get("environment")
    if environment:
        import json  # here: it is not needed at a cold start

        values = json.loads(environment) if isinstance(environment, str) else environment
        return {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    pieces = (piece.partition("=") for piece in str(context.get("environ") or "").split(";"))
    return {key: value for key, found, value in pieces if found}


class Variables:
    """The variables as they stand now: take one for each call."""

    __slots__ = ("_invocation", "_listed")

    def __init__(self) -> None:
        found = running()
        self._invocation: Mapping[str, str] = found.variables if found else {}
        lists = [self._invocation.get(name) or os.environ.get(name) for name in _KEY_LISTS]
        self._listed = {name for text in lists if text for name in text.split(",")}

    def get(self, name: str) -> str:
        """The value of a variable, or an empty text."""
        return self.find(name) or ""

    def find(self, name: str) -> str | None:
        """Return the value of a variable, or None when it is not set."""
        value = self._invocation.get(name)
        if value is None and (name in _ALWAYS or name in self._listed):
            value = os.environ.get(name)
        return value

    def process(self, name: str) -> str:
        """The value of a variable that counts whether listed or not, or an empty text."""
        return self._invocation.get(name) or os.environ.get(name) or ""

    def env_id(self) -> str:
        """The environment that the running function belongs to, or an empty text."""
        return self.get("TCB_ENV") or self.get("SCF_NAMESPACE")

    def tokens(self, in_cloud_run: bool) -> list[tuple[str, str]]:
        """The form fields that say on whose behalf the call is made.

        A timer has a token of its own. The access token of Cloud Run is looked for only when there is no API token.
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
        """The access token that Cloud Run keeps in a file, or an empty text."""
        return _access_token_file.read(in_cloud_run)


class _TokenFile:
    """The file in which Cloud Run keeps the access token, read at most every ten minutes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._token = ""
        self._read_at = 0.0

    def read(self, in_cloud_run: bool) -> str:
        now = time.monotonic()
        if self._token and now - self._read_at < _TOKEN_AGE:
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


def wx_context() -> dict[str, Any]:
    """What getWXContext() returns: the variables that ``WX_CONTEXT_KEYS`` lists, without ``WX_`` and without tokens.

    Whole numbers become int (exact, where JavaScript loses digits past 2**53). ENV and SOURCE are there when known.
    """
    variables = Variables()
    current = invocation.get()
    names = variables.process("WX_CONTEXT_KEYS")
    if not names:
        return {}
    found: dict[str, Any] = {}
    for name in names.split(","):
        value = current.variables.get(name) if current else None
        if value is None:
            value = os.environ.get(name)
        if not name or name in _SECRET_NAMES or value is None:
            continue
        key = name[3:] if name.startswith("WX_") and len(name) > 3 else name
        found[key] = _number_or_text(value)
    # As in Node: a namespace that is set to nothing gives an empty ENV, and what WX_ENV says never counts.
    env = variables.process("TCB_ENV") or variables.process("SCF_NAMESPACE")
    if env or "SCF_NAMESPACE" in os.environ or (current and "SCF_NAMESPACE" in current.variables):
        found["ENV"] = env
    else:
        found.pop("ENV", None)
    source = variables.process("TCB_SOURCE")
    if source:
        found["SOURCE"] = source
    return found


def _number_or_text(value: str) -> int | str:
    digits = value[1:] if value.startswith("-") else value
    return int(value) if digits.isascii() and digits.isdigit() and len(digits) < 4300 else value
