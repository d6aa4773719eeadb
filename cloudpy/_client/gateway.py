"""One call of the gateway, ``/admin``, for any service: address, credentials, form or JSON, signature."""

from __future__ import annotations

import itertools
import re
import time

from .._transports import EncodedRequest, Request, Response, TransportFailure
from .._version import VERSION
from .._wire import answer
from .._wire.javascript import utf8
from .._wire.template import RequestTemplate
from ..errors import INVALID_PARAM, SYSTEM_ERROR, CallTimeoutError, CloudSDKError, ConfigError, TransportError
from . import hooks, retry
from .config import DYNAMIC_CURRENT_ENV, Config
from .context import Variables, raw_values, running, variables_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .._wire.template import FormTemplate
    from .config import Env
    from .hooks import CallHooks

    Fields = tuple[tuple[str, str | bytes], ...]

_SDK_VERSION = "wx-server-sdk/4.0.2"  # the package whose protocol this is; the gateway reads it
_USER_AGENT = f"cloudpy/{VERSION}"
_HOST = "tcb-api.tencentcloudapi.com"
_ENV_ID = r"[a-z0-9_-]{1,40}"
# The characters that Node escapes in a request line; `#` too, which Node would let cut off the query.
# Written as the characters that stay: a class up to the last character of Unicode takes Python 9 ms to compile.
_UNSAFE = r"[^!$-&(-;=?-~]"
_request_numbers = itertools.count(1)
_warnings: set[str] = set()
_MAX_FORMS = 200
_last_env: tuple[Config, Env, tuple[Any, ...], RequestEnv] | None = None


class RequestEnv:
    """The part of a request that depends on where the program runs and for whom: read once per invocation.

    Attributes:
        env: the environment id.
        template: address, headers and credentials of the request.
        address: where connections for it lead.
        tokens: the form fields that say on whose behalf the call is made.
        request_id: the platform's id for the invocation, or an empty string.
    """

    __slots__ = ("_forms", "address", "env", "request_id", "template", "tokens")

    def __init__(self, config: Config, env: Env, variables: Variables, name: str, api: str) -> None:
        platform = config.platform
        self.env = _env_id(env, config, variables)
        secret_id, secret_key, session_token = _credentials(config, variables, name, api)
        url = _base_url(config, self.env, variables)
        source = f"{variables.get('TCB_SOURCE')},{platform.tag}"
        trace = variables.get("TCB_TRACELOG")
        region = config.region or platform.region
        if not _is_url(url):
            from . import redact  # here: it is not needed at a cold start

            cause = f'TCB_CONTEXT_CNFG must be {{"URL": "http://HOST/admin"}}, got the URL {redact.url(url)[:200]!r}'
            raise ConfigError(api=api, **answer.failure(name, INVALID_PARAM, cause))
        self.template = RequestTemplate(url, _headers(source, trace, region), secret_id, secret_key)
        self.address = (url.partition("://")[0], self.template.host, "", "")
        tokens = variables.tokens(platform.tag == "cbr")
        tokens.append(("tcb_sessionToken", variables.get("TCB_SESSIONTOKEN")))
        if session_token is not None:
            tokens.append(("sessionToken", session_token))
        self.tokens = tokens
        self.request_id = variables.get("TCB_SEQID")
        self._forms: dict[Fields, FormTemplate] = {}

    def form(self, fields: Fields) -> FormTemplate:
        """Return the template of forms with these fields, in which ``requestData`` differs.

        Raises:
            ValueError: a header contains a line break.
        """
        template = self._forms.get(fields)
        if template is None:
            every = (
                *fields, ("requestData", b""), ("envName", self.env), *self.tokens, ("crossAuthorizationToken", ""),
            )  # fmt: skip
            template = self.template.form(every, "requestData")
            if len(self._forms) >= _MAX_FORMS:
                self._forms.clear()
            self._forms[fields] = template
        return template


