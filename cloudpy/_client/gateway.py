"""One call of the gateway, ``/admin``, whatever it asks for: the address, who asks, the form or JSON, the signature."""

from __future__ import annotations

import time

from .._error_codes import INVALID_PARAM, SYSTEM_ERROR
from .._transports import Request, Response, TransportFailure
from .._version import VERSION
from .._wire import answer
from .._wire.envelope import Envelope
from ..errors import CallTimeoutError, CloudSDKError, ConfigError, TransportError
from . import endpoint, retry
from .config import DYNAMIC_CURRENT_ENV, Config
from .context import Variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .config import _CurrentEnv

    Texts = tuple[tuple[str, str], ...]
    Lead = tuple[tuple[str, str | bytes], ...]
    Env = str | _CurrentEnv | None

_SDK_VERSION = "wx-server-sdk/4.0.2"  # the package whose wire this is; the gateway looks at it
_USER_AGENT = f"cloudpy/{VERSION}"
_warned: set[str] = set()
_KEPT_ENVELOPES = 64
_envelopes: dict[tuple[object, ...], Envelope] = {}


class GatewayCall:
    """What the attempts of one call share: how a request is made, and what its errors are called.

    Args:
        name: as errors show it: ``openapi.cloudbase.getOpenData``, ``callFunction``.
        api: the name that an error's ``api`` has.
        env: the environment, when not the default one: what ``config.env_for(service)`` gives.
    """

    __slots__ = ("api", "config", "env", "name", "seq_id", "url")

    def __init__(self, config: Config, name: str, api: str, env: Env = None) -> None:
        self.config = config
        self.env = env or config.env
        self.name = name
        self.api = api
        self.seq_id = ""
        self.url = ""

    def steps(
        self, *, timeout: float | None = None, retries: int | None = None, repeatable: bool = False
    ) -> retry.Steps[dict[str, Any]]:
        """The steps of the call; whoever drives them gets the result or the error.

        Args:
            timeout: seconds for all attempts together, when not the time of init().
            retries: further attempts, when not the number of init().
            repeatable: whether asking twice does no more than asking once.
        """
        return retry.attempts(
            build=self.build,
            read=self.read,
            fail=self.fail,
            timeout=timeout or self.config.timeout,
            retries=self.config.retries if retries is None else retries,
            repeatable=repeatable,
            call=self,
        )

    def secrets(self) -> Iterable[str]:
        """Texts of the parameters that no error may show, beside the secrets of init() and of the variables."""
        return ()

    def build(self) -> Request:
        """The request of one attempt, signed with the time."""
        raise NotImplementedError

    def result(self, response: Response) -> dict[str, Any]:
        """What an answer with HTTP status 200 comes to."""
        raise NotImplementedError

    def read(self, response: Response) -> dict[str, Any]:
        if response.status != 200:
            from .._wire import phrases  # here: it is not needed at a cold start
            from .redact import url

            cause = f"{response.status} {phrases.of(response.status)} | [{url(self.url)}]"
            details = answer.failure(self.name, SYSTEM_ERROR, cause, self.seq_id)
            raise CloudSDKError(api=self.api, **details)
        return self.result(response)

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        kind = CallTimeoutError if failure.timed_out else TransportError
        details = answer.failure(self.name, SYSTEM_ERROR, failure.cause, self.seq_id)
        return kind(api=self.api, **details)

    def of_another_account(self) -> ConfigError:
        """The error of a call that is made for the own account alone."""
        cause = (
            "invalid config: getCrossAccountInfo: a Cloud for another account's resources makes no calls of WeChat's"
            " APIs; make them with the own Cloud, for an account that is its own with openapi(appid=…)"
        )
        return ConfigError(api=self.api, **answer.failure(self.name, INVALID_PARAM, cause))

    def surroundings(self, variables: Variables) -> tuple[str, str, str, str, str | None, str, str, str]:
        """What a request takes from where the program runs: base address, environment, the three parts of the
        credentials, source, trace and region."""
        config = self.config
        env = _env_id(self.env, config, variables)
        secret_id, secret_key, session_token = _credentials(config, variables, self.name, self.api)
        base = endpoint.base_url(
            variables, config.platform, env=env, service_url=config.service_url, region=config.region, warn=_warn_once
        )
        if not endpoint.is_address(base):
            from .redact import url  # here: it is not needed at a cold start

            cause = f'TCB_CONTEXT_CNFG must be {{"URL": "http://HOST/admin"}}, got the URL {url(base)[:200]!r}'
            raise ConfigError(api=self.api, **answer.failure(self.name, INVALID_PARAM, cause))
        source = f"{variables.get('TCB_SOURCE')},{config.platform.tag}"
        trace = variables.get("TCB_TRACELOG")
        return base, env, secret_id, secret_key, session_token, source, trace, config.region or config.platform.region


