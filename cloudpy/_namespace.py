"""``cloud.openapi.a.b.c``: any dotted name, known to us or not, becomes one call."""

from __future__ import annotations

from collections.abc import Mapping

from ._options import DEFAULT, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Caller(Protocol):
        """Makes the call that a name under ``openapi`` stands for: the Cloud of either face."""

        def call(
            self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
        ) -> Any: ...


class OpenAPI:
    """The APIs of WeChat. Attributes are names; calling this object gives it options."""

    def __init__(self, caller: Caller, options: Options = DEFAULT) -> None:
        self._caller = caller
        self._options = options

    def __call__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> OpenAPI:
        """The same APIs with options, given as one dict or as keywords; they replace those given before.

        Args:
            appid: the account to call for, when not the function's own.
            convertCase: False leaves parameters and results in WeChat's snake_case.
            version: ``"v2"`` takes the gateway's second method.
            timeout: seconds for one call.

        Raises:
            ConfigError: no options, or one that does not exist.
        """
        return OpenAPI(self._caller, Options.given(options, keywords))

    def __getattr__(self, name: str) -> API:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        api = self.__dict__[name] = API(self._caller, self._options, name)
        return api

    def __repr__(self) -> str:
        return "<cloud.openapi>"


class API:
    """One name under ``openapi``: call it, or go on to a longer name."""

    def __init__(self, caller: Caller, options: Options, name: str) -> None:
        self._caller = caller
        self._options = options
        self._name = name

    def __call__(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        """Calls the API; on the async face, await it.

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

    def __getattr__(self, name: str) -> API:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        api = self.__dict__[name] = API(self._caller, self._options, f"{self._name}.{name}")
        return api

    def __repr__(self) -> str:
        return f"<cloud.openapi.{self._name}>"
