"""``getTempFileURL`` and ``deleteFile``, and the request to the gateway and the errors that all storage calls share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ... import errors
from ..._transports import Request, Response, TransportFailure
from ..._wire import answer, jsontext
from ..._wire.url import encode_uri, normalize
from ...errors import CallTimeoutError, CloudSDKError, TransportError, error_for_code
from .. import retry
from ..config import Config, seconds
from ..gateway import JSONCall
from .parameters import initialized, one_dict, rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from ..._transports.streams import DownloadStream, UploadStream
    from ..._typed import storage as t
    from ..config import Env

    T = TypeVar("T")

REQUEST_FAIL = -503001
_MIN_PAUSE = 60.0  # seconds without a byte; Node waits forever
_IDEMPOTENT = ("getUploadMetadata", "batchGetDownloadUrl")  # a second deletion would report a missing file
_NO_TIMEOUT = 7 * 24 * 3600.0  # seconds: longer than any function runs


def get_temp_file_url(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> retry.Steps[t.TempFileURLResult]:
    """Return the steps of ``getTempFileURL(params)``."""
    question = StorageQuestion(config, "getTempFileURL", params, keywords, ("fileList",))
    items = [_url_request(question, index, item) for index, item in enumerate(question.list("fileList"))]
    reply = yield from question.ask("batchGetDownloadUrl", file_list=items)
    files = []
    for item in _items(question, reply, "download_list"):
        file = _file(item)
        if "maxAge" in item:
            file["maxAge"] = item["maxAge"]
        if file["status"]:
            file["tempFileURL"] = ""
        elif "tempFileURL" in item:
            file["tempFileURL"] = item["tempFileURL"]
        files.append(file)
    return question.result({"fileList": files, "errMsg": "getTempFileURL:ok"})  # type: ignore[return-value]


def delete_file(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> retry.Steps[t.Deleted]:
    """Return the steps of ``deleteFile(params)``."""
    question = StorageQuestion(config, "deleteFile", params, keywords, ("fileList",))
    ids = question.list("fileList")
    for index, item in enumerate(ids):
        if not isinstance(item, str) or not item:
            raise question.rejected(f"fileList[{index}] must be a fileID, a string that is not empty, got {_got(item)}")
    reply = yield from question.ask("batchDeleteFile", fileid_list=ids)
    files = [_file(item) for item in _items(question, reply, "delete_list")]
    return question.result({"fileList": files, "errMsg": "deleteFile:ok"})  # type: ignore[return-value]


class StorageQuestion:
    """The checked parameters of a storage call, and its question to the gateway.

    Attributes:
        params: the parameters.
        env: the environment.
        timeout: seconds, or None.
    """

    __slots__ = ("_call", "config", "env", "name", "params", "timeout")

    def __init__(
        self,
        config: Config | None,
        name: str,
        params: Mapping[str, Any] | None,
        keywords: dict[str, Any],
        names: tuple[str, ...],
    ) -> None:
        self.name = name
        self.config = initialized(config, name)
        self.params = one_dict(name, params, keywords)
        names = (*names, "config", "timeout")
        for key in self.params:
            if key not in names and not self.config.javascript_values:
                raise self.rejected(f"unknown parameter {key!r}; {_hint(key, names)}")
        self.env: Env = self.config.env_for("storage", self.params.get("config"), self.name)
        timeout = self.params.get("timeout")
        self.timeout: float | None = None if timeout is None else seconds(timeout, name, 0.0)

    @property
    def pause(self) -> float:
        """Seconds that may pass without a byte of a file."""
        return self.timeout or max(_MIN_PAUSE, self.config.timeout)

    def string(self, key: str) -> str:
        """Return a required string."""
        value = self.params.get(key)
        if not isinstance(value, str):
            raise self.rejected(f"{key} must be a string, got {_type(value)}")
        return value

    def list(self, key: str) -> list[Any]:
        """Return a required list."""
        value = self.params.get(key)
        if not isinstance(value, (list, tuple)):
            raise self.rejected(f"{key} must be a list, got {_type(value)}")
        return [*value]

    def on_progress(self) -> Callable[[int, int | None], object] | None:
        """Return the parameter onProgress, if any."""
        callback: Callable[[int, int | None], object] | None = self.params.get("onProgress")
        if callback is not None and not callable(callback):
            raise self.rejected(f"onProgress must be a function of two numbers, got {_type(callback)}")
        return callback

    def result(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a result whose missing keys read as the options of init() say."""
        made: dict[str, Any] = self.config.read(value) if self.config.read else value
        return made

    def rejected(self, what: str) -> CloudSDKError:
        """Return the error of invalid parameters."""
        return rejected(self.name, f"{what}{'' if what.endswith('?') else '.'} Nothing was sent")

    def not_understood(self, what: str) -> CloudSDKError:
        """Return the error of a reply that lacks something."""
        call = self._call
        return call.error("", f"the gateway's answer is not understood: {what}", call.seq_id)

    def ask(self, action: str, **body: Any) -> retry.Steps[dict[str, Any]]:
        """Return the steps of a question to the gateway: the ``data`` of its reply, and the ``requestId``."""
        call = StorageCall(self.config, self.name, self.name, {"action": f"storage.{action}", **body}, self.env)
        self._call = call
        return call.steps(timeout=self.timeout, idempotent=action in _IDEMPOTENT)

    def transfer(
        self,
        build: Callable[[], Request],
        read: Callable[[Response], T],
        stream: UploadStream | DownloadStream,
        tokens: Iterable[str] = (),
    ) -> retry.Steps[T]:
        """Return the steps of sending or receiving a file, after the gateway was asked.

        Args:
            build: returns the request.
            read: returns the result of a response, or raises its error.
            stream: the file.
            tokens: secrets of the request, and queries with secrets in them; no error shows them.
        """
        secrets = (form for token in tokens for form in (token, *_query_values(token)))
        transfer = _Transfer(self._call, build, read, stream, secrets)
        # A file that is sent twice is stored once.
        return retry.attempts(transfer, _NO_TIMEOUT, self.config.retries, idempotent=True)


