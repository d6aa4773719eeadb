"""``cloud.openapi.a.b.c`` and ``cloud.cloudPay.a``: any dotted name, known or not, is one call."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from .config import DEFAULT, Options

# Attributes that tools look for in any object and call: IPython, mock, pytest, Django, rich, editors. WeChat's names
# are camelCase and never begin with an underscore.
_PROBES = frozenset(
    """alters_data aihwerij235234ljsdnp34ksodfipwoe234234jlskjdf attach_mock columns do_not_call_in_templates dtype fget
    func getdoc hypothesis im_func im_self is_hypothesis_test method_calls mock_add_spec mock_calls ndim reset_mock
    shape trait_names traits""".split()
)
_PAYMENTS = ("closeOrder", "downloadBill", "queryOrder", "queryRefund", "refund", "unifiedOrder")
_PROBE_PREFIXES = ("_", "assert_", "ipython_", "pytest_", "repr_")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Caller(Protocol):
        """Makes the call that a name stands for: the Cloud, of either API."""

        def call(self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Any) -> Any: ...


def _check(name: str) -> None:
    """Raise AttributeError for an attribute that tools look for in any object."""
    if name in _PROBES or name.startswith(_PROBE_PREFIXES):
        raise AttributeError(f"{name!r} is not the name of an API")


class _Looked:
    """An attribute of names that only tools read: made when it is read, from the contracts.

    Of the class it is `of_class`, or missing when that is None.
    """

    def __init__(self, make: Callable[[Any], Any], of_class: str | None = None) -> None:
        self._make = make
        self._of_class = of_class

    def __get__(self, name: Any, owner: type) -> Any:
        if name is not None:
            return self._make(name)
        if self._of_class is None:
            raise AttributeError("only names have one")
        return self._of_class


def _help_text(name: API | Namespace) -> str:
    from . import catalogue

    return (catalogue.help_text(name._name) if name._root == "openapi" else None) or type(name).__doc__ or ""


def _signature(name: API) -> Any:
    from . import catalogue

    return catalogue.signature(name._name if name._root == "openapi" else "")


def _listed(parent: OpenAPI | API | Namespace, name: str, make: type[API]) -> list[str]:
    """Return the names below `parent` for dir(), and make those that are no APIs themselves uncallable.

    Completion in a terminal would otherwise add a parenthesis to namespaces.
    """
    from . import catalogue

    words = catalogue.members(name)
    for word, is_api in words.items():
        if not is_api:
            whole = f"{name}.{word}" if name else word
            parent.__dict__[word] = Namespace(parent._caller, parent._options, whole, make)
    return sorted([*words, *dir(object)])


class OpenAPI:
    """The APIs of WeChat. Attributes are names; calling this object gives it options."""

    def __init__(self, caller: Caller, options: Options = DEFAULT, *, api: type[API] | None = None) -> None:
        self._caller = caller
        self._options = options
        self._api = api or API

    def __call__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> OpenAPI:
        """Return the same APIs with options, which replace earlier ones.

        Args:
            options: the options as one dict, as in Node.
            **keywords: ``appid``, the account to call for, by default the function's own; ``convertCase``, False leaves
                parameters and results in WeChat's snake_case; ``version``, ``"v2"`` uses the gateway's second method;
                ``timeout``, seconds for one call.

        Raises:
            ConfigError: there are no options, or one is unknown.
        """
        return OpenAPI(self._caller, Options.from_call(options, keywords), api=self._api)

    def __getattr__(self, name: str) -> API:
        _check(name)
        api = self.__dict__[name] = self._api(self._caller, self._options, name)
        return api

    def __dir__(self) -> list[str]:
        return _listed(self, "", self._api)

    def __repr__(self) -> str:
        return "<cloud.openapi>"


class CloudPay:
    """WeChat Pay (微信支付). Attributes are names; calling this object gives it options."""

    def __init__(
        self, caller: Caller, options: Mapping[str, Any] | None = None, *, api: type[API] | None = None
    ) -> None:
        self._caller = caller
        self._options = options or {}
        self._api = api or Pay

    def __call__(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> CloudPay:
        """Return the same calls with options, which replace earlier ones.

        Args:
            options: the options as one dict, as in Node.
            **keywords: ``appid``, the account to call for, by default the function's own; ``timeout``, seconds for one
                call.

        Raises:
            ConfigError: there are no options, or one is unknown.
        """
        from .services.pay import checked_options

        return CloudPay(self._caller, checked_options(options, keywords), api=self._api)

    def __getattr__(self, name: str) -> API:
        _check(name)
        api = self.__dict__[name] = self._api(self._caller, self._options, name)
        return api

    def __dir__(self) -> list[str]:
        return sorted([*_PAYMENTS, *dir(object)])

    def __repr__(self) -> str:
        return "<cloud.cloudPay>"


class API:
    """One name under ``openapi``: call it, or continue to a longer name."""

    _root = "openapi"
    __doc__ = _Looked(_help_text, __doc__)
    __signature__ = _Looked(_signature)

    def __init__(self, caller: Caller, options: Any, name: str) -> None:
        self._caller = caller
        self._options = options
        self._name = name

    def __call__(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        """Call the API; in the async API, await it.

        Args:
            params: WeChat's parameters in camelCase, as one dict. A file is
                ``{"contentType": "image/png", "value": b"…"}``.
            **keywords: the parameters as keywords.

        Returns:
            A plain dict: ``errCode`` 0, ``errMsg``, and WeChat's result in camelCase. An image or another file is
            returned as ``contentType`` and ``buffer`` (bytes).

        Raises:
            CloudSDKError: with WeChat's errCode and errMsg; see the classes in ``cloudpy.errors``.
        """
        return self._caller.call(self._name, params, keywords, self._options)

    def __getattr__(self, name: str) -> API:
        _check(name)
        api = self.__dict__[name] = type(self)(self._caller, self._options, f"{self._name}.{name}")
        return api

    def __dir__(self) -> list[str]:
        return _listed(self, self._name, type(self)) if self._root == "openapi" else dir(object)

    def __repr__(self) -> str:
        return f"<cloud.{self._root}.{self._name}>"


class Namespace:
    """Names under ``openapi`` with a common beginning, once dir() has listed it: continue to a longer name."""

    _root = "openapi"
    __doc__ = _Looked(_help_text, __doc__)

    def __init__(self, caller: Caller, options: Any, name: str, api: type[API]) -> None:
        self._caller = caller
        self._options = options
        self._name = name
        self._api = api

    def __getattr__(self, name: str) -> API:
        _check(name)
        api = self.__dict__[name] = self._api(self._caller, self._options, f"{self._name}.{name}")
        return api

    def __dir__(self) -> list[str]:
        return _listed(self, self._name, self._api)

    def __repr__(self) -> str:
        return f"<cloud.openapi.{self._name}>"


class Pay(API):
    """One name under ``cloudPay``: call it, or continue to a longer name."""

    _root = "cloudPay"
    __doc__ = _Looked(_help_text, __doc__)

    def __call__(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        """Call WeChat Pay; in the async API, await it. It is never sent twice.

        Args:
            params: the parameters in camelCase, as one dict.
            **keywords: the parameters as keywords.

        Returns:
            A plain dict in camelCase: ``errCode`` 0, ``errMsg``, ``returnCode``, ``resultCode``, … A bill is ``data``:
            text, or bytes with ``tarType="GZIP"``.

        Raises:
            CloudSDKError: the call failed. An order that WeChat Pay itself rejects is not an error but a result whose
                ``returnCode`` or ``resultCode`` is ``FAIL``.
        """
        return self._caller.call(self._name, params, keywords, self._options)


class _Awaited:
    """Makes a name of the async API a coroutine function for inspect, asyncio, mock, Starlette and asgiref.

    They check the type of the object, which a callable object cannot have, or marks of the standard library.
    """

    if TYPE_CHECKING:
        _caller: Caller
        _name: str
        _options: Any

    __defaults__ = (None,)
    __kwdefaults__ = None

    async def __call__(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        return await self._caller.call(self._name, params, keywords, self._options)

    @property
    def __name__(self) -> str:
        return self._name.rpartition(".")[2]

    @property
    def __code__(self) -> Any:  # for inspect before Python 3.12
        return type(self).__call__.__code__

    @property
    def _is_coroutine_mark(self) -> Any:
        return getattr(sys.modules.get("inspect"), "_is_coroutine_mark", None)

    @property
    def _is_coroutine(self) -> Any:
        return getattr(sys.modules.get("asyncio.coroutines"), "_is_coroutine", None)


class AsyncAPI(_Awaited, API):
    """One name under ``openapi`` of the async API: await its call, or continue to a longer name."""

    __doc__ = _Looked(_help_text, __doc__)


class AsyncPay(_Awaited, Pay):
    """One name under ``cloudPay`` of the async API: await its call."""

    __doc__ = _Looked(_help_text, __doc__)
