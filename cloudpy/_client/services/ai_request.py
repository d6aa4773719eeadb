"""Requests of ``cloud.ai()``: to the environment's own gateway, with a new token for each, as in Node."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import quote

from ... import errors as codes
from ..._transports import Request, Response
from ..._transports.streams import DownloadStream
from ..._wire import jsontext, signature
from ...errors import CloudSDKError
from .. import retry
from ..config import Config, seconds
from ..context import Variables
from ..gateway import GatewayCall, _base_url, _credentials, _env_id, _headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..._transports.streams import Writable
    from ..config import Env

_MAX_STREAM = 900.0  # seconds: the longest a cloud function may run
_TOKEN_PATH = "/auth/v1/token/clientCredential"  # noqa: S105  the path of a file or an API
_CHINA = (
    *("ap-shanghai", "ap-guangzhou", "ap-shenzhen-fsi", "ap-shanghai-fsi", "ap-nanjing", "ap-beijing", "ap-chengdu"),
    *("ap-chongqing", "ap-hongkong"),
)
_LANGUAGE = "zh-CN"
_LOOPBACK = ("127.", "localhost", "[::1]")


class AIRequest:
    """What a model or a bot asks for.

    Args:
        method: in capitals.
        path: below ``/v1``, e.g. ``/ai/deepseek/chat/completions``.
        data: the body, or the query of a GET.
        stream: whether the answer comes piece by piece.
        timeout: seconds; None for that of init().
    """

    __slots__ = ("data", "headers", "method", "path", "stream", "timeout")

    def __init__(
        self,
        method: str,
        path: str,
        data: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        timeout: float | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.data = data
        self.headers = headers or {}
        self.stream = stream
        self.timeout = None if timeout is None else seconds(timeout, "ai", 0.0)


def steps(config: Config, env: Env, asked: AIRequest) -> retry.Steps[Any]:
    """Return the steps to the JSON of the answer."""
    token = yield from _TokenCall(config, env).steps(timeout=asked.timeout, idempotent=True)
    return (yield from _Call(config, env, asked, token["access_token"]).steps(timeout=asked.timeout))


def stream_steps(config: Config, env: Env, asked: AIRequest, file: Writable) -> retry.Steps[bytes]:
    """Return the steps to an answer piece by piece, which is written to `file` as it arrives.

    Their result is what was not written: the whole answer, of a transport that has it at once.
    """
    token = yield from _TokenCall(config, env).steps(timeout=asked.timeout, idempotent=True)
    call = _StreamCall(config, env, asked, token["access_token"], file)
    rest: Any = yield from call.steps(timeout=_MAX_STREAM)
    return rest  # type: ignore[no-any-return]


class _AICall(GatewayCall):
    __slots__ = ()

    def __init__(self, config: Config, env: Env) -> None:
        super().__init__(config, "ai", "ai", env)

    def prepared(self, method: str, path: str, body: str, headers: list[tuple[str, str]], token: str) -> Request:
        """Return a request with `token`, or a signed one if `token` is empty."""
        variables = Variables()
        config = self.config
        env = _env_id(self.env, config, variables)
        secret_id, secret_key, session_token = _credentials(config, variables, self.name, self.api)
        region = config.region or variables.process("TENCENTCLOUD_REGION")
        self.url = f"{_origin(config, _base_url(config, env, variables), env, region)}{path}"
        source, trace = f"{variables.get('TCB_SOURCE')},{config.platform.tag}", variables.get("TCB_TRACELOG")
        now = time.time()
        signed = [
            ("Content-Type", "application/json"),
            ("Host", self.url.split("/", 3)[2]),
            ("X-Client-Timestamp", str(int(now * 1000))),
            *_headers(source, trace, region),
            *headers,
        ]
        if token:
            authorization = token if token.startswith("Bearer ") else f"Bearer {token}"
        else:
            authorization = signature.cloud_api_authorization(
                method=method,
                url=self.url,
                headers=signed,
                body=body,
                secret_id=secret_id,
                secret_key=secret_key,
                timestamp=int(now) - 1,
            )
            if session_token:
                authorization += f", Token={session_token}"
        return Request(method, self.url, [*signed, ("Authorization", authorization)], body.encode())

    def read(self, response: Response) -> Any:
        value = _json(response.body)
        if not 200 <= response.status < 300:
            raise self.refused(response)
        return self.result_of(value)

    def result_of(self, value: Any) -> Any:
        return value

    def refused(self, response: Response) -> CloudSDKError:
        """Return the error of a response whose status is not a success."""
        value = _json(response.body)
        text = value if isinstance(value, str) and value else f"Request failed with status code {response.status}"
        found = value if isinstance(value, dict) else {}
        inner: dict[str, Any] = found["error"] if isinstance(found.get("error"), dict) else {}
        message = inner.get("message") or found.get("message") or text
        code = inner.get("code") or found.get("code") or response.status
        header = response.headers.get("x-cloudbase-request-id") or response.headers.get("x-request-id") or ""
        return failure(code, message, str(found.get("requestId") or header))


class _TokenCall(_AICall):
    """``clientCredential``: the token for one request."""

    __slots__ = ()

    def build(self) -> Request:
        return self.prepared("POST", _TOKEN_PATH, '{"grant_type":"client_credentials"}', [], "")

    def read(self, response: Response) -> Any:
        # Without a token the request itself is signed, as in Node.
        value = _json(response.body)
        token = value.get("access_token") if isinstance(value, dict) else None
        return {"access_token": token if isinstance(token, str) else ""}


class _Call(_AICall):
    __slots__ = ("_asked", "_token")

    def __init__(self, config: Config, env: Env, asked: AIRequest, token: str) -> None:
        super().__init__(config, env)
        self._asked = asked
        self._token = token

    def build(self) -> Request:
        asked = self._asked
        path = f"/v1{asked.path}"
        headers: list[tuple[str, str]] = []
        body = ""
        if asked.method == "GET":
            pairs = ((quote(key, safe=""), quote(_text(value), safe=",")) for key, value in asked.data.items())
            query = "&".join(f"{key}={value}" for key, value in pairs)
            path += f"?{query}" if query else ""
        else:
            headers.append(("Accept-Language", _LANGUAGE))
            try:
                body = jsontext.stringify(asked.data, quote=jsontext.quote_plainly)
            except jsontext.NotJSONError as error:
                raise CloudSDKError(-1, f"ai:fail {error}. Nothing was sent", api="ai") from None
            except RecursionError:
                raise CloudSDKError(-1, "ai:fail the input nests too deep. Nothing was sent", api="ai") from None
        if asked.stream:
            headers.append(("Accept", "text/event-stream"))
        return self.prepared(asked.method, path, body, [*headers, *asked.headers.items()], self._token)

    def secrets(self) -> Iterable[str | None]:
        from .. import redact

        yield from super().secrets()
        yield self._token
        yield from redact.secrets_in(self._asked.data)

    def result_of(self, value: Any) -> Any:
        if isinstance(value, dict) and "code" in value and value["code"] != "NORMAL":
            raise failure(value["code"], value.get("message", ""), str(value.get("requestId") or ""))
        return value


class _StreamCall(_Call):
    __slots__ = ("_file",)

    def __init__(self, config: Config, env: Env, asked: AIRequest, token: str, file: Writable) -> None:
        super().__init__(config, env, asked, token)
        self._file = file

    def build(self) -> Request:
        request = super().build()
        request.download = DownloadStream(self._file)
        request.idle_timeout = self._asked.timeout or self.config.timeout
        return request

    def read(self, response: Response) -> Any:
        if not 200 <= response.status < 300:
            raise self.refused(response)
        return response.body


def failure(code: Any, message: Any, request_id: str = "") -> CloudSDKError:
    """Return the error for a code of the gateway's and its words."""
    number = codes.from_gateway(code)
    return CloudSDKError(number, f"ai:fail {code} {message}", api="ai", requestId=request_id)


def _json(body: bytes) -> Any:
    """Return the value of a JSON string, or the string itself."""
    try:
        return jsontext.parse_strictly(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)
    return value if isinstance(value, str) else jsontext.stringify(value)


def _origin(config: Config, base: str, env: str, region: str) -> str:
    """Scheme and host of the environment's gateway; those of ``serviceUrl``, or of a local WeChat."""
    scheme, _, rest = base.partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    if config.service_url or host.startswith(_LOOPBACK):
        return f"{scheme}://{host}"
    abroad = "" if (region or _CHINA[0]) in _CHINA else "intl."
    return f"https://{env}.api.{abroad}tcloudbasegateway.com"
