"""The same calls over WeChat's HTTPS API, or through the token-less door of WeChat Cloud Run (微信云托管).

Where a parameter goes (query, body, form, file) differs from API to API: the contracts know it. This and _checks are
the only places of the deployed side that open them, and only for those who ask for it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from .._error_codes import API_NOT_FOUND, INVALID_PARAM, SYSTEM_ERROR
from .._transports import Request, Response, TransportFailure
from .._wire import answer, case, form, jsontext, phrases
from ..errors import CallTimeoutError, CloudSDKError, ConfigError, TransportError
from . import retry
from .config import Config
from .context import Variables
from .idempotent import REPEATABLE
from .options import Options

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
# What users ask about most often: WeChat's own message says that it was refused, not what to do.
_EXPLAINED = {
    40001: "the access_token is not this account's, or a newer one was fetched（access_token 无效或已被新的取代）",
    41001: "no access_token: in Cloud Run switch 开放接口服务 on and publish a new version; it is not there while the"
    " container starts; elsewhere give init(access_token=…)",
    42001: "the access_token has expired（access_token 已过期）",
    48001: "the account lacks this API（账号没有该接口的权限）",
    85105: "the account lacks this API（账号没有该接口的权限）",
    85107: "the path is not on the list of 微信令牌权限配置 in the Cloud Run console（该路径不在微信令牌权限配置中）",
    85112: "cloudbase_secret is missing: publish a new version in the Cloud Run console",
    85113: "cloudbase_token is not ready yet: try again a little later",
}


def steps(config: Config, api: str, params: Mapping[str, Any], options: Options) -> retry.Steps[dict[str, Any]]:
    """The steps of one call over HTTPS, with one bounded refresh of a token that has expired.

    Raises:
        CloudSDKError: -604100 when no contract knows the API's path.
    """
    call = _Call(config, api, params, options)
    ends = time.monotonic() + (options.timeout or config.timeout)
    source = config.tokens
    if source is not None:
        token = yield _Obtain(source, ends)
        if isinstance(token, TransportFailure):
            raise call.fail(token)
        assert isinstance(token, str)
        call.token = ("access_token", token)
    try:
        return (yield from call.attempts(ends))
    except CloudSDKError as error:
        if source is None or not source.refreshable or error.errCode not in _EXPIRED:
            raise
        refused = error
    token = yield _Obtain(source, ends, call.token[1])
    if isinstance(token, TransportFailure):
        raise call.fail(token)
    if token == call.token[1]:
        raise refused
    assert isinstance(token, str)
    call.token = ("access_token", token)
    return (yield from call.attempts(ends))


def _not_of_wechat(content_type: str, encoding: str) -> str:
    """What an answer is that cannot be WeChat's own, in words; its errcode could not be seen, if it has one."""
    if encoding.strip().lower() not in ("", "identity"):
        return f"the answer is compressed ({encoding[:40]}), which was not asked for"
    return "the answer is a web page" if "text/html" in content_type.lower() else ""


class _Obtain:
    """A step of a call: get the token; a TransportFailure when there is none at `ends` (time.monotonic())."""

    __slots__ = ("_ends", "_source", "_stale")

    def __init__(self, source: TokenSource, ends: float, stale: str = "") -> None:
        self._source = source
        self._ends = ends
        self._stale = stale

    def run(self, _: BlockingTransport) -> Outcome:
        token = self._source.get(self._stale, self._ends)  # nothing can interrupt the program's own callable
        return self._late() if token is None else token

    async def run_async(self, _: AsyncTransport) -> Outcome:
        import asyncio

        if self._source.is_ready(self._stale):
            return self._source.current
        asked = asyncio.ensure_future(self._source.get_async(self._stale, self._ends))
        try:
            await asyncio.wait([asked], timeout=max(0.0, self._ends - time.monotonic()))
            if asked.done():
                return asked.result()
        finally:
            asked.cancel()
        return self._late()

    def _late(self) -> TransportFailure:
        return TransportFailure("request timeout: access_token gave none in time", timed_out=True, not_sent=True)


