"""The one dict, or the keywords, that a call of the SDK takes, checked as the Node package checks it."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import CloudSDKError
from ..config import Config

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


def check_types(name: str, given: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    """Refuses parameters of other types, in the words of the Node package.

    Args:
        wanted: the type of each, by the names that JavaScript has for them.

    Raises:
        CloudSDKError: naming each that is wrong.
    """
    wrong = ""
    for key, kind in wanted.items():
        found = _kind(given[key]) if key in given else "undefined"
        if found != kind:
            wrong += f"parameter.{key} should be {kind} instead of {found};"
    if wrong:
        raise CloudSDKError(-1, wrong, api=name)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "uint8array"
    if isinstance(value, (list, tuple)):
        return "array"
    return "object" if isinstance(value, Mapping) else type(value).__name__


def retries_of(name: str, options: object) -> int | None:
    """The further attempts that ``retryOptions`` asks for; None when it is not given.

    What shapes Node's pauses (``factor``, ``minTimeout``, …) is passed over: the pauses are ours.

    Raises:
        CloudSDKError: it is no dict, or wants what is not safe.
    """
    if options is None:
        return None
    if not isinstance(options, Mapping):
        raise refused(name, f"retryOptions must be a dict such as {{'retries': 2}}, got {options!r}")
    for key in options:
        if key in ("forever", "shouldRetry") and options[key]:
            raise refused(
                name,
                f"retryOptions.{key} is not taken: what surely was not sent is repeated, `retries` times, nothing else",
            )
        if key not in _RETRY_NAMES:
            raise refused(name, f"retryOptions has no {key!r}; give {{'retries': 2}}")
    timeouts = options.get("timeouts")
    retries = options.get("retries", len(timeouts) if isinstance(timeouts, (list, tuple)) else 0)
    if not isinstance(retries, int) or isinstance(retries, bool) or not 0 <= retries <= 10:
        raise refused(name, f"retryOptions.retries must be a whole number from 0 to 10, got {retries!r}")
    return retries


_RETRY_NAMES = frozenset(
    "retries factor minTimeout maxTimeout randomize timeouts forever unref maxRetryTime shouldRetry timeoutOps".split()
)


def refused(name: str, what: str) -> CloudSDKError:
    """The error of a call that is not sent, for a reason of the caller's."""
    text = f"{name}:fail {what}"
    return CloudSDKError(-1, text, api=name, message=text)
