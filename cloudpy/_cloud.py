"""The Cloud of either face: what init() sets up, and the services that work on it. The only camelCase methods."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from . import _config, _context, _permissions
from ._config import DYNAMIC_CURRENT_ENV, Config
from ._namespace import CloudPay, OpenAPI
from ._permissions import Permissions
from ._services.open import AsyncOpen, AsyncPayments, SyncOpen, SyncPayments
from ._version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from typing_extensions import Unpack

    from ._options import Options
    from ._typed.aio import OpenAPI as AsyncOpenAPI
    from ._typed.open import AsyncCloudPay, SyncCloudPay
    from ._typed.options import InitOptions
    from ._typed.sync import OpenAPI as SyncOpenAPI

    Self = TypeVar("Self", bound="BaseCloud")

_UNSET = object()


class BaseCloud:
    """What both faces share: configuration and everything that needs no network."""

    DYNAMIC_CURRENT_ENV = DYNAMIC_CURRENT_ENV
    version = VERSION

    def __init__(self) -> None:
        self._config: Config | None = None
        self._given: dict[str, Any] = {}

    def init(self: Self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]) -> Self:
        """Sets up this Cloud, once: as in Node, a second init() changes nothing.

        Args:
            env: environment id, or ``DYNAMIC_CURRENT_ENV``, the environment of the function that runs.
            config: path of the config.json (or its folder), or its content as a dict, or None for no check. Left
                out: the config.json in the folder of the file that calls.
            serviceUrl: address of the gateway, for one that is not Tencent's.
            region: e.g. ``ap-shanghai``.
            secretId, secretKey, sessionToken: credentials; in the cloud the platform provides them.
            timeout: seconds for one call with all its attempts; 15 when left out.
            retries: further attempts after a failure that surely changed nothing; 0 when left out.
            validate: True holds the parameters of each call against the API's contract before it is sent.
            transport: ``"https"`` makes the calls over WeChat's HTTPS API, ``"cloudrun"`` through the token-less door
                of WeChat Cloud Run; left out, they take the platform's own wire.
            access_token: for ``"https"``: the token, or a callable that gives a text or
                ``{"access_token": …, "expires_in": seconds}``; asked again when WeChat says that it has expired.

        All of them may also come as one dict, as in Node.

        Raises:
            ConfigError: an option or the config.json is unusable.
        """
        given = _config.merge(options, keywords)
        if self._config is None:
            self._config = self._checked(given, sys._getframe(1).f_globals.get("__file__"))
            self._given = given
        elif given != self._given:
            _warn(
                "init() was called before with other options, which stay: the second call changes nothing, as in Node"
            )
        return self

    def createNewInstance(
        self: Self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]
    ) -> Self:
        """Another Cloud with options of its own; takes what init() takes."""
        cloud = type(self)()
        given = _config.merge(options, keywords)
        cloud._config = cloud._checked(given, sys._getframe(1).f_globals.get("__file__"))
        cloud._given = given
        return cloud

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Unpack[InitOptions]) -> None:
        """Checks and takes note of new options; takes what init() takes.

        As in the Node package, calls under ``openapi`` keep the options of init(): use createNewInstance() for a
        Cloud with others.

        Raises:
            ConfigError: an option is unusable.
        """
        given = _config.merge(options, keywords)
        Config({name: value for name, value in given.items() if name != "config"}, None)
        self._given = given

    def getWXContext(self) -> dict[str, Any]:
        """Who calls: ``OPENID``, ``APPID``, ``UNIONID``, ``ENV``, ``SOURCE``, … as far as the platform tells."""
        return _context.wx_context()

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self._config!r}>" if self._config else f"<{type(self).__name__}, not initialized>"
        )

    def _checked(self, given: dict[str, Any], caller: str | None) -> Config:
        options = {name: value for name, value in given.items() if name != "config"}
        return Config(options, _permissions_for(given.get("config", _UNSET), caller))


# What a call needs is imported at the first one: a function that makes none does not pay for it.


class Cloud(BaseCloud, AsyncOpen):
    """The async face: calls are awaited."""

    def __init__(self) -> None:
        super().__init__()
        # its names and their parameters are known to type checkers alone: at run time any name will do
        self.openapi: AsyncOpenAPI = OpenAPI(self)  # type: ignore[assignment]
        self.cloudPay: AsyncCloudPay = CloudPay(AsyncPayments(self))  # type: ignore[assignment]

    async def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
    ) -> dict[str, Any]:
        """Makes the call that a name under ``openapi`` stands for."""
        from ._call import call_async

        return await call_async(self._config, api, params, keywords, options)


class SyncCloud(BaseCloud, SyncOpen):
    """The sync face: calls return when the answer is there."""

    def __init__(self) -> None:
        super().__init__()
        self.openapi: SyncOpenAPI = OpenAPI(self)  # type: ignore[assignment]
        self.cloudPay: SyncCloudPay = CloudPay(SyncPayments(self))  # type: ignore[assignment]

    def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
    ) -> dict[str, Any]:
        """Makes the call that a name under ``openapi`` stands for."""
        from ._call import call

        return call(self._config, api, params, keywords, options)


def _permissions_for(config: object, caller: str | None) -> Permissions | None:
    if config is None:
        return None
    if isinstance(config, Mapping):
        return _permissions.from_mapping(config)
    if isinstance(config, (str, os.PathLike)):
        path = os.fspath(config)
        if isinstance(path, str):
            is_folder = os.path.isdir(path) and os.path.basename(path) != "config.json"
            return _permissions.from_file(os.path.join(path, "config.json") if is_folder else path)
    if config is not _UNSET:
        raise _config._wrong("config", "a path, a dict or None", config)
    folder = os.path.dirname(os.path.abspath(caller)) if caller else os.getcwd()
    found = _permissions.beside(folder)
    if found is None:
        _warn(
            f"no config.json in {folder}: nothing is refused here, whoever answers the calls decides."
            " Put config.json there, or give init(config=…)"
        )
    return found


def _warn(text: str) -> None:
    import logging  # here: it is not needed at a cold start

    logging.getLogger("cloudpy").warning("%s", text)
