"""The options of init() and of openapi(), checked."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .._undefined import UNDEFINED
from ..errors import INVALID_PARAM, ConfigError
from .hooks import CallHooks
from .permissions import Permissions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    from .access_token import TokenSource

    Env: TypeAlias = "str | _CurrentEnv | None"

MAX_TIMEOUT = 900.0  # seconds: the longest that a cloud function may run
DEFAULT_TIMEOUT = 15.0  # seconds, as in Node
MAX_RETRIES = 10


class _CurrentEnv:
    """The environment of the running function, looked up at each call."""

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

_STRINGS = ("serviceUrl", "region", "secretId", "secretKey", "sessionToken")
NAMES = (
    *("env", "config", *_STRINGS, "timeout", "retries", "validate", "transport", "access_token", "proxy", "ca"),
    "throwOnNotFound",
    "missing",
    "javascript_values",
)
_TRANSPORTS = ("https", "cloudrun")
# Options of the Node package that a ported init() may carry along; they change nothing here.
_IGNORED = ("traceUser", "database", "debug", "keepalive", "throwOnCode")
_OPENAPI_NAMES = ("appid", "convertCase", "version", "timeout")


class Platform:
    """The machine that this process runs on, read once by init(): it cannot change under a process.

    Attributes:
        tag: ``scf``, ``cbr``, ``sumeru``, ``tencentcloud`` or ``unknown``. Unlike Node, no metadata server is asked.
        inside: whether this is Tencent's own network.
        region: e.g. ``ap-shanghai``; empty when unknown.
    """

    __slots__ = ("inside", "region", "tag")

    def __init__(self, environ: Mapping[str, str]) -> None:
        if environ.get("TENCENTCLOUD_RUNENV") == "SCF":
            self.tag = "scf"
        elif environ.get("CBR_ENV_ID"):
            self.tag = "cbr"
        elif environ.get("SUMERU_ENV") in ("formal", "pre", "test"):
            self.tag = "sumeru"
        else:
            self.tag = "tencentcloud" if environ.get("TENCENTCLOUD") == "true" else "unknown"
        self.inside = self.tag != "unknown"
        self.region = environ.get("TENCENTCLOUD_REGION", "")


class Account:
    """Access to the resources of another account: credentials and the authorization that its owner has granted."""

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
    """The checked options of init(). Its repr shows no secrets.

    Attributes:
        env: environment id, DYNAMIC_CURRENT_ENV, or None: the default of all services (see `env_for`).
        account: the authorization of another account, whose resources are used; None for this account.
        fixed_env: whether calls cannot name another environment, as with a Cloud made with ``resourceEnv``.
        timeout: seconds for one call, all its attempts together.
        retries: further attempts after one that cannot have had an effect.
        permissions: the APIs that config.json allows; None without a config.json.
        platform: the machine this runs on.
        transport: None for the platform's own gateway, ``https``, or ``cloudrun``.
        proxy: URL of the proxy of ``https``, ``environment``, or an empty string.
        ca: file or folder of certificates that ``https`` trusts in addition to the system's, or an empty string.
        tokens: the source of the access token of ``https``; None where the platform provides it.
        validate: whether parameters are checked against the contracts before they are sent.
        throw_on_not_found: whether reading a document that does not exist is an error; None by default.
        hooks: the hooks on the calls of the Cloud with these options.
        javascript_values: whether objects read, and empty ones are sent, as in JavaScript.
        read: makes records of a result's dicts, with the options ``missing`` and ``javascript_values``; None otherwise.
    """

    __slots__ = (
        "_envs",
        "account",
        "ca",
        "env",
        "fixed_env",
        "hooks",
        "javascript_values",
        "permissions",
        "platform",
        "proxy",
        "read",
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
    )

    def __init__(self, options: Mapping[str, Any], permissions: Permissions | None) -> None:
        for name in options:
            if name not in NAMES and name not in _IGNORED:
                raise ConfigError(INVALID_PARAM, f"init:fail {_unknown(name)}")
        for name in _STRINGS:
            value = options.get(name)
            if value is not None and not isinstance(value, str):
                raise _invalid(name, "a string", value)
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
            present, missing = ("secretId", "secretKey") if self.secret_id else ("secretKey", "secretId")
            raise ConfigError(
                INVALID_PARAM, f"init:fail secretId and secretKey must be a pair: got {present}, give {missing} as well"
            )
        self.timeout = seconds(options.get("timeout"), "init", DEFAULT_TIMEOUT)
        self.retries = _retries(options.get("retries"))
        self.hooks = CallHooks()
        self.validate = _boolean("validate", options.get("validate"))
        self.read: Callable[[Any], Any] | None = None
        if "missing" in options:
            from .._wire.records import reader  # here: few programs need it

            self.read = reader(options["missing"])
        self.javascript_values = _boolean("javascript_values", options.get("javascript_values"))
        if self.javascript_values:
            from .._wire.records import javascript

            if self.read:
                raise ConfigError(INVALID_PARAM, "init:fail give missing or javascript_values, not both")
            self.read = javascript
        not_found = options.get("throwOnNotFound")
        self.throw_on_not_found = None if not_found is None else _boolean("throwOnNotFound", not_found)
        self.transport: str | None = options.get("transport")
        if self.transport is not None and self.transport not in _TRANSPORTS:
            raise _invalid("transport", "'https', 'cloudrun' or None", self.transport)
        for option in ("access_token", "proxy", "ca"):
            if options.get(option) is not None and self.transport != "https":
                raise ConfigError(INVALID_PARAM, f"init:fail {option} needs transport='https'")
        self.proxy = _proxy(options.get("proxy"))
        self.ca = _ca(options.get("ca"))
        self.tokens: TokenSource | None = None
        if options.get("access_token") is not None:
            from .access_token import token_source  # here: calls through the gateway need no token

            self.tokens = token_source(options["access_token"], self.service_url, self.proxy, self.ca)

    def env_for(self, service: str, option: object = None, call: str = "init") -> Env:
        """Return the environment for a call of a service (``functions``, ``storage``, ``database``).

        Args:
            service: the name of the service in a dict of environments.
            option: the ``config`` of the call, ``{"env": …}``; ignored where the environment is fixed, as in Node.
            call: the name of the call, for an error.

        Raises:
            ConfigError: `option` is not a config.
        """
        if not self.fixed_env and option is not None:
            if not isinstance(option, Mapping):
                raise _invalid("config", "a dict with env", option, call)
            env = option.get("env")
            if env:
                if not isinstance(env, (str, _CurrentEnv)):
                    raise _invalid("config.env", "an environment id or cloud.DYNAMIC_CURRENT_ENV", env, call)
                return env
        return self._envs.get(service) or self.env

    def for_account(self, account: Account) -> Config:
        """Return the same options for the resources of another account."""
        config = object.__new__(Config)
        for name in self.__slots__:
            setattr(config, name, getattr(self, name))
        config.account, config.env, config._envs = account, account.env, {}
        return config

    def secrets(self) -> Iterator[str | None]:
        """Yield the secrets among the options, which no error may show."""
        from . import redact

        yield from (self.secret_id, self.secret_key, self.session_token)
        yield from redact.in_url(self.service_url)
        yield from redact.in_url(self.proxy)
        if self.account is not None:
            account = self.account
            yield from (account.secret_id, account.secret_key, account.token, account.authorization)
        if self.tokens is not None:
            yield self.tokens.current

    def __repr__(self) -> str:
        return f"Config(env={self.env!r}, timeout={self.timeout!r}, retries={self.retries!r})"


class Options:
    """The checked options of ``openapi(…)``.

    Raises:
        ConfigError: an option is unknown, or has an invalid value.
    """

    __slots__ = ("appid", "convert_case", "timeout", "version")

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in _OPENAPI_NAMES:
                raise ConfigError(
                    INVALID_PARAM, f"openapi:fail unknown option {name!r}; openapi() takes {', '.join(_OPENAPI_NAMES)}"
                )
        appid = options.get("appid")
        if appid is not None and not isinstance(appid, str):
            raise ConfigError(INVALID_PARAM, f"openapi:fail appid must be a string, got {appid!r}")
        self.appid: str | None = appid
        self.convert_case: bool = options.get("convertCase") is not False
        self.version: str | None = options.get("version")
        timeout = options.get("timeout")
        self.timeout: float | None = None if timeout is None else seconds(timeout, "openapi", 0.0)

    @classmethod
    def from_call(cls, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Options:
        """Return the options of ``openapi(options)`` or ``openapi(**keywords)``."""
        if options is None and not keywords:
            raise ConfigError(
                INVALID_PARAM,
                "openapi:fail an options object is expected: openapi(appid=…), openapi(convertCase=False)",
            )
        if options is not None and (keywords or not isinstance(options, Mapping)):
            raise ConfigError(INVALID_PARAM, "openapi:fail an options object is expected: one dict, or keywords")
        return cls(keywords if options is None else options)


DEFAULT = Options({})


def merge(options: Mapping[str, Any] | None, keywords: Mapping[str, object]) -> dict[str, Any]:
    """Return options, one dict, as in Node, or keywords, as one dict, without those that are UNDEFINED."""
    options = {} if options is None else options
    if not isinstance(options, Mapping):
        raise ConfigError(INVALID_PARAM, f"init:fail options are one dict or keywords, got a {type(options).__name__}")
    twice = options.keys() & keywords.keys()
    if twice:
        raise ConfigError(INVALID_PARAM, f"init:fail option {min(twice)!r} is given twice, in the dict and as keyword")
    given = {**options, **keywords}
    return {name: value for name, value in given.items() if value is not UNDEFINED or name == "missing"}


def seconds(value: Any, where: str, default: float) -> float:
    """Return a checked timeout. One above 900 is taken for milliseconds, Node's unit, and rejected."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ConfigError(INVALID_PARAM, f"{where}:fail timeout must be a number of seconds above 0, got {_got(value)}")
    if value > MAX_TIMEOUT:
        raise ConfigError(
            INVALID_PARAM,
            f"{where}:fail timeout is in seconds, 900 at most (no function runs longer), got {value!r};"
            f" if these are Node's milliseconds, give {value / 1000:g}",
        )
    return float(value)


