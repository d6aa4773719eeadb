"""The same calls over WeChat's HTTPS API, or through the token-less endpoint of WeChat Cloud Run (微信云托管).

Where a parameter goes (query, body, form, file) differs from API to API: the contracts know it. This module and the
validation of parameters are the only ones of the deployed side that load them, and only when init() asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from .._transports import Request, Response, TransportFailure
from .._wire import answer, case, form, jsontext
from .._wire.status_text import status_text
from ..errors import (
    API_NOT_FOUND,
    INVALID_PARAM,
    SYSTEM_ERROR,
    CallTimeoutError,
    CloudSDKError,
    ConfigError,
    TransportError,
)
from . import hooks, retry
from .config import Config, Options
from .context import Variables
from .idempotent import IDEMPOTENT
from .openapi import checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .._transports import AsyncTransport, BlockingTransport
    from ..contracts import HttpsRequest
    from .access_token import TokenSource
    from .retry import Outcome

_HOST = "api.weixin.qq.com"
_EXPIRED = (40001, 40014, 42001)
# The errors that users ask about most: WeChat's own message does not say what to do.
_EXPLANATIONS = {
    40001: "the access_token is not this account's, or a newer one was fetched（access_token 无效或已被新的取代）",
    41001: "no access_token: in Cloud Run switch 开放接口服务 on and publish a new version; it is missing while the"
    " container starts; elsewhere pass init(access_token=…)",
    42001: "the access_token has expired（access_token 已过期）",
    48001: "the account lacks this API（账号没有该接口的权限）",
    85105: "the account lacks this API（账号没有该接口的权限）",
    85107: "the path is not on the list of 微信令牌权限配置 in the Cloud Run console（该路径不在微信令牌权限配置中）",
    85112: "cloudbase_secret is missing: publish a new version in the Cloud Run console",
    85113: "cloudbase_token is not ready yet: retry a little later",
}


def call(
    config: Config, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> retry.Steps[dict[str, Any]]:
    """Return the steps of one call over HTTPS, with one refresh of an expired token.

    Raises:
        ApiPermissionError: config.json does not list the API.
        CloudSDKError: the parameters are invalid; -604100 when no contract knows the API's path.
    """
    call = _HttpsCall(config, api, options)
    if hooks.are_active():
        yield hooks.CallStarted(call)
    call.set_params(checked(config, api, params, keywords, options))
    deadline = time.monotonic() + (options.timeout or config.timeout)
    source = config.tokens
    if source is not None:
        call.token = _token_or_error(call, (yield _FetchToken(source, deadline)))
    try:
        return (yield from call.attempts(deadline))
    except CloudSDKError as error:
        if source is None or not source.refreshable or error.errCode not in _EXPIRED:
            raise
        expired = error
    token = _token_or_error(call, (yield _FetchToken(source, deadline, call.token)))
    if token == call.token:
        raise expired
    call.token = token
    return (yield from call.attempts(deadline))


def _token_or_error(call: _HttpsCall, outcome: Outcome) -> str:
    if isinstance(outcome, TransportFailure):
        raise call.fail(outcome)
    assert isinstance(outcome, str)
    return outcome


def _foreign(content_type: str, encoding: str) -> str:
    """Return why a response cannot be WeChat's own, or an empty string; its errcode, if any, could not be read."""
    if encoding.strip().lower() not in ("", "identity"):
        return f"the response is compressed ({encoding[:40]}), which was not asked for"
    return "the response is a web page" if "text/html" in content_type.lower() else ""


class _FetchToken:
    """A step of a call: get the token; a TransportFailure without one at `deadline` (time.monotonic())."""

    __slots__ = ("_deadline", "_source", "_stale")

    def __init__(self, source: TokenSource, deadline: float, stale: str = "") -> None:
        self._source = source
        self._deadline = deadline
        self._stale = stale

    def run(self, _: BlockingTransport) -> Outcome:
        token = self._source.get(self._stale, self._deadline)  # nothing can interrupt the program's own callable
        return self._timeout() if token is None else token

    async def run_async(self, _: AsyncTransport) -> Outcome:
        import asyncio

        if self._source.is_ready(self._stale):
            return self._source.current
        fetch = asyncio.ensure_future(self._source.get_async(self._stale, self._deadline))
        try:
            await asyncio.wait([fetch], timeout=max(0.0, self._deadline - time.monotonic()))
            if fetch.done():
                return fetch.result()
        finally:
            fetch.cancel()
        return self._timeout()

    def _timeout(self) -> TransportFailure:
        return TransportFailure(
            "request timeout: access_token returned no token in time", timed_out=True, not_sent=True
        )


