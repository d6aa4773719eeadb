"""What the calls of the storage share: the question to the gateway, and the exchange of a file's bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ... import _error_codes
from ..._transports import Request, Response, TransportFailure
from ..._wire import answer, jsontext, uri
from ...errors import CallTimeoutError, CloudSDKError, TransportError, answered
from .. import retry
from ..config import Config, seconds
from ..gateway import JSONCall
from . import parameters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from ..._transports.streams import DownloadStream, UploadStream
    from ..gateway import Env

    T = TypeVar("T")

REQUEST_FAIL = -503001
PAUSE = 60.0  # seconds without a byte; Node waits for ever
_REPEATABLE = ("getUploadMetadata", "batchGetDownloadUrl")  # a second deletion would find nothing, and say so
_UNBOUNDED = 7 * 24 * 3600.0  # seconds: longer than any function runs


class Given:
    """The checked parameters of one call.

    Attributes:
        values: those of its own.
        env: the environment it is for.
        timeout: seconds, or None.
    """

    __slots__ = ("_call", "config", "env", "name", "timeout", "values")

    def __init__(
        self,
        config: Config | None,
        name: str,
        params: Mapping[str, Any] | None,
        keywords: dict[str, Any],
        names: tuple[str, ...],
    ) -> None:
        self.name = name
        self.config = parameters.initialized(config, name)
        self.values = parameters.one(name, params, keywords)
        names = (*names, "config", "timeout")
        for key in self.values:
            if key not in names:
                raise self.refused(f"unknown parameter {key!r}; {_hint(key, names)}")
        self.env: Env = self.config.env_for("storage", self.values.get("config"), self.name)
        timeout = self.values.get("timeout")
        self.timeout: float | None = None if timeout is None else seconds(timeout, name, 0.0)

    @property
    def pause(self) -> float:
        """Seconds that may pass without a byte of a file."""
        return self.timeout or max(PAUSE, self.config.timeout)

    def text(self, key: str) -> str:
        """A parameter that must be there, and a text."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.refused(f"{key} must be a text, got {_kind(value)}")
        return value

    def items(self, key: str) -> list[Any]:
        """A parameter that must be there, and a list."""
        value = self.values.get(key)
        if not isinstance(value, (list, tuple)):
            raise self.refused(f"{key} must be a list, got {_kind(value)}")
        return list(value)

    def told(self) -> Callable[[int, int | None], object] | None:
        """The onProgress, if any."""
        told: Callable[[int, int | None], object] | None = self.values.get("onProgress")
        if told is not None and not callable(told):
            raise self.refused(f"onProgress must be a function of two numbers, got {_kind(told)}")
        return told

    def refused(self, what: str) -> CloudSDKError:
        """The error for parameters that are wrong."""
        return parameters.refused(self.name, f"{what}{'' if what.endswith('?') else '.'} Nothing was sent")

    def not_understood(self, what: str) -> CloudSDKError:
        """Return the error for an answer of the gateway that lacks what is needed."""
        call = self._call
        return call._error("", f"the gateway's answer is not understood: {what}", call.seq_id)

    def ask(self, action: str, **more: Any) -> retry.Steps[dict[str, Any]]:
        """The steps of a question to the gateway: the answer's ``data``, with its ``requestId`` beside it."""
        call = StorageCall(self.config, self.name, self.name, {"action": f"storage.{action}", **more}, self.env)
        self._call = call
        return call.steps(timeout=self.timeout, repeatable=action in _REPEATABLE)

    def exchange(
        self,
        request: Callable[[], Request],
        read: Callable[[Response], T],
        stream: UploadStream | DownloadStream,
        proofs: Iterable[str] = (),
    ) -> retry.Steps[T]:
        """The steps of sending or fetching a file, once the gateway was asked; no error shows the `proofs`, nor what
        stands in one that is a query."""

        call = self._call  # those who watch see question and transfer as one call
        call.proofs = tuple(form for proof in proofs for form in (proof, *_values(proof)))

        def fail(failure: TransportFailure) -> CloudSDKError:
            if stream.error is not None:
                raise stream.error
            if stream.failure is not None:  # the file's own fault, not that of the network
                return CloudSDKError(-1, f"{self.name}:fail {stream.failure.cause}", api=self.name)
            kind = CallTimeoutError if failure.timed_out else TransportError
            return kind(api=self.name, **answer.failure(self.name, REQUEST_FAIL, failure.cause))

        return retry.attempts(
            build=request,
            read=read,
            fail=fail,
            timeout=_UNBOUNDED,
            retries=self.config.retries,
            repeatable=True,  # a file that is sent twice is there once
            call=call,
        )


def _values(query: str) -> Iterable[str]:
    from urllib.parse import unquote

    for pair in query.split("&"):
        value = pair.partition("=")[2]
        yield value
        yield unquote(value)


class StorageCall(JSONCall):
    """A question to the gateway about files."""

    __slots__ = ("proofs",)

    proofs: tuple[str, ...]

    def secrets(self) -> Iterable[str]:
        return (*super().secrets(), *getattr(self, "proofs", ()))

    def result(self, response: Response) -> dict[str, Any]:
        try:
            value = jsontext.parse_strictly(response.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise self._error("", "the gateway's answer is no JSON object", self.seq_id)
        request_id = answer.text_only(value.get("requestId")) or self.seq_id
        if answer.truthy(value.get("code")):
            message = answer.printed(value["message"]) if "message" in value else "undefined"
            raise self._error(value["code"], message, request_id)
        data = value.get("data")
        if not isinstance(data, dict):
            raise self._error("", "the gateway's answer has no data", request_id)
        return {**data, "requestId": request_id}

    def _error(self, code: object, message: str, request_id: str) -> CloudSDKError:
        number = _error_codes.from_gateway(code)
        details = answer.failure(self.name, number, message, request_id)
        return answered(details.pop("errCode"), details.pop("errMsg"), api=self.api, **details)


def host_of(url: str) -> str:
    """The host of an address, with its port."""
    return url.split("/", 3)[2]


def address(url: object, *, plain: bool = False) -> str:
    """Return an address that a file can be sent to or fetched from, as Node requests it; an empty string for others.

    Args:
        plain: it is not escaped yet.
    """
    if not isinstance(url, str):
        return ""
    try:
        return uri.requested(uri.whole(url) if plain else url)
    except ValueError:
        return ""


def status_of(code: object) -> int:
    """The ``status`` of one file, for the code that the gateway gives it: 0 for none."""
    return 0 if not answer.truthy(code) or code == "SUCCESS" else _error_codes.from_gateway(code)


def _hint(key: object, names: tuple[str, ...]) -> str:
    from ..._wire.suggest import did_you_mean

    return did_you_mean(key, names, f"it takes {', '.join(names)}")


def shown(value: object) -> str:
    """Return a wrong value as JSON; one that has no form there by its type."""
    try:
        return jsontext.stringify(value, quote=jsontext.quote_plainly)[:200]
    except (TypeError, ValueError, RecursionError):
        return f"a {type(value).__name__}"


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
