"""The parameters of a call, one dict or keywords, checked as the Node package checks them."""

from __future__ import annotations

from collections.abc import Mapping

from ..._undefined import UNDEFINED
from ...errors import CloudSDKError
from ..config import MAX_RETRIES, Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def one_dict(name: str, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Mapping[str, Any]:
    """Return the parameters of ``cloud.<name>(params)``.

    Raises:
        CloudSDKError: they are missing, they are not a dict, or they come both ways.
    """
    if params is None:
        if keywords:
            return keywords
        raise rejected(name, f"Params for {name} must be an object instead of undefined: give one dict, or keywords")
    if not isinstance(params, Mapping):
        raise rejected(name, f"Params for {name} must be an object: give one dict, not a {type(params).__name__}")
    if keywords:
        raise rejected(name, "parameters are one dict or keywords, not both")
    return params


def initialized(config: Config | None, name: str) -> Config:
    """Return the options of init().

    Raises:
        CloudSDKError: init() was not called.
    """
    if config is None:
        raise rejected(name, "not initialized: call cloud.init() first（请先调用 cloud.init()）")
    return config


def check_types(name: str, params: Mapping[str, Any], types: Mapping[str, str]) -> None:
    """Reject parameters of other types, in the words of the Node package.

    Args:
        name: the call's name.
        params: the parameters.
        types: JavaScript's name of the type of each.

    Raises:
        CloudSDKError: names each invalid parameter.
    """
    message = ""
    for key, expected in types.items():
        got = _js_type(params[key]) if key in params else "undefined"
        if got != expected:
            message += f"parameter.{key} should be {expected} instead of {got};"
    if message:
        raise CloudSDKError(-1, message, api=name)


def _js_type(value: object) -> str:
    if value is UNDEFINED:
        return "undefined"
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


def retries(name: str, options: object) -> int | None:
    """Return the further attempts of ``retryOptions``; None without it.

    The options of Node's pauses (``factor``, ``minTimeout``, …) are ignored: the pauses are ours.

    Raises:
        CloudSDKError: it is not a dict, or asks for unsafe retries.
    """
    if options is None:
        return None
    if not isinstance(options, Mapping):
        raise rejected(name, f"retryOptions must be a dict such as {{'retries': 2}}, got {options!r}")
    for key in options:
        if key in ("forever", "shouldRetry") and options[key]:
            raise rejected(
                name,
                f"retryOptions.{key} is not supported: only requests that were not sent are retried, `retries` times",
            )
        if key not in _RETRY_NAMES:
            raise rejected(name, f"retryOptions has no {key!r}; give {{'retries': 2}}")
    timeouts = options.get("timeouts")
    count = options.get("retries", len(timeouts) if isinstance(timeouts, (list, tuple)) else 0)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MAX_RETRIES:
        raise rejected(name, f"retryOptions.retries must be an integer from 0 to {MAX_RETRIES}, got {count!r}")
    return count


_RETRY_NAMES = frozenset(
    "retries factor minTimeout maxTimeout randomize timeouts forever unref maxRetryTime shouldRetry timeoutOps".split()
)


def rejected(name: str, what: str) -> CloudSDKError:
    """Return the error of a call that is not sent because of its parameters."""
    text = f"{name}:fail {what}"
    return CloudSDKError(-1, text, api=name, message=text)