class _HttpsCall:
    """One call over HTTPS."""

    _request: HttpsRequest

    def __init__(self, config: Config, api: str, options: Options) -> None:
        self.config = config
        self.hooks = config.hooks
        self.name = f"openapi.{api}"
        self.api = api
        self.seq_id = ""  # WeChat's own, of its last response
        self.token = ""
        self._params: Mapping[str, Any] = {}
        self._options = options
        self._in_cloud_run = config.transport == "cloudrun"

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Find the place of each parameter in the request.

        Raises:
            CloudSDKError: no contract knows the API, or openapi(appid=…) cannot be sent.
        """
        from ..contracts import https_request

        self._params = params
        api, options = self.api, self._options
        request = https_request(api, params, convert_case=options.convert_case)
        if request is None:
            from .._wire.suggest import question
            from ..contracts import nearest

            near = nearest(api)[:1]
            hint = f"; {question(near)}" if near else ""
            raise CloudSDKError(
                API_NOT_FOUND,
                f"openapi.{api}:fail {API_NOT_FOUND} API not found. Over HTTPS an API needs a path, and no contract"
                f" knows one for this name{hint}. Nothing was sent",
                api=api,
            )
        self._request = request
        if options.appid and not self._in_cloud_run:
            raise ConfigError(
                INVALID_PARAM,
                f"openapi.{api}:fail openapi(appid=…) cannot be sent over HTTPS: use that account's own access_token",
                api=api,
            )

    def attempts(self, deadline: float) -> retry.Steps[dict[str, Any]]:
        """Return the steps of the attempts with one token."""
        timeout = deadline - time.monotonic()
        return retry.attempts(self, timeout, self.config.retries, idempotent=self.api in IDEMPOTENT)

    def secrets(self) -> Iterable[str | None]:
        from . import redact

        yield self.token
        yield from self.config.secrets()
        yield from redact.secrets_in(self._params)

    def build(self) -> Request:
        request, config = self._request, self.config
        query = dict(request.query)
        variables = Variables()
        if self.token:
            query["access_token"] = self.token
        elif not self._in_cloud_run:
            query["cloudbase_access_token"] = _cloud_run_token(variables, config, self.api)
        if self._in_cloud_run:
            origin = self._options.appid or variables.process("WX_FROM_APPID")
            if origin:
                query["from_appid"] = origin
        base = config.service_url.rstrip("/") or f"{'http' if self._in_cloud_run else 'https'}://{_HOST}"
        url = f"{base}{request.path}"
        headers = [("Host", base.partition("://")[2])]
        body = b""
        if request.files:
            boundary = form.boundary()
            headers.append(("Content-Type", f"multipart/form-data; boundary={boundary}"))
            body = form.encode_upload(request.form, request.files, boundary)
        elif request.method != "GET":
            headers.append(("Content-Type", "application/json"))
            body = jsontext.stringify(request.body or {}).encode("utf-8", "replace")
        url_with_query = f"{url}?{_query(query)}" if query else url
        return Request(request.method, url_with_query, headers, body, proxy=self._proxy(base), ca=config.ca)

    def _proxy(self, base: str) -> str:
        if self.config.proxy != "environment":
            return self.config.proxy
        from .._wire import proxy  # here: few programs have one

        scheme, _, authority = base.partition("://")
        return proxy.from_environment(scheme, authority)

    def read(self, response: Response) -> dict[str, Any]:
        name = f"openapi.{self.api}"
        if response.status != 200:
            cause = f"{response.status} {status_text(response.status)} | [{self._request.path}]"
            if self._in_cloud_run and response.status == 502:
                cause += " (is the path on the list of 微信令牌权限配置 in the Cloud Run console?)"
            raise CloudSDKError(api=self.api, **answer.failure(name, SYSTEM_ERROR, cause))
        content_type = response.headers.get("content-type", "")
        if not content_type and response.body.lstrip()[:1] == b"{":
            content_type = "application/json"
        foreign = _foreign(content_type, response.headers.get("content-encoding", ""))
        if foreign:
            cause = (
                f"200 OK | [{self._request.path}] {foreign}: something between here and WeChat answered, or changed it"
            )
            raise CloudSDKError(api=self.api, **answer.failure(name, SYSTEM_ERROR, cause))
        message = {"content_type": content_type, "resp_data": response.body}
        sequence = self.seq_id = response.headers.get("x-openapi-seqid", "")
        try:
            result = answer.read_result(self.api, message, self._options.convert_case, sequence)
        except CloudSDKError as error:
            if error.errCode in _EXPLANATIONS:
                error.errMsg += f" ({_EXPLANATIONS[error.errCode]})"
            raise
        if self.api == "cloudbase.getOpenData":
            _unpack(result, self._options.convert_case)
        return result

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        kind = CallTimeoutError if failure.timed_out else TransportError
        return kind(api=self.api, **answer.failure(f"openapi.{self.api}", SYSTEM_ERROR, failure.cause))


def _cloud_run_token(variables: Variables, config: Config, api: str) -> str:
    token = variables.process("WX_CLOUDBASE_ACCESSTOKEN") or variables.access_token(config.platform.tag == "cbr")
    if not token:
        cause = 'no access_token: pass init(transport="https", access_token=…); only Cloud Run provides one'
        raise ConfigError(api=api, **answer.failure(f"openapi.{api}", INVALID_PARAM, cause))
    return token


def _unpack(result: dict[str, Any], convert_case: bool) -> None:
    """Parse ``json`` of open data, which WeChat sends as an object or as a string; callers get the object."""
    items = result.get("dataList" if convert_case else "data_list")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("json"), str):
            try:
                value = jsontext.parse(item["json"])
            except ValueError:
                continue
            item["json"] = case.to_camel(value) if convert_case else value


def _query(query: Mapping[str, Any]) -> str:
    from urllib.parse import quote  # here: it is not needed at a cold start

    return "&".join(f"{quote(name, safe='')}={quote(_text(value), safe='')}" for name, value in query.items())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else jsontext.stringify(value)
