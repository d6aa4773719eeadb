"""The Cloud of either face: what init() sets up, and the services that work on it. The only camelCase methods."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from .. import _transports
from .._version import VERSION
from . import config as _config
from . import context, hooks, permissions
from .config import DYNAMIC_CURRENT_ENV, Config
from .fork import load_before_fork
from .namespace import AsyncAPI, AsyncPay, CloudPay, OpenAPI
from .permissions import Permissions
from .services.open import AsyncOpen, AsyncPayments, SyncOpen, SyncPayments
from .services.storage import AsyncStorage, SyncStorage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    from typing_extensions import Unpack

    from .._typed.aio import OpenAPI as AsyncOpenAPI
    from .._typed.open import AsyncCloudPay, SyncCloudPay
    from .._typed.options import InitOptions
    from .._typed.sync import OpenAPI as SyncOpenAPI
    from .accounts import AccountCloud, SyncAccountCloud
    from .hooks import CallRecord
    from .logger import Logger
    from .options import Options

    Self = TypeVar("Self", bound="BaseCloud")

_UNSET = object()


class BaseCloud:
    """What both faces share: configuration and everything that needs no network."""

    DYNAMIC_CURRENT_ENV = DYNAMIC_CURRENT_ENV
    version = VERSION

    def __init__(self, *_: object, **__: object) -> None:  # what it takes is said by __new__ of the faces
        self._config: Config | None = None
        self._given: dict[str, Any] = {}
        self._watchers = hooks.Watchers()
        self._updated: Config | None = None

    @property
    def _for_services(self) -> Config | None:
        """The options for all but openapi, which updateConfig() changes as in Node; None before init()."""
        return self._config and (self._updated or self._config)

    def init(self: Self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]) -> Self:
        """Sets up this Cloud, once: as in Node, a second init() changes nothing.

        Args:
            env: environment id, or ``DYNAMIC_CURRENT_ENV``, the environment of the function that runs; or a dict of
                them by service: ``{"functions": …, "storage": …, "default": …}``.
            config: path of the config.json (or its folder), or its content as a dict, or None for no check. Left
                out: the config.json in the folder of the file that calls, or above it up to the function's folder.
            serviceUrl: address of the gateway, for one that is not Tencent's.
            region: e.g. ``ap-shanghai``.
            secretId, secretKey, sessionToken: credentials; in the cloud the platform provides them.
            timeout: seconds for one call with all its attempts; 15 when left out.
            retries: further attempts after a failure that surely changed nothing; 0 when left out.
            throwOnNotFound: False makes reading a document that does not exist give None instead of an error; for
                ``database()``.
            validate: True holds the parameters of each call against the API's contract before it is sent.
            transport: ``"https"`` makes the calls over WeChat's HTTPS API, ``"cloudrun"`` through the token-less door
                of WeChat Cloud Run; left out, they take the platform's own wire.
            access_token: for ``"https"``: ``cloudpy.tokens.StableToken(appid, secret)``; or the token, or a callable
                that gives a text or ``{"access_token": …, "expires_in": seconds}``; asked again when WeChat says that
                it has expired.
            proxy: for ``"https"``: ``"http://[user:password@]host:port"`` of a proxy, or ``"environment"`` for the one
                that ``HTTPS_PROXY`` and ``NO_PROXY`` name. Without it the variables are not read.
            ca: for ``"https"``: path of a PEM file, or of a folder of them, with certificates to trust beside the
                system's.

        All of them may also come as one dict, as in Node.

        Raises:
            ConfigError: an option or the config.json is unusable.
        """
        given = _config.merge(options, keywords)
        if self._config is None:
            self._config = self._checked(given, sys._getframe(1).f_globals.get("__file__"))
            self._given = given
            self._updated = None  # as in Node, what updateConfig() said before init() is no more
        elif given != self._given:
            _warn(
                "init() was called before with other options, which stay: the second call changes nothing, as in Node"
            )
        return self

    def createNewInstance(
        self: Self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]
    ) -> Self:
        """Another Cloud with options of its own; takes what init() takes."""
        cloud = self._blank()
        given = _config.merge(options, keywords)
        cloud._config = cloud._checked(given, sys._getframe(1).f_globals.get("__file__"))
        cloud._given = given
        return cloud  # type: ignore[no-any-return]

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]) -> None:
        """New options in the place of those of init(), for all but ``openapi``; takes what init() takes.

        As in the Node package, calls under ``openapi`` keep the options of init(): use createNewInstance() for a
        Cloud with others.

        Raises:
            ConfigError: an option is unusable.
        """
        given = _config.merge(options, keywords)
        self._updated = Config({name: value for name, value in given.items() if name != "config"}, None)
        self._updated.watchers = self._watchers
        self._given = given

    def getWXContext(self) -> dict[str, Any]:
        """Who calls: ``OPENID``, ``APPID``, ``UNIONID``, ``ENV``, ``SOURCE``, … as far as the platform tells."""
        return context.wx_context()

    def logger(self) -> Logger:
        """Writes structured lines to the function's log: ``cloud.logger().info({"order": 7})``. See ``Logger``."""
        from .logger import Logger

        return Logger()

    def on_call(self, callback: Callable[[CallRecord], object]) -> Callable[[], None]:
        """Has `callback` called after each call of this Cloud, with one record of it; also as ``@cloud.on_call``.

        The record (``CallRecord``) has the api, the duration in seconds, the error or None, attempts, sizes in bytes
        and the request id, and no values. The callback is a plain function, called where the call was made; what it
        raises is logged and changes nothing.

        Returns:
            A function that takes the callback away again.

        Raises:
            ConfigError: `callback` cannot be called, or is an ``async def``.
        """
        return self._watchers.call_back(callback)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self._config!r}>" if self._config else f"<{type(self).__name__}, not initialized>"
        )

    def _blank(self) -> Any:
        return type(self)()

    def _checked(self, given: dict[str, Any], caller: str | None) -> Config:
        options = {name: value for name, value in given.items() if name != "config"}
        config = Config(options, _permissions_for(given.get("config", _UNSET), caller))
        config.watchers = self._watchers
        load_before_fork(contracts=config.validate or config.transport is not None)
        return config