class FormCall(GatewayCall):
    """A call whose request is a form with one message in it.

    Args:
        lead: the fields before the message, which say what is asked for.
        data: the message, field ``requestData``.
    """

    __slots__ = ("_data", "_lead")

    def __init__(self, config: Config, name: str, api: str, lead: Lead, data: bytes, env: Env = None) -> None:
        super().__init__(config, name, api, env)
        self._lead = lead
        self._data = data

    def build(self) -> Request:
        if self.config.account is not None:
            raise self.of_another_account()
        variables = Variables()
        now = time.time()
        base, env, secret_id, secret_key, session_token, source, trace, region = self.surroundings(variables)
        state = (self._lead, base, env, secret_id, secret_key, source, trace, region)
        envelope = _envelopes.get(state)
        if envelope is None or not envelope.fits(self._data):
            envelope = _envelope(*state)
        tokens = _tokens(self.config, variables, session_token)
        self.seq_id = endpoint.sequence_id(variables, now)
        self.url, headers, body = envelope.seal(self._data, tokens, endpoint.query(env, self.seq_id), now)
        return Request("POST", self.url, headers, body)


class JSONCall(GatewayCall):
    """A call whose request is one JSON object.

    Args:
        params: its keys before those that every request has; those with None are left out.
    """

    __slots__ = ("_params",)

    def __init__(self, config: Config, name: str, api: str, params: dict[str, Any], env: Env = None) -> None:
        super().__init__(config, name, api, env)
        self._params = {key: value for key, value in params.items() if value is not None}

    def secrets(self) -> Iterable[str]:
        from . import redact

        return redact.secrets_in(self._params)

    def build(self) -> Request:
        from .._wire import jsontext, signature  # here: an openapi call needs neither

        variables = Variables()
        now = time.time()
        base, env, secret_id, secret_key, session_token, source, trace, region = self.surroundings(variables)
        body = {
            **self._params,
            "envName": env,
            **dict(_tokens(self.config, variables, session_token)),
            "crossAuthorizationToken": self.config.account.authorization if self.config.account else "",
        }
        self.seq_id = endpoint.sequence_id(variables, now)
        query = endpoint.query(env, self.seq_id)
        self.url = f"{base}{'' if '?' in base else '?'}{query}"
        signed_at = int(now) - 1
        headers = [
            ("Host", self.url.split("/", 3)[2].partition("?")[0]),
            ("Content-Type", "application/json"),
            ("X-Client-Timestamp", str(int(now * 1000))),
            *_headers(source, trace, region),
            *self.headers(variables),
        ]
        plainly = jsontext.quote_plainly  # what is no text is signed as JavaScript's own JSON writes it
        texts = [
            (key, item if isinstance(item, str) else jsontext.stringify(item, quote=plainly))
            for key, item in body.items()
        ]
        authorization = signature.authorization(
            method="post",
            url=self.url,
            headers=headers,
            fields=texts,
            secret_id=secret_id,
            secret_key=secret_key,
            timestamp=signed_at,
        )
        headers += [
            ("Authorization", authorization),
            ("X-Signature-Expires", "600"),
            ("X-Timestamp", str(signed_at)),
        ]
        return Request("POST", self.url, headers, jsontext.stringify(body, quote=jsontext.quote_plainly).encode())

    def headers(self, variables: Variables) -> list[tuple[str, str]]:
        """Further headers that the call has."""
        return []


def _tokens(config: Config, variables: Variables, session_token: str | None) -> list[tuple[str, str]]:
    tokens = variables.tokens(config.platform.tag == "cbr")
    tokens.append(("tcb_sessionToken", variables.get("TCB_SESSIONTOKEN")))
    if session_token is not None:
        tokens.append(("sessionToken", session_token))
    return tokens


def _envelope(
    lead: Lead, url: str, env: str, secret_id: str, secret_key: str, source: str, trace: str, region: str
) -> Envelope:
    """The unchanging parts of a request, kept for the next one."""
    made = Envelope(
        url=url,
        env=env,
        lead=lead,
        close=[("crossAuthorizationToken", "")],
        headers=_headers(source, trace, region),
        secret_id=secret_id,
        secret_key=secret_key,
    )
    if len(_envelopes) >= _KEPT_ENVELOPES:  # credentials and trace ids change: what is old is not asked for again
        _envelopes.clear()
    _envelopes[lead, url, env, secret_id, secret_key, source, trace, region] = made
    return made


def _headers(source: str, trace: str, region: str) -> list[tuple[str, str]]:
    headers = [("User-Agent", _USER_AGENT), ("X-TCB-Source", source), ("X-SDK-Version", _SDK_VERSION)]
    if trace:
        headers.append(("X-TCB-Tracelog", trace))
    if region:
        headers.append(("X-TCB-Region", region))
    return headers


def _env_id(wanted: Env, config: Config, variables: Variables) -> str:
    if wanted is DYNAMIC_CURRENT_ENV:
        return variables.env_id()
    if wanted:
        return str(wanted)
    env = variables.env_id() if config.platform.tag == "scf" else ""
    _warn_once(
        f"init() was given no env: using {env!r}, the running function's own"
        if env
        else "init() was given no env: the gateway takes the account's first one; give env=cloud.DYNAMIC_CURRENT_ENV"
    )
    return env


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
        " TENCENTCLOUD_SECRETKEY; elsewhere give init(secretId=…, secretKey=…), or run against the local WeChat"
        " (cloudpy run, cloudpy gateway)"
    )
    raise ConfigError(api=api, **answer.failure(name, INVALID_PARAM, cause))


def _warn_once(text: str) -> None:
    if text not in _warned:
        _warned.add(text)
        from .log import logger  # here: it is not needed at a cold start

        logger().warning("%s", text)
