"""The Cloud of both APIs: the options of init(), and the methods of the services that use them."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from .. import _transports
from .._version import VERSION
from ..errors import INVALID_PARAM, ConfigError
from . import config as _config
from . import context, permissions, retry
from .config import DYNAMIC_CURRENT_ENV, Config
from .fork import load_before_fork
from .hooks import CallHooks
from .namespace import AsyncAPI, AsyncPay, CloudPay, OpenAPI
from .services.methods import AsyncMethods, AsyncPayments
from .services.methods_sync import SyncMethods, SyncPayments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    from typing_extensions import Unpack

    from .._typed.aio import OpenAPI as AsyncOpenAPI
    from .._typed.events import WXContext
    from .._typed.open import AsyncCloudPay, SignatureParams, SyncCloudPay
    from .._typed.options import InitOptions
    from .._typed.sync import OpenAPI as SyncOpenAPI
    from .._wire.midas import MidasSignature
    from .hooks import CallRecord
    from .logging import Logger

    Self = TypeVar("Self", bound="BaseCloud")

_ACCOUNT_OPTIONS = ("resourceAppid", "resourceEnv")


class BaseCloud:
    """The part of both APIs that sends nothing."""

    DYNAMIC_CURRENT_ENV = DYNAMIC_CURRENT_ENV
    version = VERSION

    def __init__(self, *_: object, **__: object) -> None:  # see __new__ of Cloud and SyncCloud
        self._config: Config | None = None
        self._options: dict[str, Any] = {}
        self._hooks = CallHooks()
        self._updated: Config | None = None
        self._registered: dict[str, Any] = {}  # names of services of the program's own

    @property
    def _services_config(self) -> Config | None:
        """The options of everything but openapi, which updateConfig() changes as in Node; None before init()."""
        return self._config and (self._updated or self._config)

    def init(self: Self, options: InitOptions = None, /, **keywords: Unpack[InitOptions]) -> Self:  # type: ignore[assignment]
        """Set up this Cloud, once: as in Node, further calls change nothing.

        Args:
            options: the options as one dict, as in Node.
            **keywords: the options:

                - ``env``: environment id, or ``DYNAMIC_CURRENT_ENV``, the environment of the running function; or a
                  dict by service: ``{"functions": …, "storage": …, "default": …}``.
                - ``config``: path of the config.json (or its folder), or its content as a dict, or None for no check.
                  By default the config.json in the folder of the calling file, or above it up to the function's folder.
                - ``serviceUrl``: address of the gateway, if it is not Tencent's.
                - ``region``: e.g. ``ap-shanghai``.
                - ``secretId``, ``secretKey``, ``sessionToken``: credentials; in the cloud the platform provides them.
                - ``timeout``: seconds for one call with all its attempts; 15 by default.
                - ``retries``: further attempts, 0 to 10, of requests that cannot have had an effect; 0 by default.
                - ``throwOnNotFound``: False: ``database()`` reads a document that does not exist as None.
                - ``missing``: what a missing key of a result or document reads as, instead of raising KeyError.
                - ``javascript_values``: True: results and documents read as in JavaScript: a missing key is
                  ``UNDEFINED``, an empty dict or list is true.
                - ``validate``: True checks the parameters of each call against the API's contract before it is sent.
                - ``transport``: ``"https"`` calls WeChat's HTTPS API, ``"cloudrun"`` the token-less endpoint of WeChat
                  Cloud Run; by default calls go to the platform's own gateway.
                - ``access_token``: for ``"https"``: ``cloudpy.tokens.StableToken(appid, secret)``; or the token, or a
                  callable that returns a string or ``{"access_token": …, "expires_in": seconds}``, called again when
                  WeChat reports an expired token.
                - ``proxy``: for ``"https"``: ``"http://[user:password@]host:port"`` of a proxy, or ``"environment"``
                  for the one in ``HTTPS_PROXY`` and ``NO_PROXY``. By default these variables are not read.
                - ``ca``: for ``"https"``: path of a PEM file, or of a folder of them, with certificates to trust in
                  addition to the system's.

        Raises:
            ConfigError: an option or the config.json is unusable.
        """
        merged = _config.merge(options, keywords)
        if self._config is None:
            self._config = self._checked(merged, sys._getframe(1).f_globals.get("__file__"))
            self._options = merged
            self._updated = None  # as in Node, an updateConfig() before init() has no effect
        elif merged != self._options:
            from .logging import logger  # here: it is not needed at a cold start

            logger().warning("init() was called before with other options, which stay: this call changes nothing")
        return self

    def createNewInstance(
        self: Self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]
    ) -> Self:
        """Return another Cloud with its own options, those of init().

        Args:
            options: the options as one dict, as in Node.
            **keywords: the options.

        Raises:
            ConfigError: an option or the config.json is unusable.
        """
        cloud = self._new()
        merged = _config.merge(options, keywords)
        cloud._config = cloud._checked(merged, sys._getframe(1).f_globals.get("__file__"))
        cloud._options = merged
        return cloud  # type: ignore[no-any-return]

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]) -> None:
        """Replace the options of init(), for everything but ``openapi``.

        As in the Node package, calls under ``openapi`` keep the options of init(); use createNewInstance() for a
        Cloud with others.

        Args:
            options: the options of init() as one dict, as in Node.
            **keywords: the options.

        Raises:
            ConfigError: an option is unusable.
        """
        merged = _config.merge(options, keywords)
        self._updated = Config({name: value for name, value in merged.items() if name != "config"}, None)
        self._updated.hooks = self._hooks
        self._options = merged

    def getWXContext(self) -> WXContext:
        """Return the caller: ``OPENID``, ``APPID``, ``UNIONID``, ``ENV``, … as the platform provides them."""
        caller: Any = context.wx_context()
        read = self._config and self._config.read
        return read(caller) if read else caller  # type: ignore[no-any-return]

    def logger(self) -> Logger:
        """Return a writer of structured log lines: ``cloud.logger().info({"order": 7})``. See ``Logger``."""
        from .logging import Logger

        return Logger()

    def on_call(self, callback: Callable[[CallRecord], object]) -> Callable[[], None]:
        """Call `callback` after each call of this Cloud, with a record of it; also as ``@cloud.on_call``.

        The record (``CallRecord``) has the api, the duration in seconds, the error or None, attempts, sizes in bytes
        and the request id, and no values. The callback runs where the call was made. Its exceptions are logged and
        change nothing.

        Args:
            callback: a plain function that takes the record.

        Returns:
            A function that removes the callback.

        Raises:
            ConfigError: `callback` is not callable, or is an ``async def``.
        """
        return self._hooks.add_callback(callback)

    if TYPE_CHECKING:

        @overload
        def signature(self, params: SignatureParams, /) -> MidasSignature: ...
        @overload
        def signature(self, **keywords: Unpack[SignatureParams]) -> MidasSignature: ...

    def signature(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> MidasSignature:  # type: ignore[misc]
        """Return the signature of a game-coin API (米大师): pass it as ``sig`` to one of ``openapi.midas``.

        It is computed when that call is encoded, over the values that are sent.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``type``, ``"midas"``; ``params``, the names of the parameters to sign; ``secret`` of the mini
                game.

        Raises:
            CloudSDKError: another type, no list of names, or no secret.
        """
        from .services.pay import signature

        return signature(params, keywords)

    def registerService(self, serviceProvider: Any) -> None:
        """Add functions of the program's own to this Cloud: ``cloud.name(…)``.

        Args:
            serviceProvider: has ``createService(cloud)``, as an attribute or as a key. What that returns has ``name``,
                and either ``getAPIs()``, which returns functions by their names, or ``getNamespace()``, which returns
                ``{"namespace": …, "apis": …}``. Functions of ``getAPIs()`` need init(), unless its ``initRequired`` is
                False.

        Raises:
            ConfigError: it is not such a provider, or a name is taken already.
        """
        from .service_provider import register

        register(self, serviceProvider)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("_registered", ()):
            return self._registered[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self._config!r}>" if self._config else f"<{type(self).__name__}, not initialized>"
        )

    def _new(self) -> Any:
        return type(self)()

    def _checked(self, options: dict[str, Any], caller: str | None) -> Config:
        allowed = permissions.load(options["config"]) if "config" in options else permissions.load(caller=caller)
        config = Config({name: value for name, value in options.items() if name != "config"}, allowed)
        config.hooks = self._hooks
        load_before_fork(contracts=config.validate or config.transport is not None)
        return config


class Cloud(BaseCloud, AsyncMethods):
    """The async API: calls are awaited.

    With options (``resourceAppid``, ``resourceEnv``, and those of init()) it is a Cloud for the resources of another
    account, whose ``init()`` is awaited and takes no options.
    """

    if TYPE_CHECKING:
        openapi: AsyncOpenAPI
        cloudPay: AsyncCloudPay

        @overload
        def __new__(cls) -> Cloud: ...
        @overload
        def __new__(cls, options: Mapping[str, Any], /, **keywords: Unpack[InitOptions]) -> AccountCloud: ...
        @overload
        def __new__(
            cls, *, resourceEnv: str, resourceAppid: str = ..., **keywords: Unpack[InitOptions]
        ) -> AccountCloud: ...
        def __new__(cls, *_: Any, **__: Any) -> Any: ...

    else:

        def __new__(cls, *options, **keywords):
            if cls is Cloud and (options or keywords):
                cls = AccountCloud
            return object.__new__(cls)

        def __init__(self):
            super().__init__()
            # Only type checkers know its names and their parameters: at run time any name is accepted.
            self.openapi = OpenAPI(self, api=AsyncAPI)
            self.cloudPay = CloudPay(AsyncPayments(self), api=AsyncPay)

    async def aclose(self) -> None:
        """Close the idle connections of the running loop; a later call opens new ones.

        All Clouds of a process share them. ``asyncio.run`` and the like close them; before ``loop.close()``, call
        ``loop.run_until_complete(cloud.aclose())``. Calls in progress fail.
        """
        await _transports.aclose()


class SyncCloud(BaseCloud, SyncMethods):
    """The blocking API; for options, see ``Cloud``."""

    if TYPE_CHECKING:
        openapi: SyncOpenAPI
        cloudPay: SyncCloudPay

        @overload
        def __new__(cls) -> SyncCloud: ...
        @overload
        def __new__(cls, options: Mapping[str, Any], /, **keywords: Unpack[InitOptions]) -> SyncAccountCloud: ...
        @overload
        def __new__(
            cls, *, resourceEnv: str, resourceAppid: str = ..., **keywords: Unpack[InitOptions]
        ) -> SyncAccountCloud: ...
        def __new__(cls, *_: Any, **__: Any) -> Any: ...

    else:

        def __new__(cls, *options, **keywords):
            if cls is SyncCloud and (options or keywords):
                cls = SyncAccountCloud
            return object.__new__(cls)

        def __init__(self):
            super().__init__()
            self.openapi = OpenAPI(self)
            self.cloudPay = CloudPay(SyncPayments(self))

    def close(self) -> None:
        """Close the idle connections; a later call opens new ones.

        All Clouds of a process share them. They are closed when the program ends.
        """
        _transports.close()


class AccountCloud(Cloud):
    """A Cloud for the resources of another account: ``Cloud(resourceAppid=…, resourceEnv=…)``; await its ``init()``."""

    def __init__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        super().__init__()
        self._account_options, self._own_config = _checked_account(self, options, keywords)

    async def init(self, *_: object, **__: object) -> AccountCloud:  # type: ignore[override]
        """Ask WeChat, once, for the permission to use the other account's resources.

        The options are those of ``Cloud(…)``; arguments are ignored, as in Node.

        Raises:
            ConfigError: there are no credentials of this account.
            CloudSDKError: the other account does not share the environment (-601012, -601016), or another error of
                WeChat's.
            TransportError: no answer came.
            CallTimeoutError: no answer came in time.
        """
        from .services import account  # here: few functions need it

        if self._config is None:
            self._config = await retry.run_async(account.authorize(self._own_config, self._account_options))
        return self

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Check the options and change nothing, as in Node: a Cloud for another account keeps its options.

        Args:
            options: the options of init() as one dict, as in Node.
            **keywords: the options.

        Raises:
            ConfigError: an option is unusable.
        """
        super().updateConfig(options, **keywords)
        self._updated = None

    def _new(self) -> Cloud:
        return Cloud()


