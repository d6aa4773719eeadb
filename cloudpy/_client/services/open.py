"""The calls of the Cloud that are none of storage and not under ``openapi``: thin, what they do is a module each."""

from __future__ import annotations

from collections.abc import Mapping

from ... import _transports
from .. import retry
from ..config import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, overload

    from typing_extensions import Unpack

    from ..._typed import open as t
    from ..._typed.database import DatabaseOptions
    from ..._wire.midas import MidasSignature
    from ..retry import Steps
    from .database import Database
    from .database_sync import Database as SyncDatabase


async def _awaited(steps: Steps[Any]) -> Any:
    return await retry.drive_async(steps, _transports.async_transport())


def _blocking(steps: Steps[Any]) -> Any:
    return retry.drive(steps, _transports.blocking_transport())


# mypy takes no implementation for an Unpack whose parameters come as one dict as well: hence the ignored "misc".


class BaseOpen:
    """What both faces share."""

    _config: Config | None

    if TYPE_CHECKING:

        @property
        def _for_services(self) -> Config | None: ...

    if TYPE_CHECKING:

        @overload
        def signature(self, params: t.SignatureParams, /) -> MidasSignature: ...
        @overload
        def signature(self, **keywords: Unpack[t.SignatureParams]) -> MidasSignature: ...

    def signature(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> MidasSignature:  # type: ignore[misc]
        """The signature of a game-coin API (米大师): give it as ``sig`` to one of ``openapi.midas``.

        It is computed when that call is encoded, over the values that are then sent.

        Args:
            params: ``type``, ``"midas"``; ``params``, the names of the parameters that it covers; ``secret`` of the
                mini game.

        Raises:
            CloudSDKError: another type, no list of names, or no secret.
        """
        from .signature import made

        return made(params, keywords)


class AsyncOpen(BaseOpen):
    """Awaited."""

    if TYPE_CHECKING:

        @overload
        def database(self, options: DatabaseOptions, /) -> Database: ...
        @overload
        def database(self, **keywords: Unpack[DatabaseOptions]) -> Database: ...

    def database(self, options: Any = None, /, **keywords: Any) -> Database:  # type: ignore[misc]
        """Return the database of the environment. Nothing is sent yet.

        Args:
            env: an environment id, when not that of init().
            throwOnNotFound: False makes ``doc(id).get()`` of a document that does not exist give None as its data.

        Raises:
            CloudSDKError: init() was not called, or an option is wrong.
        """
        from .database import Database

        return Database(self, options, keywords)

    if TYPE_CHECKING:

        @overload
        async def callFunction(self, params: t.CallFunctionParams, /) -> t.CallFunctionResult: ...
        @overload
        async def callFunction(self, **keywords: Unpack[t.CallFunctionParams]) -> t.CallFunctionResult: ...

    async def callFunction(self, params: Any = None, /, **keywords: Any) -> t.CallFunctionResult:  # type: ignore[misc]
        """Runs another cloud function of the environment, and waits for its end.

        Args:
            params: ``name``; ``data``, its event; ``config`` with another ``env``; ``timeout`` in seconds for this
                call; ``retryOptions`` (``{"retries": 2}``). As one dict, or as keywords. bytes in ``data`` arrive as
                ``{"type": "Buffer", "data": […]}``.

        Returns:
            ``{"result": …, "errMsg": "callFunction:ok", "requestID": …}``.

        Raises:
            CloudSDKError: it failed (errCode -504002, with its own error in the message), or was not run at all.
            CallTimeoutError: no answer in time; whether it ran is not known. It is never called again by itself once
                something may have been sent.
        """
        from .call_function import steps

        result: t.CallFunctionResult = await retry.drive_async(
            steps(self._for_services, params, keywords), _transports.async_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        async def callOpenAPI(self, params: t.CallOpenAPIParams, /) -> t.CallOpenAPIResult: ...
        @overload
        async def callOpenAPI(self, **keywords: Unpack[t.CallOpenAPIParams]) -> t.CallOpenAPIResult: ...

    async def callOpenAPI(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.CallOpenAPIResult:  # type: ignore[misc]
        """Calls an API of WeChat's in the older form: parameters and result travel as they are, in snake_case.

        Prefer ``openapi``, which converts names and raises WeChat's errors.

        Args:
            params: ``api``, e.g. ``templateMessage.send``; ``data``; ``version``, ``"v1"`` or ``"v2"`` (which it is
                when left out); ``config`` with another ``env``; ``timeout`` in seconds; ``retryOptions``.

        Returns:
            ``{"result": …, "errMsg": "callOpenAPI:ok"}``; an ``errcode`` of WeChat's stands in the result.

        Raises:
            ApiPermissionError: config.json does not list the API.
            CloudSDKError: the gateway refused, or did not answer.
        """
        from .call_open_api import steps

        result: t.CallOpenAPIResult = await retry.drive_async(
            steps(self._for_services, params, keywords), _transports.async_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        async def getCloudCallSign(self, params: t.GetCloudCallSignParams, /) -> t.SignatureResult: ...
        @overload
        async def getCloudCallSign(self, **keywords: Unpack[t.GetCloudCallSignParams]) -> t.SignatureResult: ...

    async def getCloudCallSign(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.SignatureResult:  # type: ignore[misc]
        """The signature with which a mini program makes a cloud call of its own (云通话).

        Args:
            params: ``parameterList``, the texts that are signed, in their order.

        Returns:
            ``{"signature": …, "errCode": 0, "errMsg": …}``.

        Raises:
            CloudSDKError: WeChat refused, or did not answer.
        """
        from .svrkit import cloud_call_sign

        result: t.SignatureResult = await retry.drive_async(
            cloud_call_sign(self._config, params, keywords), _transports.async_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        async def getOpenData(self, params: t.GetOpenDataParams, /) -> t.GetOpenDataResult: ...
        @overload
        async def getOpenData(self, **keywords: Unpack[t.GetOpenDataParams]) -> t.GetOpenDataResult: ...

    async def getOpenData(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.GetOpenDataResult:  # type: ignore[misc]
        """What stands behind CloudIDs (开放数据) of the user who calls.

        Args:
            params: ``list``, the CloudIDs; ``appid``, the account, when not the function's own.

        Returns:
            ``{"list": [{"cloudID": …, "data": {…}}], "errCode": 0, "errMsg": …}``, in their order. One that is unknown
            (-601005), expired (-601006) or someone else's (-601007) stands there as
            ``{"cloudID", "errCode", "errMsg"}``.

        Raises:
            CloudSDKError: WeChat refused, or did not answer.
        """
        from .svrkit import open_data

        result: t.GetOpenDataResult = await retry.drive_async(
            open_data(self._config, params, keywords), _transports.async_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        async def getVoIPSign(self, params: t.GetVoIPSignParams, /) -> t.SignatureResult: ...
        @overload
        async def getVoIPSign(self, **keywords: Unpack[t.GetVoIPSignParams]) -> t.SignatureResult: ...

    async def getVoIPSign(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.SignatureResult:  # type: ignore[misc]
        """The signature with which a user joins a voice room (实时语音).

        Args:
            params: ``groupId`` of the room; ``timestamp``, seconds since 1970; ``nonce``.

        Returns:
            ``{"signature": …, "errCode": 0, "errMsg": …}``.

        Raises:
            CloudSDKError: WeChat refused, or did not answer.
        """
        from .svrkit import voip_sign

        result: t.SignatureResult = await retry.drive_async(
            voip_sign(self._config, params, keywords), _transports.async_transport()
        )
        return result


class AsyncPayments:
    """Makes the calls under ``cloudPay``."""

    def __init__(self, cloud: AsyncOpen) -> None:
        self._cloud = cloud

    async def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Makes one call."""
        from .cloud_pay import steps

        made = steps(self._cloud._config, api, params, keywords, options)
        return await _awaited(made)  # type: ignore[no-any-return]


class SyncOpen(BaseOpen):
    """Blocking."""

    if TYPE_CHECKING:

        @overload
        def database(self, options: DatabaseOptions, /) -> SyncDatabase: ...
        @overload
        def database(self, **keywords: Unpack[DatabaseOptions]) -> SyncDatabase: ...

    def database(self, options: Any = None, /, **keywords: Any) -> SyncDatabase:  # type: ignore[misc]
        """Return the database of the environment; see ``AsyncOpen.database``."""
        from .database_sync import Database

        return Database(self, options, keywords)

    if TYPE_CHECKING:

        @overload
        def callFunction(self, params: t.CallFunctionParams, /) -> t.CallFunctionResult: ...
        @overload
        def callFunction(self, **keywords: Unpack[t.CallFunctionParams]) -> t.CallFunctionResult: ...

    def callFunction(self, params: Any = None, /, **keywords: Any) -> t.CallFunctionResult:  # type: ignore[misc]
        """Runs another cloud function of the environment, and waits for its end."""
        from .call_function import steps

        result: t.CallFunctionResult = retry.drive(
            steps(self._for_services, params, keywords), _transports.blocking_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        def callOpenAPI(self, params: t.CallOpenAPIParams, /) -> t.CallOpenAPIResult: ...
        @overload
        def callOpenAPI(self, **keywords: Unpack[t.CallOpenAPIParams]) -> t.CallOpenAPIResult: ...

    def callOpenAPI(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.CallOpenAPIResult:  # type: ignore[misc]
        """Calls an API of WeChat's in the older form: parameters and result travel as they are, in snake_case."""
        from .call_open_api import steps

        result: t.CallOpenAPIResult = retry.drive(
            steps(self._for_services, params, keywords), _transports.blocking_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        def getCloudCallSign(self, params: t.GetCloudCallSignParams, /) -> t.SignatureResult: ...
        @overload
        def getCloudCallSign(self, **keywords: Unpack[t.GetCloudCallSignParams]) -> t.SignatureResult: ...

    def getCloudCallSign(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.SignatureResult:  # type: ignore[misc]
        """The signature with which a mini program makes a cloud call of its own (云通话)."""
        from .svrkit import cloud_call_sign

        result: t.SignatureResult = retry.drive(
            cloud_call_sign(self._config, params, keywords), _transports.blocking_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        def getOpenData(self, params: t.GetOpenDataParams, /) -> t.GetOpenDataResult: ...
        @overload
        def getOpenData(self, **keywords: Unpack[t.GetOpenDataParams]) -> t.GetOpenDataResult: ...

    def getOpenData(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.GetOpenDataResult:  # type: ignore[misc]
        """What stands behind CloudIDs (开放数据) of the user who calls."""
        from .svrkit import open_data

        result: t.GetOpenDataResult = retry.drive(
            open_data(self._config, params, keywords), _transports.blocking_transport()
        )
        return result

    if TYPE_CHECKING:

        @overload
        def getVoIPSign(self, params: t.GetVoIPSignParams, /) -> t.SignatureResult: ...
        @overload
        def getVoIPSign(self, **keywords: Unpack[t.GetVoIPSignParams]) -> t.SignatureResult: ...

    def getVoIPSign(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.SignatureResult:  # type: ignore[misc]
        """The signature with which a user joins a voice room (实时语音)."""
        from .svrkit import voip_sign

        result: t.SignatureResult = retry.drive(
            voip_sign(self._config, params, keywords), _transports.blocking_transport()
        )
        return result


class SyncPayments:
    """Makes the calls under ``cloudPay``."""

    def __init__(self, cloud: SyncOpen) -> None:
        self._cloud = cloud

    def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Makes one call."""
        from .cloud_pay import steps

        made = steps(self._cloud._config, api, params, keywords, options)
        return _blocking(made)  # type: ignore[no-any-return]
