"""The options of init(), checked: what they may be, and what to do about one that is not."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .._error_codes import INVALID_PARAM
from ..errors import ConfigError
from .hooks import Watchers
from .permissions import Permissions
from .platform import Platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .access_token import TokenSource

_LONGEST = 900.0  # seconds: the longest a cloud function may run
DEFAULT_TIMEOUT = 15.0  # seconds, as in Node


class _CurrentEnv:
    """The environment that the running function belongs to, looked up at each call."""

    _instance: _CurrentEnv | None = None

    def __new__(cls) -> _CurrentEnv:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "DYNAMIC_CURRENT_ENV"

    def __reduce__(self) -> str:
        return "DYNAMIC_CURRENT_ENV"


DYNAMIC_CURRENT_ENV = _CurrentEnv()

_TEXTS = ("serviceUrl", "region", "secretId", "secretKey", "sessionToken")
NAMES = (
    *("env", "config", *_TEXTS, "timeout", "retries", "validate", "transport", "access_token", "proxy", "ca"),
    "throwOnNotFound",
)
_TRANSPORTS = ("https", "cloudrun")
# Options of the Node package that a ported init() may well carry along and that change nothing here.
_PASSED_OVER = ("traceUser", "database", "debug", "keepalive", "throwOnCode")


class Account:
    """What lets this program use the resources of another account: credentials, and the proof of the permission."""

    __slots__ = ("authorization", "env", "secret_id", "secret_key", "token")

    def __init__(self, env: str, secret_id: str, secret_key: str, token: str, authorization: str) -> None:
        self.env = env
        self.secret_id = secret_id
        self.secret_key = secret_key
        self.token = token
        self.authorization = authorization

    def __repr__(self) -> str:  # the rest is secret
        return f"Account(env={self.env!r})"


class Config:
    """Checked options; secrets never show in its repr.

    Attributes:
        env: environment id, DYNAMIC_CURRENT_ENV, or None; of what has none of its own (see `env_for`).
        account: the authorization of another account, whose resources are used; None for the own one.
        fixed_env: whether no call can name another environment: that of a Cloud made with ``resourceEnv``.
        timeout: seconds for one call, all its attempts together.
        retries: further attempts after one that surely did nothing.
        permissions: what config.json allows, or None when there is none.
        platform: the machine this runs on.
        transport: None for the platform's own wire, ``https``, or ``cloudrun``.
        proxy: URL of the proxy of ``https``, ``environment``, or an empty string.
        ca: file or folder with certificates that ``https`` trusts beside the system's, or an empty string.
        tokens: where the access token of ``https`` comes from; None where the platform provides it.
        validate: whether parameters are held against the contracts before they are sent.
        throw_on_not_found: whether reading a document that does not exist is an error; None where nothing was said.
        watchers: who watches the calls of the Cloud whose options these are.
    """

    __slots__ = (
        "_envs",
        "account",
        "ca",
        "env",
        "fixed_env",
        "permissions",
        "platform",
        "proxy",
        "region",
        "retries",
        "secret_id",
        "secret_key",
        "service_url",
        "session_token",
        "throw_on_not_found",
        "timeout",
        "tokens",
        "transport",
        "validate",
        "watchers",
    )

    def __init__(self, options: Mapping[str, Any], permissions: Permissions | None) -> None:
        for name in options:
            if name not in NAMES and name not in _PASSED_OVER:
                raise ConfigError(INVALID_PARAM, f"init:fail {_unknown(name)}")
        for name in _TEXTS:
            value = options.get(name)
            if value is not None and not isinstance(value, str):
                raise _wrong(name, "a text", value)
        self._envs, self.env = _envs(options.get("env"))
        self.account: Account | None = None
        self.fixed_env = False
        self.permissions = permissions
        self.platform = Platform(os.environ)
        self.service_url = _service_url(options.get("serviceUrl") or "")
        self.region: str = options.get("region") or ""
        self.secret_id: str = options.get("secretId") or ""
        self.secret_key: str = options.get("secretKey") or ""
        self.session_token: str | None = options.get("sessionToken")
        if bool(self.secret_id) != bool(self.secret_key):
            found, missing = ("secretId", "secretKey") if self.secret_id else ("secretKey", "secretId")
            raise ConfigError(
                INVALID_PARAM, f"init:fail secretId and secretKey must be a pair: got {found}, give {missing} as well"
            )
        self.timeout = seconds(options.get("timeout"), "init", DEFAULT_TIMEOUT)
        retries = options.get("retries")
        if retries is not None and (
            not isinstance(retries, int) or isinstance(retries, bool) or not 0 <= retries <= 10
        ):
            raise _wrong("retries", "a whole number from 0 to 10", retries)
        self.retries: int = retries or 0
        self.watchers = Watchers()
        self.validate = _yes_or_no("validate", options.get("validate"))
        not_found = options.get("throwOnNotFound")
        self.throw_on_not_found = None if not_found is None else _yes_or_no("throwOnNotFound", not_found)
        self.transport: str | None = options.get("transport")
        if self.transport is not None and self.transport not in _TRANSPORTS:
            raise _wrong("transport", "left out, 'https' or 'cloudrun'", self.transport)
        for option in ("access_token", "proxy", "ca"):
            if options.get(option) is not None and self.transport != "https":
                raise ConfigError(INVALID_PARAM, f"init:fail {option} goes with transport='https' alone")
        self.proxy = _proxy(options.get("proxy"))
        self.ca = _ca(options.get("ca"))
        self.tokens: TokenSource | None = None
        if options.get("access_token") is not None:
            from .access_token import token_source  # here: calls on the platform's own wire need no token

            self.tokens = token_source(options["access_token"], self.service_url, self.proxy, self.ca)

    def env_for(self, service: str, own: object = None, call: str = "init") -> str | _CurrentEnv | None:
        """The environment of a service (``functions``, ``storage``): the call's own one, that of init(), the default.

        Args:
            own: the ``config`` of the call, ``{"env": …}``; passed over where the environment is fixed, as in Node.
            call: the name of the call, for an error.

        Raises:
            ConfigError: it is none.
        """
        if not self.fixed_env and own is not None:
            if not isinstance(own, Mapping):
                raise _wrong("config", "a dict with env", own, call)
            env = own.get("env")
            if env:
                if not isinstance(env, (str, _CurrentEnv)):
                    raise _wrong("config.env", "an environment id or cloud.DYNAMIC_CURRENT_ENV", env, call)
                return env
        return self._envs.get(service) or self.env

    def for_account(self, account: Account) -> Config:
        """The same options, for the resources of another account."""
        made = object.__new__(Config)
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        made.account, made.env, made._envs = account, account.env, {}
        return made

    def __repr__(self) -> str:
        return f"Config(env={self.env!r}, timeout={self.timeout!r}, retries={self.retries!r})"


def merge(options: Mapping[str, Any] | None, keywords: Mapping[str, object]) -> dict[str, Any]:
    """One dict from Node's way of giving options (one object) and Python's (keywords)."""
    if options is None:
        return dict(keywords)
    if not isinstance(options, Mapping):
        raise ConfigError(INVALID_PARAM, f"init:fail options are one dict or keywords, got a {type(options).__name__}")
    doubled = options.keys() & keywords.keys()
    if doubled:
        raise ConfigError(
            INVALID_PARAM, f"init:fail option {min(doubled)!r} is given twice, in the dict and as keyword"
        )
    return {**options, **keywords}


def seconds(value: Any, where: str, default: float) -> float:
    """A checked time-out. One above 900 is taken for milliseconds, as Node counts, and refused."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ConfigError(
            INVALID_PARAM, f"{where}:fail timeout must be a number of seconds above 0, got {_shown(value)}"
        )
    if value > _LONGEST:
        raise ConfigError(
            INVALID_PARAM,
            f"{where}:fail timeout is in seconds, 900 at most (no function runs longer), got {value!r};"
            f" if these are Node's milliseconds, give {value / 1000:g}",
        )
    return float(value)