# What a call needs is imported at the first one: a function that makes none does not pay for it.


class Cloud(BaseCloud, AsyncOpen, AsyncStorage):
    """The async face: calls are awaited.

    With options (``resourceAppid``, ``resourceEnv``, and those of init()) it is one for the resources of another
    account, whose ``init()`` is awaited and takes nothing.
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
                from .accounts import AccountCloud  # here: few functions need it

                cls = AccountCloud
            return object.__new__(cls)

        def __init__(self):
            super().__init__()
            # its names and their parameters are known to type checkers alone: at run time any name will do
            self.openapi = OpenAPI(self, api=AsyncAPI)
            self.cloudPay = CloudPay(AsyncPayments(self), api=AsyncPay)

    async def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
    ) -> dict[str, Any]:
        """Makes the call that a name under ``openapi`` stands for."""
        from .call import call_async

        return await call_async(self._config, api, params, keywords, options)

    async def aclose(self) -> None:
        """Closes the connections of the running loop that are kept for further calls; a later call opens new ones.

        All Clouds of a process share them. ``asyncio.run`` and the like close them by themselves; a loop that is closed
        with ``loop.close()`` needs ``loop.run_until_complete(cloud.aclose())`` before. Calls that are under way fail.
        """
        await _transports.aclose()


class SyncCloud(BaseCloud, SyncOpen, SyncStorage):
    """The sync face: calls return when the answer is there; with options, as of ``Cloud``."""

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
                from .accounts import SyncAccountCloud

                cls = SyncAccountCloud
            return object.__new__(cls)

        def __init__(self):
            super().__init__()
            self.openapi = OpenAPI(self)
            self.cloudPay = CloudPay(SyncPayments(self))

    def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
    ) -> dict[str, Any]:
        """Makes the call that a name under ``openapi`` stands for."""
        from .call import call

        return call(self._config, api, params, keywords, options)

    def close(self) -> None:
        """Closes the connections that are kept for further calls; a later call opens new ones.

        All Clouds of a process share them. It happens by itself when the program ends.
        """
        _transports.close()


def _permissions_for(config: object, caller: str | None) -> Permissions | None:
    if config is None:
        return None
    if isinstance(config, Mapping):
        return permissions.from_mapping(config)
    if isinstance(config, (str, os.PathLike)):
        path = os.fspath(config)
        if isinstance(path, str):
            is_folder = os.path.isdir(path) and os.path.basename(path) != "config.json"
            return permissions.from_file(os.path.join(path, "config.json") if is_folder else path)
    if config is not _UNSET:
        raise _config._wrong("config", "a path, a dict or None", config)
    folders = _function_folders(os.path.dirname(os.path.abspath(caller)) if caller else os.getcwd())
    for folder in folders:
        found = permissions.beside(folder)
        if found is not None:
            return found
    _warn(
        f"no config.json in {folders[-1]}: nothing is refused here, whoever answers the calls decides."
        " Put config.json there, or give init(config=…)"
    )
    return None


def _function_folders(folder: str) -> list[str]:
    """`folder`, and those above it up to the one that modules are imported from: the function's own folder.

    Only `folder` when none of them is: then nobody can tell where the function begins.
    """
    tops = {os.path.abspath(path or os.curdir) for path in sys.path}
    folders = [folder]
    while folders[-1] not in tops:
        above = os.path.dirname(folders[-1])
        if above == folders[-1]:
            return folders[:1]
        folders.append(above)
    return folders


def _warn(text: str) -> None:
    from .log import logger  # here: it is not needed at a cold start

    logger().warning("%s", text)