def _retries(value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_RETRIES:
        raise _invalid("retries", f"an integer from 0 to {MAX_RETRIES}", value)
    return value


def _boolean(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise _invalid(name, "True or False", value)


def _envs(value: Any) -> tuple[dict[str, str | _CurrentEnv], str | _CurrentEnv | None]:
    """Return the environments by service, and the default: of openapi, which Node has no entry for, and all others."""
    envs = dict(value) if isinstance(value, Mapping) else {"default": value}
    for service, env in envs.items():
        if env is not None and not isinstance(env, (str, _CurrentEnv)):
            name = f"env[{service!r}]" if isinstance(value, Mapping) else "env"
            raise _invalid(name, "an environment id or cloud.DYNAMIC_CURRENT_ENV", env)
    return {service: env for service, env in envs.items() if env}, envs.get("default")


def _service_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if url and (scheme not in ("http", "https") or not rest.partition("/")[0]):
        from . import redact  # here: it is not needed at a cold start

        raise ConfigError(
            INVALID_PARAM, f"init:fail serviceUrl must begin with http:// or https://, got {redact.url(url)!r}"
        )
    return url


def _proxy(value: Any) -> str:
    if value is None or value == "environment":
        return value or ""
    from .._wire.proxy import Proxy  # here: few programs have one

    expected = "'http://host:port' or 'environment'"
    if not isinstance(value, str):
        raise _invalid("proxy", expected, value)
    try:
        Proxy(value)
    except ValueError as error:
        raise ConfigError(INVALID_PARAM, f"init:fail proxy must be {expected}: {error}") from None
    return value


def _ca(value: Any) -> str:
    if value is None:
        return ""
    path = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(path, str) or not path:
        raise _invalid("ca", "the path of a PEM file, or of a folder of them", value)
    import ssl  # here: few programs have one

    try:
        where = "capath" if os.path.isdir(path) else "cafile"
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(**{where: path})
    except OSError as error:  # includes ssl.SSLError
        raise ConfigError(INVALID_PARAM, f"init:fail ca={path!r} has no certificates to load: {error}") from None
    return path


def _invalid(name: str, expected: str, value: object, call: str = "init") -> ConfigError:
    from .secrets import secret_name  # here: it is not needed at a cold start

    got = type(value).__name__ if secret_name(name) else _got(value)
    return ConfigError(INVALID_PARAM, f"{call}:fail {name} must be {expected}, got {got}")


def _got(value: object) -> str:
    """Return an invalid value for an error; of a container, which may hold secrets, only its type."""
    return repr(value) if isinstance(value, (str, int, float)) or value is None else f"a {type(value).__name__}"


def _unknown(name: object) -> str:
    from .._wire.suggest import did_you_mean

    takes = f"init() takes {', '.join(NAMES)}"
    return f"unknown option {name!r}; {did_you_mean(name, NAMES, takes)}"
