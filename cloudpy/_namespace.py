"""``cloud.openapi.a.b.c``: any dotted name, known to us or not, becomes one call."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._call import DEFAULT_OPTIONS, Options

if TYPE_CHECKING:
    from ._cloud import Caller

Result = TypeVar("Result")


class OpenAPI(Generic[Result]):
    """The APIs of WeChat. Attributes are names; calling this object gives it options."""

    def __init__(self, caller: Caller[Result], options: Options = DEFAULT_OPTIONS) -> None:
        self._caller = caller
        self._options = options

    def __call__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> OpenAPI[Result]:
        """The same APIs with options, given as one dict or as keywords; they replace those given before.

        Args:
            appid: the account to call for, when not the function's own.
            convertCase: False leaves parameters and results in WeChat's snake_case.
            version: ``"v2"`` takes the gateway's second method.
            timeout: seconds for one call.

        Raises:
            ConfigError: no options, or one that does not exist.
        """
        from ._config import merge

        given = merge(options, keywords)
        if options is None and not keywords:
            raise _no_options()
        return OpenAPI(self._caller, Options(given))

    def __getattr__(self, name: str) -> API[Result]:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        api = API(self._caller, self._options, name)
        self.__dict__[name] = api
        return api

    def __repr__(self) -> str:
        return "<cloud.openapi>"


class API(Generic[Result]):
    """One name under ``openapi``: call it, or go on to a longer name."""

    def __init__(self, caller: Caller[Result], options: Options, name: str) -> None:
        self._caller = caller
        self._options = options
        self._name = name

    def __call__(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> Result:
        """Calls the API.

        Args:
            params: WeChat's parameters in camelCase, as one dict or as keywords. A file is
                ``{"contentType": "image/png", "value": b"…"}``.

        Returns:
            A plain dict: ``errCode`` 0, ``errMsg``, and what WeChat answered, in camelCase. An image or another
            file comes as ``contentType`` and ``buffer`` (bytes).

        Raises:
            CloudSDKError: with WeChat's errCode and errMsg; see the classes in ``cloudpy.errors``.
        """
        return self._caller.call(self._name, params, keywords, self._options)

    def __getattr__(self, name: str) -> API[Result]:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        api = API(self._caller, self._options, f"{self._name}.{name}")
        self.__dict__[name] = api
        return api

    def __repr__(self) -> str:
        return f"<cloud.openapi.{self._name}>"


AsyncOpenAPI = OpenAPI[Coroutine[Any, Any, "dict[str, Any]"]]
SyncOpenAPI = OpenAPI["dict[str, Any]"]


def _no_options() -> Exception:
    from ._error_codes import INVALID_PARAM
    from .errors import ConfigError

    return ConfigError(
        INVALID_PARAM, "openapi:fail an options object is expected: openapi(appid=…), openapi(convertCase=False), …"
    )