def _yes_or_no(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise _wrong(name, "True or False", value)


def _envs(value: Any) -> tuple[dict[str, str | _CurrentEnv], str | _CurrentEnv | None]:
    """The environments by service, and the default: of cloud calls, which Node has none for, and of all others."""
    envs = dict(value) if isinstance(value, Mapping) else {"default": value}
    for service, env in envs.items():
        if env is not None and not isinstance(env, (str, _CurrentEnv)):
            name = f"env[{service!r}]" if isinstance(value, Mapping) else "env"
            raise _wrong(name, "an environment id or cloud.DYNAMIC_CURRENT_ENV", env)
    return {service: env for service, env in envs.items() if env}, envs.get("default")


def _service_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if url and (scheme not in ("http", "https") or not rest.partition("/")[0]):
        from . import redact  # here: it is not needed at a cold start

        found = redact.url(url)
        raise ConfigError(INVALID_PARAM, f"init:fail serviceUrl must begin with http:// or https://, got {found!r}")
    return url


def _proxy(value: Any) -> str:
    if value is None or value == "environment":
        return value or ""
    from .._wire.proxy import Proxy  # here: few programs have one

    wanted = "'http://host:port' or 'environment'"
    if not isinstance(value, str):
        raise _wrong("proxy", wanted, value)
    try:
        Proxy(value)
    except ValueError as error:
        raise ConfigError(INVALID_PARAM, f"init:fail proxy must be {wanted}: {error}") from None
    return value


def _ca(value: Any) -> str:
    if value is None:
        return ""
    path = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(path, str) or not path:
        raise _wrong("ca", "the path of a PEM file, or of a folder of them", value)
    import ssl  # here: few programs have one

    try:
        where = "capath" if os.path.isdir(path) else "cafile"
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(**{where: path})
    except OSError as error:  # one of ssl's as well
        raise ConfigError(INVALID_PARAM, f"init:fail ca={path!r} has no certificates to load: {error}") from None
    return path


def _wrong(name: str, wanted: str, value: object, call: str = "init") -> ConfigError:
    from .secrets import secret_name  # here: it is not needed at a cold start

    secret = secret_name(name)
    return ConfigError(
        INVALID_PARAM, f"{call}:fail {name} must be {wanted}, got {type(value).__name__ if secret else _shown(value)}"
    )


def _shown(value: object) -> str:
    """A wrong value, for an error; of one with others in it, which may be secrets, only what it is."""
    return repr(value) if isinstance(value, (str, int, float)) or value is None else f"a {type(value).__name__}"


def _unknown(name: object) -> str:
    from .._wire.suggest import did_you_mean

    takes = f"init() takes {', '.join(NAMES)}"
    return f"unknown option {name!r}; {did_you_mean(name, NAMES, takes)}"