class _Call:
    """What the attempts of one call share."""

    def __init__(self, config: Config, api: str, params: Mapping[str, Any], options: Options) -> None:
        from ..contracts import https_request

        self.config = config
        self.name = f"openapi.{api}"
        self.api = api
        self.seq_id = ""  # WeChat's own, of its last answer
        self._params = params
        self._options = options
        self._shared = config.transport == "cloudrun"
        self.token = ("", "")
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
        self._request: HttpsRequest = request
        if options.appid and not self._shared:
            raise ConfigError(
                INVALID_PARAM,
                f"openapi.{api}:fail openapi(appid=…) has no form over HTTPS: give that account's own access_token",
                api=api,
            )

    def attempts(self, ends: float) -> retry.Steps[dict[str, Any]]:
        return retry.attempts(
            build=self.build,
            read=self.read,
            fail=self.fail,
            timeout=ends - time.monotonic(),
            retries=self.config.retries,
            repeatable=self.api in REPEATABLE,
            call=self,
        )

    def secrets(self) -> Iterable[str]:
        """What no error may show, beside the secrets of init() and of the variables."""
        from . import redact

        return {self.token[1], *redact.secrets_in(self._params)}

    def build(self) -> Request:
        request, config = self._request, self.config
        query = dict(request.query)
        variables = Variables()
        if self.token[0]:
            query[self.token[0]] = self.token[1]
        elif not self._shared:
            query["cloudbase_access_token"] = _cloud_run_token(variables, config, self.api)
        if self._shared:
            origin = self._options.appid or variables.process("WX_FROM_APPID")
            if origin:
                query["from_appid"] = origin
        base = config.service_url.rstrip("/") or f"{'http' if self._shared else 'https'}://{_HOST}"
        url = f"{base}{request.path}"
        headers = [("Host", base.partition("://")[2])]
        body = b""
        if request.files:
            mark = form.boundary()
            headers.append(("Content-Type", f"multipart/form-data; boundary={mark}"))
            body = form.encode_upload(request.form, request.files, mark)
        elif request.method != "GET":
            headers.append(("Content-Type", "application/json"))
            body = jsontext.stringify(request.body or {}).encode("utf-8", "replace")
        whole = f"{url}?{_query(query)}" if query else url
        return Request(request.method, whole, headers, body, proxy=self._proxy(base), ca=config.ca)

    def _proxy(self, base: str) -> str:
        if self.config.proxy != "environment":
            return self.config.proxy
        from .._wire import proxy  # here: few programs have one

        scheme, _, authority = base.partition("://")
        return proxy.from_environment(scheme, authority)

    def read(self, response: Response) -> dict[str, Any]:
        name = f"openapi.{self.api}"
        if response.status != 200:
            cause = f"{response.status} {phrases.of(response.status)} | [{self._request.path}]"
            if self._shared and response.status == 502:
                cause += " (is the path on the list of 微信令牌权限配置 in the Cloud Run console?)"
            raise CloudSDKError(api=self.api, **answer.failure(name, SYSTEM_ERROR, cause))
        content_type = response.headers.get("content-type", "")
        if not content_type and response.body.lstrip()[:1] == b"{":
            content_type = "application/json"
        odd = _not_of_wechat(content_type, response.headers.get("content-encoding", ""))
        if odd:
            cause = f"200 OK | [{self._request.path}] {odd}: something between here and WeChat answered, or changed it"
            raise CloudSDKError(api=self.api, **answer.failure(name, SYSTEM_ERROR, cause))
        message = {"content_type": content_type, "resp_data": response.body}
        sequence = self.seq_id = response.headers.get("x-openapi-seqid", "")
        try:
            result = answer.read_result(self.api, message, self._options.convert_case, sequence)
        except CloudSDKError as error:
            if error.errCode in _EXPLAINED:
                error.errMsg += f" ({_EXPLAINED[error.errCode]})"
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
        cause = 'no access_token: give init(transport="https", access_token=…); only in Cloud Run is one provided'
        raise ConfigError(api=api, **answer.failure(f"openapi.{api}", INVALID_PARAM, cause))
    return token


def _unpack(result: dict[str, Any], convert_case: bool) -> None:
    """WeChat sends ``json`` of open data as an object or as its text: callers get the object, whichever it was."""
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