class GatewayCall:
    """One call of the gateway: builds its requests, reads its responses, and names its errors.

    Args:
        config: the options of init().
        name: the call's name in errors: ``openapi.cloudbase.getOpenData``, ``callFunction``.
        api: the ``api`` of its errors.
        env: the environment, as ``config.env_for(service)`` returns it; that of init() by default.
    """

    __slots__ = ("api", "config", "env", "name", "seq_id", "url")

    def __init__(self, config: Config, name: str, api: str, env: Env = None) -> None:
        self.config = config
        self.env = env or config.env
        self.name = name
        self.api = api
        self.seq_id = ""
        self.url = ""

    @property
    def hooks(self) -> CallHooks:
        """The hooks on this call."""
        return self.config.hooks

    def steps(
        self, *, timeout: float | None = None, retries: int | None = None, idempotent: bool = False
    ) -> retry.Steps[Any]:
        """Return the steps of the call.

        Args:
            timeout: seconds for all attempts together; that of init() by default.
            retries: further attempts; the number of init() by default.
            idempotent: whether calling twice has the effect of calling once.
        """
        if hooks.are_active():
            yield hooks.CallStarted(self)
        self.prepare()
        config = self.config
        retries = config.retries if retries is None else retries
        return (yield from retry.attempts(self, timeout or config.timeout, retries, idempotent=idempotent))

    def secrets(self) -> Iterable[str | None]:
        """Yield the secrets that no error may show, besides those of the variables."""
        yield from self.config.secrets()

    def prepare(self) -> None:
        """Check the call before its first attempt."""

    def build(self) -> Request:
        """Return the request of one attempt, signed with the current time."""
        raise NotImplementedError

    def result(self, response: Response) -> Any:
        """Return the result of a response with status 200, or raise its error."""
        raise NotImplementedError

    def read(self, response: Response) -> Any:
        """Return the result of a response, or raise its error."""
        if response.status != 200:
            raise self.error_of_status(response)
        result = self.result(response)
        return self.config.read(result) if self.config.read else result

    def error_of_status(self, response: Response) -> CloudSDKError:
        """Return the error of a response with another status than 200."""
        from .._wire.status_text import status_text  # late: not needed at a cold start
        from .redact import url

        cause = f"{response.status} {status_text(response.status)} | [{url(self.url)}]"
        return CloudSDKError(api=self.api, **answer.failure(self.name, SYSTEM_ERROR, cause, self.seq_id))

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        """Return the error of a failure."""
        kind = CallTimeoutError if failure.timed_out else TransportError
        return kind(api=self.api, **answer.failure(self.name, SYSTEM_ERROR, failure.cause, self.seq_id))

    def request_env(self) -> RequestEnv:
        """Return the environment of a request; within an invocation it is read once."""
        invocation = running()
        if invocation is None:
            return self._process_env()
        key = id(self.config), self.env  # the config lives as long as the value, which is kept beside it
        cached: tuple[Config, RequestEnv] | None = invocation.cache.get(key)
        if cached is None:
            cached = self.config, RequestEnv(self.config, self.env, Variables(), self.name, self.api)
            invocation.cache[key] = cached
        return cached[1]

    def _process_env(self) -> RequestEnv:
        """Return the environment outside of an invocation: that of the last call, unless a variable has changed."""
        global _last_env
        raw = raw_values()
        last = _last_env
        if last is not None and last[0] is self.config and last[1] == self.env and last[2] == raw:
            return last[3]
        request_env = RequestEnv(self.config, self.env, variables_of(raw), self.name, self.api)
        if self.config.platform.tag != "cbr":  # Cloud Run's token is in a file
            _last_env = self.config, self.env, raw, request_env
        return request_env

    def error_of_foreign_account(self) -> ConfigError:
        """Return the error of a call that a Cloud for another account's resources cannot make."""
        cause = (
            "invalid config: getCrossAccountInfo: a Cloud for another account's resources cannot call WeChat's APIs."
            " Call them with your own Cloud; for another account that is yours, with openapi(appid=…)"
        )
        return ConfigError(api=self.api, **answer.failure(self.name, INVALID_PARAM, cause))


class FormCall(GatewayCall):
    """A call whose request is a form with one message in it.

    Args:
        config: the options of init().
        name: the call's name in errors.
        api: the ``api`` of its errors.
        fields: the form fields before the message, which name what is called.
        data: the message, the field ``requestData``.
        env: the environment; that of init() by default.
    """

    __slots__ = ("_data", "_fields")

    def __init__(self, config: Config, name: str, api: str, fields: Fields, data: bytes, env: Env = None) -> None:
        super().__init__(config, name, api, env)
        self._fields = fields
        self._data = data

    def build(self) -> Request:
        if self.config.account is not None:
            raise self.error_of_foreign_account()
        now = time.time()
        request_env = self.request_env()
        self.seq_id = sequence_id(request_env.request_id, now)
        try:
            form = request_env.form(self._fields)
        except ValueError as error:
            raise self.fail(TransportFailure(f"Parse Error: {error}")) from None
        self.url, head, body = form.render(self._data, query(request_env.env, self.seq_id), now)
        return EncodedRequest("POST", self.url, request_env.address, head, body)