class _Transfer:
    """The exchange of one file with the storage."""

    __slots__ = ("_question", "_secrets", "_stream", "build", "name", "read")

    def __init__(
        self,
        question: StorageCall,
        build: Callable[[], Request],
        read: Callable[[Response], Any],
        stream: UploadStream | DownloadStream,
        secrets: Iterable[str],
    ) -> None:
        self.name = question.name
        self.build = build
        self.read = read
        self._question = question
        self._stream = stream
        self._secrets = tuple(secrets)

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        """Return the error of a failure: of the file, or else of the network."""
        if self._stream.error is not None:
            raise self._stream.error
        if self._stream.failure is not None:
            return CloudSDKError(-1, f"{self.name}:fail {self._stream.failure.cause}", api=self.name)
        kind = CallTimeoutError if failure.timed_out else TransportError
        return kind(api=self.name, **answer.failure(self.name, REQUEST_FAIL, failure.cause))

    def secrets(self) -> Iterable[str | None]:
        """Yield the secrets that no error may show."""
        yield from self._question.secrets()
        yield from self._secrets


class StorageCall(JSONCall):
    """A question to the gateway about files."""

    __slots__ = ()

    def result(self, response: Response) -> dict[str, Any]:
        try:
            value = jsontext.parse_strictly(response.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise self.error("", "the gateway's answer is no JSON object", self.seq_id)
        request_id = answer.text_only(value.get("requestId")) or self.seq_id
        if answer.truthy(value.get("code")):
            message = answer.printed(value["message"]) if "message" in value else "undefined"
            raise self.error(value["code"], message, request_id)
        data = value.get("data")
        if not isinstance(data, dict):
            raise self.error("", "the gateway's answer has no data", request_id)
        return {**data, "requestId": request_id}

    def error(self, code: object, message: str, request_id: str) -> CloudSDKError:
        """Return the error of a reply with this ``code``."""
        details = answer.failure(self.name, errors.from_gateway(code), message, request_id)
        return error_for_code(details.pop("errCode"), details.pop("errMsg"), api=self.api, **details)


class StorageError:
    """An error of the object storage, which answers in XML.

    Attributes:
        is_error: whether the body is one: XML whose root is an ``Error``.
        code: ``AccessDenied``, …; empty when it has none.
        message: code and message as Node puts them, and advice.
        ids: the storage's own ids of the request, for its support; joined by ``|``.
        problem: why the body is not XML; empty when it is, or when there is no body.
    """

    __slots__ = ("code", "ids", "is_error", "message", "problem")

    def __init__(self, body: bytes) -> None:
        root, texts, self.problem = _read_xml(body)
        self.is_error = root == "Error"
        self.code = texts.get("Code", "")
        self.ids = "|".join(texts[name] for name in ("RequestId", "TraceId") if texts.get(name))
        advice = _ADVICE.get(self.code)
        self.message = f"[{self.code}]: {texts.get('Message', '')}{f' ({advice})' if advice else ''}"


_ADVICE = {
    "AccessDenied": "the gateway's permission is for this path and for a short time: did the upload start late?",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "EntityTooLarge": "one upload is limited to 5 GB",
    "EntityTooSmall": "the storage expected more bytes",
    "NoSuchKey": "the file no longer exists",
    "NoSuchBucket": "the environment has no storage: activate it in the console",
}
_MAX_TEXT = 4096  # characters


def _read_xml(body: bytes) -> tuple[str, dict[str, str], str]:
    """Return the name of the root, the texts of the elements in it, and why the body is not XML."""
    if not body.strip():
        return "", {}, ""
    from xml.parsers import expat  # here: most uploads have an empty response

    path: list[str] = []
    texts: dict[str, str] = {}
    root = ""

    def start(name: str, _: object) -> None:
        nonlocal root
        name = name.rpartition(":")[2]  # without the prefix of its namespace
        root = root or name
        path.append(name)
        if len(path) == 2:
            if name in texts:  # only the first of a name counts
                path[-1] = ""
            else:
                texts[name] = ""

    def data(text: str) -> None:
        if len(path) == 2 and path[-1] and len(texts[path[-1]]) < _MAX_TEXT:
            texts[path[-1]] += text[:_MAX_TEXT]

    def doctype(*_: object) -> None:
        raise ValueError("it declares a document type")  # and with it entities, whose expansion could fill memory

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body.lstrip(), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        return "", {}, str(error)
    return root, {name: text.strip() for name, text in texts.items()}, ""


def host_of(url: str) -> str:
    """Return the host of an address, with its port."""
    return url.split("/", 3)[2]


def file_url(url: object, *, escaped: bool = True) -> str:
    """Return the address of a file as Node requests it; an empty string for anything else.

    Args:
        url: the address.
        escaped: whether it is already escaped.
    """
    if not isinstance(url, str):
        return ""
    try:
        return normalize(url if escaped else encode_uri(url))
    except ValueError:
        return ""


def status_of(code: object) -> int:
    """Return the ``status`` of one file for the gateway's ``code``: 0 without an error."""
    return 0 if not answer.truthy(code) or code == "SUCCESS" else errors.from_gateway(code)


def _url_request(question: StorageQuestion, index: int, item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {"fileid": item}
    if not isinstance(item, Mapping) or "fileID" not in item or "maxAge" not in item:
        raise question.rejected(f"fileList[{index}] must be a fileID, or a dict with fileID and maxAge (seconds)")
    age = item["maxAge"]
    if age is not None and (isinstance(age, bool) or not isinstance(age, (int, float)) or not 0 < age < 2**53):
        raise question.rejected(f"fileList[{index}]: maxAge must be a number of seconds above 0, got {_got(age)}")
    request = {"fileid": item["fileID"], "max_age": age}
    return {**request, "url_type": item["urlType"]} if "urlType" in item else request


def _items(question: StorageQuestion, reply: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the files that the gateway lists, without the values that JavaScript takes for false, as in Node."""
    items = reply.get(key)
    if not answer.truthy(items):
        return []
    if not isinstance(items, list):
        raise question.not_understood(f"{key} must be a list, got {answer.printed(items)[:200]}")
    for item in items:
        if answer.truthy(item) and not isinstance(item, dict):
            raise question.not_understood(f"{key} must hold objects, got {answer.printed(item)[:200]}")
    return [item for item in items if isinstance(item, dict)]


def _file(item: dict[str, Any]) -> dict[str, Any]:
    status = status_of(item.get("code"))
    file = {"fileID": item["fileID"]} if "fileID" in item else {}
    return {**file, "status": status, "errMsg": errors.text_of(status) if status else "ok"}


def _query_values(query: str) -> Iterable[str]:
    from urllib.parse import unquote

    for pair in query.split("&"):
        value = pair.partition("=")[2]
        yield value
        yield unquote(value)


def _hint(key: object, names: tuple[str, ...]) -> str:
    from ..._wire.suggest import did_you_mean

    return did_you_mean(key, names, f"it takes {', '.join(names)}")


def _got(value: object) -> str:
    """Return an invalid value as JSON, or its type if it has no JSON form."""
    try:
        return jsontext.stringify(value, quote=jsontext.quote_plainly)[:200]
    except (TypeError, ValueError, RecursionError):
        return f"a {type(value).__name__}"


def _type(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