class SyncAccountCloud(SyncCloud):
    """As ``AccountCloud``, blocking."""

    def __init__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        super().__init__()
        self._account_options, self._own_config = _checked_account(self, options, keywords)

    def init(self, *_: object, **__: object) -> SyncAccountCloud:
        """Ask WeChat, once, for the permission; see ``AccountCloud.init``."""
        from .services import account

        if self._config is None:
            self._config = retry.run(account.authorize(self._own_config, self._account_options))
        return self

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Check the options and change nothing; see ``AccountCloud.updateConfig``."""
        super().updateConfig(options, **keywords)
        self._updated = None

    def _new(self) -> SyncCloud:
        return SyncCloud()


def _checked_account(
    cloud: Cloud | SyncCloud, options: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> tuple[dict[str, Any], Config]:
    """Return the options of a Cloud for another account, and the config of this account."""
    merged = _config.merge(options, keywords)
    for name in _ACCOUNT_OPTIONS:
        if merged.get(name) is not None and not isinstance(merged[name], str):
            raise ConfigError(INVALID_PARAM, f"init:fail {name} must be a string, got a {type(merged[name]).__name__}")
    if not merged.get("resourceEnv"):
        raise ConfigError(
            INVALID_PARAM,
            "init:fail missing resourceEnv: pass Cloud(resourceAppid=…, resourceEnv=…); for an environment of your own"
            " account, call createNewInstance(env=…)",
        )
    # No config.json is searched for: the calls that it lists are not made by such a Cloud.
    own = {"config": None, **{name: value for name, value in merged.items() if name not in _ACCOUNT_OPTIONS}}
    if not merged.get("resourceAppid") and not own.get("env"):
        from .logging import logger  # here: it is not needed at a cold start

        text = "Cloud(resourceEnv=%r) without resourceAppid uses the function's environment, as in Node: for another"
        logger().warning(f"{text} environment of your own account, pass env", merged["resourceEnv"])
    config = cloud._checked(own, None)
    config.fixed_env = True
    return merged, config