class JSONCall(GatewayCall):
    """A call whose request is one JSON object.

    Args:
        config: the options of init().
        name: the call's name in errors.
        api: the ``api`` of its errors.
        params: the keys of this call; those with None are omitted.
        env: the environment; that of init() by default.
    """

    __slots__ = ("_params",)

    def __init__(self, config: Config, name: str, api: str, params: Mapping[str, Any], env: Env = None) -> None:
        super().__init__(config, name, api, env)
        self._params = {key: value for key, value in params.items() if value is not None}

    def secrets(self) -> Iterable[str | None]:
        from . import redact

        yield from super().secrets()
        yield from redact.secrets_in(self._params)

    def build(self) -> Request:
        now = time.time()
        request_env = self.request_env()
        account = self.config.account
        body = {
            **self._params,
            "envName": request_env.env,
            **dict(request_env.tokens),
            "crossAuthorizationToken": account.authorization if account else "",
        }
        self.seq_id = sequence_id(request_env.request_id, now)
        own_query = query(request_env.env, self.seq_id)
        self.url, headers, data = request_env.template.json(body, own_query, now, self.headers())
        return Request("POST", self.url, headers, data)

    def headers(self) -> list[tuple[str, str]]:
        """Return further headers of the request."""
        return []


def sequence_id(platform_id: str, now: float) -> str:
    """Return the id of one request: hexadecimal milliseconds and a counter, after the platform's own id if any."""
    own = f"{int(now * 1000):x}_{next(_request_numbers):x}"
    return f"{platform_id}-{own}" if platform_id else own


def query(env: str, seq_id: str) -> str:
    """Return the query of a request, escaped as Node escapes a request line."""
    text = f"env={env}&seqId={seq_id}"
    plain = f"{env}{seq_id}".replace("-", "").replace("_", "")
    if not plain.isalnum() or not plain.isascii():
        text = re.sub(_UNSAFE, lambda match: "".join(f"%{byte:02X}" for byte in utf8(match[0])), text)
    return text


def _headers(source: str, trace: str, region: str) -> list[tuple[str, str]]:
    headers = [("User-Agent", _USER_AGENT), ("X-TCB-Source", source), ("X-SDK-Version", _SDK_VERSION)]
    if trace:
        headers.append(("X-TCB-Tracelog", trace))
    if region:
        headers.append(("X-TCB-Region", region))
    return headers


def _env_id(env: Env, config: Config, variables: Variables) -> str:
    if env is DYNAMIC_CURRENT_ENV:
        return variables.env_id()
    if env:
        return str(env)
    current = variables.env_id() if config.platform.tag == "scf" else ""
    _warn_once(
        f"init() has no env: using {current!r}, the running function's own"
        if current
        else "init() has no env: the gateway takes the account's first one; pass env=cloud.DYNAMIC_CURRENT_ENV"
    )
    return current


def _credentials(config: Config, variables: Variables, name: str, api: str) -> tuple[str, str, str | None]:
    if config.account is not None:
        return config.account.secret_id, config.account.secret_key, config.account.token
    if config.secret_id:
        return config.secret_id, config.secret_key, config.session_token
    secret_id, secret_key = variables.get("TENCENTCLOUD_SECRETID"), variables.get("TENCENTCLOUD_SECRETKEY")
    if secret_id and secret_key:
        return secret_id, secret_key, variables.find("TENCENTCLOUD_SESSIONTOKEN")
    cause = (
        "missing secretId or secretKey of tencent cloud: in the cloud the platform sets TENCENTCLOUD_SECRETID and"
        " TENCENTCLOUD_SECRETKEY; elsewhere pass init(secretId=…, secretKey=…), or run against the local WeChat"
        " (cloudpy run, cloudpy gateway)"
    )
    raise ConfigError(api=api, **answer.failure(name, INVALID_PARAM, cause))


def _base_url(config: Config, env: str, variables: Variables) -> str:
    """Return the gateway's address, without a query.

    ``serviceUrl`` of init() comes first, then the URL that the platform (or a local gateway) puts into
    TCB_CONTEXT_CNFG, then Tencent's own host: over plain http inside its network, over https outside.
    """
    if config.service_url:
        return config.service_url
    injected = variables.get("TCB_CONTEXT_CNFG")
    if injected:
        import json  # here: it is not needed at a cold start

        try:
            url = json.loads(injected).get("URL")
        except (ValueError, AttributeError):
            _warn_once('TCB_CONTEXT_CNFG is ignored: expected a JSON object {"URL": …}')
        else:
            if url:
                return str(url)
    platform = config.platform
    region = config.region or platform.region
    host = f"{region}.{_HOST}" if region else _HOST
    if platform.inside and (not region or region == platform.region):
        host = f"internal.{host}"
    if re.fullmatch(_ENV_ID, env):
        host = f"{env}.{host}"
    return f"{'http' if platform.inside else 'https'}://{host}/admin"


def _is_url(url: str) -> bool:
    """Whether `url` has a scheme and a host that a request can be sent to."""
    scheme, separator, rest = url.partition("://")
    return bool(separator) and scheme in ("http", "https") and rest[:1] not in ("", "/", "?", "#")


def _warn_once(text: str) -> None:
    if text not in _warnings:
        _warnings.add(text)
        from .logging import logger  # here: it is not needed at a cold start

        logger().warning("%s", text)
