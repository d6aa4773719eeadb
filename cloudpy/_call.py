"""One openapi call, without I/O: check the permission, build the request, read the answer."""

from __future__ import annotations

import time
from collections.abc import Mapping

from . import _attempts, _endpoint, _transports
from ._config import DYNAMIC_CURRENT_ENV, Config
from ._context import Variables
from ._error_codes import INVALID_PARAM, SYSTEM_ERROR
from ._options import Options
from ._repeatable import REPEATABLE
from ._transports import Failure, Request, Response
from ._version import VERSION
from ._wire import answer, jsontext, messages, pairs
from ._wire.envelope import Envelope
from .errors import CallTimeoutError, CloudSDKError, ConfigError, TransportError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SDK_VERSION = "wx-server-sdk/4.0.2"  # the package whose wire this is; the gateway looks at it
_USER_AGENT = f"cloudpy/{VERSION}"
_warned: set[str] = set()
_KEPT_ENVELOPES = 64
_envelopes: dict[tuple[object, ...], Envelope] = {}


def call(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> dict[str, Any]:
    """Makes one call, blocking."""
    return _attempts.drive(steps(config, api, params, keywords, options), _transports.blocking_transport())


async def call_async(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> dict[str, Any]:
    """Makes one call, awaiting."""
    return await _attempts.drive_async(steps(config, api, params, keywords, options), _transports.async_transport())


def steps(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> _attempts.Steps[dict[str, Any]]:
    """The steps of ``openapi.<api>(params)``; whoever drives them gets the result or the error.

    Raises:
        CloudSDKError: init() was not called; the parameters cannot be sent.
        ApiPermissionError: config.json does not list the API.
    """
    if config is None:
        raise CloudSDKError(
            -1, f"openapi.{api}:fail not initialized: call cloud.init() first（请先调用 cloud.init()）", api=api
        )
    if config.permissions is not None:
        config.permissions.check(api)
    given = _one(api, params, keywords)
    if config.validate:
        from ._checks import check

        check(api, given, options.convert_case)
    if config.transport:
        from . import _https

        return _https.steps(config, api, given, options)
    data = _request_data(api, given, options)
    made = _Call(config, api, data, options)
    return _attempts.attempts(
        build=made.build,
        read=made.read,
        fail=made.fail,
        timeout=options.timeout or config.timeout,
        retries=config.retries,
        repeatable=api in REPEATABLE,
    )


class _Call:
    """What the attempts of one call share."""

    __slots__ = ("_api", "_config", "_data", "_options", "_seq_id", "_url")

    def __init__(self, config: Config, api: str, data: bytes, options: Options) -> None:
        self._config = config
        self._api = api
        self._data = data
        self._options = options
        self._seq_id = ""
        self._url = ""

    def build(self) -> Request:
        config = self._config
        variables = Variables()
        now = time.time()
        tag = config.platform.tag
        env = _env_id(config, variables)
        secret_id, secret_key, session_token = _credentials(config, variables, self._api)
        base = _endpoint.base_url(
            variables, config.platform, env=env, service_url=config.service_url, region=config.region, warn=_warn_once
        )
        state = (
            self._api,
            self._options.version == "v2",
            base,
            env,
            secret_id,
            secret_key,
            f"{variables.get('TCB_SOURCE')},{tag}",
            variables.get("TCB_TRACELOG"),
            config.region or config.platform.region,
        )
        envelope = _envelopes.get(state)
        if envelope is None or not envelope.fits(self._data):
            envelope = _envelope(*state)
        tokens = variables.tokens(tag == "cbr")
        tokens.append(("tcb_sessionToken", variables.get("TCB_SESSIONTOKEN")))
        if session_token is not None:
            tokens.append(("sessionToken", session_token))
        self._seq_id = _endpoint.sequence_id(variables, now)
        self._url, headers, body = envelope.seal(self._data, tokens, _endpoint.query(env, self._seq_id), now)
        return Request("POST", self._url, headers, body)

    def read(self, response: Response) -> dict[str, Any]:
        if response.status != 200:
            from ._wire import phrases  # here: it is not needed at a cold start

            cause = f"{response.status} {phrases.of(response.status)} | [{self._url}]"
            details = answer.failure(f"openapi.{self._api}", SYSTEM_ERROR, cause, self._seq_id)
            raise CloudSDKError(api=self._api, **details)
        message = answer.read_message(self._api, response.headers.get("content-type", ""), response.body, self._seq_id)
        return answer.read_result(self._api, message, self._options.convert_case, self._seq_id)

    def fail(self, failure: Failure) -> CloudSDKError:
        kind = CallTimeoutError if failure.timed_out else TransportError
        details = answer.failure(f"openapi.{self._api}", SYSTEM_ERROR, failure.cause, self._seq_id)
        return kind(api=self._api, **details)


def _envelope(
    api: str,
    second_method: bool,
    url: str,
    env: str,
    secret_id: str,
    secret_key: str,
    source: str,
    trace: str,
    region: str,
) -> Envelope:
    """The unchanging parts of a request, kept for the next one."""
    lead = [("action", "wx.openApi"), ("apiName", api)]
    if second_method:
        lead.append(("cgiName", "commrpcv2"))
    headers = [("User-Agent", _USER_AGENT), ("X-TCB-Source", source), ("X-SDK-Version", _SDK_VERSION)]
    if trace:
        headers.append(("X-TCB-Tracelog", trace))
    if region:
        headers.append(("X-TCB-Region", region))
    made = Envelope(
        url=url,
        env=env,
        lead=lead,
        close=[("crossAuthorizationToken", "")],
        headers=headers,
        secret_id=secret_id,
        secret_key=secret_key,
    )
    if len(_envelopes) >= _KEPT_ENVELOPES:  # credentials and trace ids change: what is old is not asked for again
        _envelopes.clear()
    _envelopes[api, second_method, url, env, secret_id, secret_key, source, trace, region] = made
    return made


def _one(api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Mapping[str, Any]:
    if params is None:
        return keywords
    if type(params) is not dict and not isinstance(params, Mapping):
        raise _unsendable(api, f"parameters are one dict or keywords, got a {type(params).__name__}")
    if keywords:
        raise _unsendable(api, "parameters are one dict or keywords, not both")
    return params


def _request_data(api: str, params: Mapping[str, Any], options: Options) -> bytes:
    try:
        encoded = pairs.encode(api, params, options.convert_case)
    except jsontext.NotJSONError as error:
        raise _unsendable(api, f"parameter {error}") from None
    except RecursionError:
        raise _unsendable(api, "the parameters contain themselves, or nest too deep") from None
    return messages.encode(
        "CommApiData", {"api_type": messages.OPEN_API, "openapi_data": {"pairs": encoded}, "appid": options.appid}
    )


def _unsendable(api: str, what: str) -> CloudSDKError:
    return CloudSDKError(-1, f"openapi.{api}:fail {what}. Nothing was sent", api=api)


def _env_id(config: Config, variables: Variables) -> str:
    if config.env is DYNAMIC_CURRENT_ENV:
        return variables.env_id()
    if config.env:
        return str(config.env)
    env = variables.env_id() if config.platform.tag == "scf" else ""
    _warn_once(
        f"init() was given no env: using {env!r}, the running function's own"
        if env
        else "init() was given no env: the gateway takes the account's first one; give env=cloud.DYNAMIC_CURRENT_ENV"
    )
    return env


def _credentials(config: Config, variables: Variables, api: str) -> tuple[str, str, str | None]:
    if config.secret_id:
        return config.secret_id, config.secret_key, config.session_token
    secret_id, secret_key = variables.get("TENCENTCLOUD_SECRETID"), variables.get("TENCENTCLOUD_SECRETKEY")
    if secret_id and secret_key:
        return secret_id, secret_key, variables.get("TENCENTCLOUD_SESSIONTOKEN") or None
    cause = (
        "missing secretId or secretKey of tencent cloud: in the cloud the platform sets TENCENTCLOUD_SECRETID and"
        " TENCENTCLOUD_SECRETKEY; elsewhere give init(secretId=…, secretKey=…), or run against the local WeChat"
        " (cloudpy run, cloudpy gateway)"
    )
    raise ConfigError(api=api, **answer.failure(f"openapi.{api}", INVALID_PARAM, cause))


def _warn_once(text: str) -> None:
    if text not in _warned:
        _warned.add(text)
        import logging  # here: it is not needed at a cold start

        logging.getLogger("cloudpy").warning("%s", text)
