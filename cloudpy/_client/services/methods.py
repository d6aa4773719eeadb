"""The methods of the Cloud besides ``openapi``, awaited. ``methods_sync`` is generated from this module.

Each is thin: a module for each service knows the steps of its calls, and is imported at the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from .. import retry
from ..config import Config, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, overload

    from typing_extensions import Unpack

    from ..._typed import open as t
    from ..._typed import storage as s
    from ..._typed.database import DatabaseOptions
    from ..._typed.shapes import MISSING, MYPY, Given, Given1, Never
    from .ai import AI
    from .database import Database

# mypy accepts no implementation of an Unpack whose parameters may also come as one dict: hence the ignored "misc".


class AsyncMethods:
    """The methods of the async API that send something."""

    _config: Config | None

    if TYPE_CHECKING:

        @property
        def _services_config(self) -> Config | None: ...

    async def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
    ) -> dict[str, Any]:
        """Make the call that a name under ``openapi`` stands for."""
        config = self._config
        if config is not None and config.transport:
            from .. import https  # here, as in all methods: a function that makes no such call does not pay for it

            return await retry.run_async(https.call(config, api, params, keywords, options))
        from .. import openapi

        return await retry.run_async(openapi.call(config, api, params, keywords, options))

    def ai(self, options: Mapping[str, Any] | None = None) -> AI:
        """Return the language models and bots of the environment: ``cloud.ai().createModel("deepseek")``.

        Args:
            options: ``{"config": {"env": …}}`` for another environment than that of init().

        Raises:
            CloudSDKError: init() was not called, or an option is wrong.
        """
        from .ai import AI

        return AI(self._services_config, options)

    def database(self, options: DatabaseOptions = None, /, **keywords: Unpack[DatabaseOptions]) -> Database:  # type: ignore[assignment]
        """Return the database of the environment. Nothing is sent yet.

        Args:
            options: the options as one dict, as in Node.
            **keywords: ``env``, an environment id, by default that of init(); ``throwOnNotFound``, False makes
                ``doc(id).get()`` of a document that does not exist return None as its data; ``document_hook``, a
                function that is called with each document that is read, and whose result takes its place.

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

        if not MYPY:  # names a wrong keyword: scripts/stub_shapes.py

            @overload
            async def callFunction(
                self,
                *,
                name: str | Given1 = MISSING,
                data: Mapping[str, Any] = ...,
                config: t.ServiceConfig = ...,
                timeout: float = ...,
                retryOptions: t.RetryOptions = ...,
                _keywords: Literal["name", "data", "config", "timeout", "retryOptions"] | Given = MISSING,
                **_unknown: Never,
            ) -> t.CallFunctionResult: ...
            @overload
            async def callFunction(self, name: Never, data: Never, /) -> t.CallFunctionResult: ...
            @overload
            async def callFunction(self, **keywords: Unpack[t.CallFunctionParams]) -> t.CallFunctionResult: ...

    async def callFunction(self, params: Any = None, /, *more: Any, **keywords: Any) -> t.CallFunctionResult:  # type: ignore[misc]
        """Run another cloud function of the environment, and wait for its result.

        Args:
            params: the parameters as one dict, as in Node.
            *more: none; an error says how to write the name and the event.
            **keywords: ``name``; ``data``, its event; ``config`` with another ``env``; ``timeout`` in seconds for this
                call; ``retryOptions`` (``{"retries": 2}``). bytes in ``data`` arrive as
                ``{"type": "Buffer", "data": […]}``.

        Returns:
            ``{"result": …, "errMsg": "callFunction:ok", "requestID": …}``.

        Raises:
            CloudSDKError: it failed (errCode -504002, with its own error in the message), or did not run at all.
            CallTimeoutError: no answer in time; whether it ran is unknown. It is never retried automatically once
                something may have been sent.
        """
        from .functions import call_function

        return await retry.run_async(call_function(self._services_config, params, keywords, more))

    if TYPE_CHECKING:

        @overload
        async def callOpenAPI(self, params: t.CallOpenAPIParams, /) -> t.CallOpenAPIResult: ...
        @overload
        async def callOpenAPI(self, **keywords: Unpack[t.CallOpenAPIParams]) -> t.CallOpenAPIResult: ...

    async def callOpenAPI(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.CallOpenAPIResult:  # type: ignore[misc]
        """Call one of WeChat's APIs in the older form: parameters and result are not converted, in snake_case.

        Prefer ``openapi``, which converts names and raises WeChat's errors.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``api``, e.g. ``templateMessage.send``; ``data``; ``version``, ``"v1"`` or ``"v2"`` (the
                default); ``config`` with another ``env``; ``timeout`` in seconds; ``retryOptions``.

        Returns:
            ``{"result": …, "errMsg": "callOpenAPI:ok"}``; the result includes WeChat's ``errcode``.

        Raises:
            ApiPermissionError: config.json does not list the API.
            CloudSDKError: the gateway returned an error, or nothing.
        """
        from .functions import call_open_api

        return await retry.run_async(call_open_api(self._services_config, params, keywords))

    if TYPE_CHECKING:

        @overload
        async def getCloudCallSign(self, params: t.GetCloudCallSignParams, /) -> t.SignatureResult: ...
        @overload
        async def getCloudCallSign(self, **keywords: Unpack[t.GetCloudCallSignParams]) -> t.SignatureResult: ...

    async def getCloudCallSign(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.SignatureResult:  # type: ignore[misc]
        """Return the signature with which a mini program makes its own cloud call (云通话).

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``parameterList``, the strings to sign, in order.

        Returns:
            ``{"signature": …, "errCode": 0, "errMsg": …}``.

        Raises:
            CloudSDKError: WeChat returned an error, or nothing.
        """
        from .open_data import get_cloud_call_sign

        return await retry.run_async(get_cloud_call_sign(self._config, params, keywords))

    if TYPE_CHECKING:

        @overload
        async def getOpenData(self, params: t.GetOpenDataParams, /) -> t.GetOpenDataResult: ...
        @overload
        async def getOpenData(self, **keywords: Unpack[t.GetOpenDataParams]) -> t.GetOpenDataResult: ...

    async def getOpenData(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.GetOpenDataResult:  # type: ignore[misc]
        """Return the open data (开放数据) of the calling user behind CloudIDs.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``list``, the CloudIDs; ``appid``, the account, by default the function's own.

        Returns:
            ``{"list": [{"cloudID": …, "data": {…}}], "errCode": 0, "errMsg": …}``, in the order of the CloudIDs. A
            CloudID that is unknown (-601005), expired (-601006) or another user's (-601007) is listed as
            ``{"cloudID", "errCode", "errMsg"}``.

        Raises:
            CloudSDKError: WeChat returned an error, or nothing.
        """
        from .open_data import get_open_data

        return await retry.run_async(get_open_data(self._config, params, keywords))

    if TYPE_CHECKING:

        @overload
        async def getVoIPSign(self, params: t.GetVoIPSignParams, /) -> t.SignatureResult: ...
        @overload
        async def getVoIPSign(self, **keywords: Unpack[t.GetVoIPSignParams]) -> t.SignatureResult: ...

    async def getVoIPSign(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> t.SignatureResult:  # type: ignore[misc]
        """Return the signature with which a user joins a voice room (实时语音).

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``groupId`` of the voice room; ``timestamp``, seconds since 1970; ``nonce``.

        Returns:
            ``{"signature": …, "errCode": 0, "errMsg": …}``.

        Raises:
            CloudSDKError: WeChat returned an error, or nothing.
        """
        from .open_data import get_voip_sign

        return await retry.run_async(get_voip_sign(self._config, params, keywords))

    async def uploadFile(self, params: s.Upload | None = None, /, **keywords: Unpack[s.Upload]) -> s.Uploaded:
        """Upload a file; an existing file of that path is replaced.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``cloudPath``, its path in the storage: ``photos/1.png``, without a slash at the beginning.
                ``fileContent``: bytes; the path of a file as a ``pathlib.Path``; or a file object opened with
                ``"rb"``, which is read from its current position and left open. A file of any size is sent while it
                is read. ``config``: ``{"env": …}`` for another environment than that of init(). ``timeout``: seconds
                for the question where the file may go, and then without a byte sent; by default the timeout of
                init(), and 60 seconds. The whole upload is not bounded. ``onProgress``: called with the bytes sent
                and the bytes to send (None when unknown).

        Returns:
            ``{"fileID": "cloud://…", "statusCode": 200, "errMsg": "uploadFile:ok"}``

        Raises:
            CloudSDKError: a parameter is wrong, or the storage returned an error (-503001, -503002, -501001).
            TransportError: the connection broke; whether the file was stored is unknown.
            CallTimeoutError: nothing was sent for too long.
        """
        from .transfer import upload_file

        return await retry.run_async(upload_file(self._services_config, params, {**keywords}))

    async def downloadFile(self, params: s.Download | None = None, /, **keywords: Unpack[s.Download]) -> s.Downloaded:
        """Download a file.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``fileID``: ``cloud://…``, as uploadFile returns it. ``to``: the path of a file, which appears
                when it is complete; or a file object opened with ``"wb"``; a file of any size is written while it is
                received. By default the content is kept in memory and returned. ``config``, ``timeout``: as for
                uploadFile. ``onProgress``: called with the bytes received and the bytes to receive (None when
                unknown).

        Returns:
            ``{"fileContent": b"…", "statusCode": 200, "errMsg": "downloadFile:ok"}``; without ``fileContent`` when
            ``to`` is given.

        Raises:
            CloudSDKError: a parameter is wrong, the file does not exist (-503003), or ``to`` cannot be written.
            TransportError: the connection broke.
            CallTimeoutError: nothing was received for too long.
        """
        from .transfer import download_file

        return await retry.run_async(download_file(self._services_config, params, {**keywords}))

    async def getTempFileURL(
        self, params: s.TempFileURLs | None = None, /, **keywords: Unpack[s.TempFileURLs]
    ) -> s.TempFileURLResult:
        """Return addresses at which anyone can download the files for some time.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``fileList``: fileIDs, or ``{"fileID": …, "maxAge": seconds}``; 50 at most. ``config``: as for
                uploadFile. ``timeout``: seconds.

        Returns:
            ``{"fileList": [{"fileID": …, "tempFileURL": "https://…", "maxAge": …, "status": 0, "errMsg": "ok"}], …}``;
            a file that does not exist has an empty ``tempFileURL``, ``status`` -503003 and its own ``errMsg``.

        Raises:
            CloudSDKError: a parameter is wrong, or the call as a whole was rejected.
            TransportError: no answer came.
            CallTimeoutError: no answer came in time.
        """
        from .storage import get_temp_file_url

        return await retry.run_async(get_temp_file_url(self._services_config, params, {**keywords}))

    async def deleteFile(self, params: s.Delete | None = None, /, **keywords: Unpack[s.Delete]) -> s.Deleted:
        """Delete files.

        Args:
            params: the parameters as one dict, as in Node.
            **keywords: ``fileList``: fileIDs; 50 at most. ``config``: as for uploadFile. ``timeout``: seconds.

        Returns:
            ``{"fileList": [{"fileID": …, "status": 0, "errMsg": "ok"}], "errMsg": "deleteFile:ok"}``; a file that could
            not be deleted has a ``status`` other than 0.

        Raises:
            CloudSDKError: a parameter is wrong, or the call as a whole was rejected.
            TransportError: no answer came.
            CallTimeoutError: no answer came in time.
        """
        from .storage import delete_file

        return await retry.run_async(delete_file(self._services_config, params, {**keywords}))


class AsyncPayments:
    """Makes the calls under ``cloudPay``."""

    def __init__(self, cloud: AsyncMethods) -> None:
        self._cloud = cloud

    async def call(
        self, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Make one call."""
        from . import pay

        return await retry.run_async(pay.call(self._cloud._config, api, params, keywords, options))
