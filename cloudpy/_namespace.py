"""``cloud.openapi.a.b.c`` and ``cloud.cloudPay.a``: any dotted name, known to us or not, becomes one call."""

from __future__ import annotations

from collections.abc import Mapping

from ._options import DEFAULT, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Caller(Protocol):
        """Makes the call that a name under ``openapi`` stands for: the Cloud of either face."""

        def call(self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Any) -> Any: ...


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


class CloudPay:
    """WeChat Pay (微信支付). Attributes are names; calling this object gives it options."""

    def __init__(self, caller: Caller, options: Mapping[str, Any] | None = None) -> None:
        self._caller = caller
        self._options = options or {}

    def __call__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> CloudPay:
        """The same calls with options, given as one dict or as keywords; they replace those given before.

        Args:
            appid: the account to call for, when not the function's own.
            timeout: seconds for one call.

        Raises:
            ConfigError: no options, or one that does not exist.
        """
        from ._services.cloud_pay import checked

        return CloudPay(self._caller, checked(options, keywords))

    def __getattr__(self, name: str) -> API:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        api = self.__dict__[name] = Pay(self._caller, self._options, name)
        return api

    def __repr__(self) -> str:
        return "<cloud.cloudPay>"


class API:
    """One name under ``openapi``: call it, or go on to a longer name."""

    _root = "openapi"

    def __init__(self, caller: Caller, options: Any, name: str) -> None:
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
        api = self.__dict__[name] = type(self)(self._caller, self._options, f"{self._name}.{name}")
        return api

    def __repr__(self) -> str:
        return f"<cloud.{self._root}.{self._name}>"


class Pay(API):
    """One name under ``cloudPay``: call it, or go on to a longer name."""

    _root = "cloudPay"

    def __call__(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        """Calls WeChat Pay; on the async face, await it. It is never sent twice.

        Args:
            params: in camelCase, as one dict or as keywords.

        Returns:
            A plain dict in camelCase: ``errCode`` 0, ``errMsg``, ``returnCode``, ``resultCode``, … A bill is ``data``:
            text, or bytes with ``tarType="GZIP"``.

        Raises:
            CloudSDKError: the call failed. What WeChat Pay itself refuses is no error but a result whose
                ``returnCode`` or ``resultCode`` is ``FAIL``.
        """
        return self._caller.call(self._name, params, keywords, self._options)
