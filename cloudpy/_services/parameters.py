"""The one dict, or the keywords, that a call of the SDK takes, checked as the Node package checks it."""

from __future__ import annotations

from collections.abc import Mapping

from .._config import Config
from ..errors import CloudSDKError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def one(name: str, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Mapping[str, Any]:
    """The parameters of ``cloud.<name>(params)``.

    Raises:
        CloudSDKError: there are none, or they are no dict, or they come both ways.
    """
    if params is None:
        if keywords:
            return keywords
        raise refused(name, f"Params for {name} must be an object instead of undefined: give one dict, or keywords")
    if not isinstance(params, Mapping):
        raise refused(name, f"Params for {name} must be an object: give one dict, not a {type(params).__name__}")
    if keywords:
        raise refused(name, "parameters are one dict or keywords, not both")
    return params


def initialized(config: Config | None, name: str) -> Config:
    """The options of init().

    Raises:
        CloudSDKError: init() was not called.
    """
    if config is None:
        raise refused(name, "not initialized: call cloud.init() first（请先调用 cloud.init()）")
    return config


def refused(name: str, what: str) -> CloudSDKError:
    """The error of a call that is not sent, for a reason of the caller's."""
    return CloudSDKError(-1, f"{name}:fail {what}", api=name)
