"""A Cloud for the resources of another account, and the question for the permission to use them."""

from __future__ import annotations

from collections.abc import Mapping

from .. import _transports
from .._error_codes import INVALID_PARAM
from ..errors import ConfigError
from . import config as _config
from . import retry
from .cloud import Cloud, SyncCloud
from .config import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_OWN = ("resourceAppid", "resourceEnv")


class AccountCloud(Cloud):
    """What ``Cloud({"resourceAppid": …, "resourceEnv": …})`` makes: await its ``init()`` before anything else."""

    def __init__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        super().__init__()
        self._options, self._own_config = _checked(self, options, keywords)

    async def init(self, *_: object, **__: object) -> AccountCloud:  # type: ignore[override]
        """Asks WeChat for the permission to use the other account's resources, once.

        It takes nothing: the options are those of ``Cloud(…)``. Whatever it is given is passed over, as in Node.

        Raises:
            ConfigError: there are no credentials of our own to ask with.
            CloudSDKError: the other account does not share the environment (-601012, -601016), or WeChat's refusal.
            TransportError, CallTimeoutError: no answer came.
        """
        from .services import account

        if self._config is None:
            steps = account.steps(self._own_config, self._options)
            self._config = await retry.drive_async(steps, _transports.async_transport())
        return self

    def _blank(self) -> Cloud:
        return Cloud()

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Checks the options and changes nothing, as in Node: a Cloud for another account keeps those it has."""
        super().updateConfig(options, **keywords)
        self._updated = None


class SyncAccountCloud(SyncCloud):
    """The same without ``await``."""

    def __init__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        super().__init__()
        self._options, self._own_config = _checked(self, options, keywords)

    def init(self, *_: object, **__: object) -> SyncAccountCloud:
        """Asks WeChat for the permission, once; see ``AccountCloud.init``."""
        from .services import account

        if self._config is None:
            steps = account.steps(self._own_config, self._options)
            self._config = retry.drive(steps, _transports.blocking_transport())
        return self

    def _blank(self) -> SyncCloud:
        return SyncCloud()

    def updateConfig(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """As of ``AccountCloud``."""
        super().updateConfig(options, **keywords)
        self._updated = None


def _checked(
    cloud: Cloud | SyncCloud, options: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> tuple[dict[str, Any], Config]:
    given = _config.merge(options, keywords)
    for name in _OWN:
        if given.get(name) is not None and not isinstance(given[name], str):
            raise ConfigError(INVALID_PARAM, f"init:fail {name} must be a text, got a {type(given[name]).__name__}")
    if not given.get("resourceEnv"):
        raise ConfigError(
            INVALID_PARAM,
            "init:fail missing resourceEnv: give Cloud(resourceAppid=…, resourceEnv=…); a Cloud for an environment of"
            " the own account is made by createNewInstance(env=…)",
        )
    # No config.json is looked for: what it lists are calls that such a Cloud does not make.
    own = {"config": None, **{name: value for name, value in given.items() if name not in _OWN}}
    if not given.get("resourceAppid") and not own.get("env"):
        import logging  # here: it is not needed at a cold start

        logging.getLogger("cloudpy").warning(
            "Cloud(resourceEnv=%r) without resourceAppid uses the function's own environment, as in Node: for another"
            " environment of the own account, give env",
            given["resourceEnv"],
        )
    config = cloud._checked(own, None)
    config.fixed_env = True
    return given, config
