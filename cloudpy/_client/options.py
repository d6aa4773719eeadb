"""The options of ``cloud.openapi(…)``: for which account, with or without case conversion, which gateway method."""

from __future__ import annotations

from collections.abc import Mapping

from .._error_codes import INVALID_PARAM
from ..errors import ConfigError
from .config import seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAMES = ("appid", "convertCase", "version", "timeout")


class Options:
    """Checked options.

    Raises:
        ConfigError: none were given, one does not exist, or has a value it cannot have.
    """

    __slots__ = ("appid", "convert_case", "timeout", "version")

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in _NAMES:
                raise ConfigError(
                    INVALID_PARAM, f"openapi:fail unknown option {name!r}; openapi() takes {', '.join(_NAMES)}"
                )
        appid = options.get("appid")
        if appid is not None and not isinstance(appid, str):
            raise ConfigError(INVALID_PARAM, f"openapi:fail appid must be a text, got {appid!r}")
        self.appid: str | None = appid
        self.convert_case: bool = options.get("convertCase") is not False
        self.version: str | None = options.get("version")
        timeout = options.get("timeout")
        self.timeout: float | None = None if timeout is None else seconds(timeout, "openapi", 0.0)

    @classmethod
    def given(cls, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Options:
        """From one dict, as in Node, or keywords."""
        if options is None and not keywords:
            raise ConfigError(
                INVALID_PARAM,
                "openapi:fail an options object is expected: openapi(appid=…), openapi(convertCase=False)",
            )
        if options is not None and (keywords or not isinstance(options, Mapping)):
            raise ConfigError(INVALID_PARAM, "openapi:fail an options object is expected: one dict, or keywords")
        return cls(keywords if options is None else options)


DEFAULT = Options({})
