"""The values of adapters: a request, the invocation that it asks for, a response, and the configuration."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from ..context import DEFAULT_MEMORY, DEFAULT_TIMEOUT, make_context, request_id
from ..errors import RequestRejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Where a request's id stands, the first that is there; it goes into the log and back to the caller.
_ID_HEADERS = ("x-cloudbase-request-id", "x-request-id", "x-scf-request-id")
_ID_CHARACTERS = frozenset(string.ascii_letters + string.digits + "-_.:")
_ID_LENGTH = 128


class Request:
    """An HTTP request.

    Attributes:
        method: ``POST``, in capitals.
        target: path and query as they were sent.
        headers: name in lower case -> the values sent under it.
        body: in bytes, not decompressed.
    """

    __slots__ = ("_id", "body", "headers", "method", "target")

    def __init__(self, method: str, target: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> None:
        self.method = method
        self.target = target
        self.headers: dict[str, list[str]] = {}
        for name, value in headers:
            self.headers.setdefault(name.lower(), []).append(value)
        self.body = body
        self._id = ""

    @property
    def id(self) -> str:
        """The request's id: the platform's, or a new one if that is missing or unsafe to log."""
        if not self._id:
            for name in _ID_HEADERS:
                values = self.headers.get(name)
                if values and 0 < len(values[0]) <= _ID_LENGTH and _ID_CHARACTERS.issuperset(values[0]):
                    self._id = values[0]
                    break
            else:
                self._id = request_id()
        return self._id

    def header(self, name: str) -> str:
        """Return the value of a header, or an empty string.

        Raises:
            RequestRejected: it occurs with different values, so that one may be forged, or is not printable ASCII.
        """
        values = self.headers.get(name)
        if not values:
            return ""
        value = values[0].strip()
        if any(other.strip() != value for other in values[1:]):
            raise RequestRejected(400, "BAD_REQUEST", f"the header {name} occurs twice, with different values")
        if value and not (value.isascii() and value.isprintable()):
            raise RequestRejected(400, "BAD_REQUEST", f"the header {name} has characters that are not printable ASCII")
        return value

    def __repr__(self) -> str:  # no headers and no query: tokens are among them
        return f"<Request {self.method} {self.target.partition('?')[0][:100]!r}>"


class InvocationRequest:
    """An invocation that an adapter asks for.

    Attributes:
        event: for the handler.
        context: for the handler: a dict as the platform's runtime gives it.
        variables: of this invocation; also in the context, as JSON text.
        request_id: also in the context.
        timeout: the time limit in seconds.
    """

    __slots__ = ("context", "event", "request_id", "timeout", "variables")

    def __init__(
        self, event: Any, context: dict[str, Any], variables: Mapping[str, str], request_id: str, timeout: float
    ) -> None:
        self.event = event
        self.context = context
        self.variables = variables
        self.request_id = request_id
        self.timeout = timeout

    def __repr__(self) -> str:
        return f"<InvocationRequest {self.request_id}>"


class Response:
    """An HTTP response.

    Attributes:
        headers: pairs, in order; a name may be there more than once.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> None:
        self.status = status
        self.headers = list(headers)
        self.body = body

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


class RuntimeConfig:
    """The configuration of an adapter: the function, and the platform that it runs on.

    Args:
        environ: the variables of the process.
        function: the function's name; by default the platform's.
        timeout: the time limit of an invocation in seconds.
        trusted: whether a proxy in front keeps clients from setting the headers that name the caller.
        production: whether responses hide tracebacks.
    """

    __slots__ = (
        "_namespace",
        "_platform",
        "environ",
        "extended_header",
        "function",
        "production",
        "timeout",
        "trusted",
    )

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        *,
        function: str = "",
        timeout: float = DEFAULT_TIMEOUT,
        trusted: bool = False,
        production: bool = True,
    ) -> None:
        self.environ = {} if environ is None else environ
        self.function = function or self.environ.get("SCF_FUNCTIONNAME") or "index"
        self.timeout = timeout
        self.trusted = trusted
        self.production = production
        self.extended_header = self.environ.get("EXTENDED_CONTEXT_KEY", "").lower()  # empty: none
        self._namespace = self.environ.get("SCF_NAMESPACE") or self.environ.get("CBR_ENV_ID") or "default"
        # the real values, or none, instead of the samples of make_context()
        self._platform = {
            "tencentcloud_region": self.environ.get("TENCENTCLOUD_REGION", ""),
            "tencentcloud_appid": self.environ.get("TENCENTCLOUD_APPID", ""),
            "tencentcloud_uin": self.environ.get("TENCENTCLOUD_UIN", ""),
        }

    def context(
        self, variables: Mapping[str, str], request_id: str, *, timeout: float | None = None, memory: int | None = None
    ) -> dict[str, Any]:
        """Return the ``context`` of an invocation; what the platform does not provide is empty."""
        context = make_context(
            variables,
            function=self.function,
            timeout=self.timeout if timeout is None else timeout,
            memory=DEFAULT_MEMORY if memory is None else memory,
            request=request_id,
        )
        context.update(self._platform)
        if context["namespace"] == "default":
            context["namespace"] = self._namespace
        return context

    def __repr__(self) -> str:
        return f"<RuntimeConfig of {self.function}>"
