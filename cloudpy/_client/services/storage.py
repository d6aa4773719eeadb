"""The storage of the Cloud, on either face: thin methods over the modules that know the wire."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..._typed import storage as typed
    from ..config import Config


class AsyncStorage:
    """uploadFile, downloadFile, getTempFileURL and deleteFile, awaited."""

    if TYPE_CHECKING:

        @property
        def _for_services(self) -> Config | None: ...

    async def uploadFile(
        self, params: typed.Upload | None = None, /, **keywords: Unpack[typed.Upload]
    ) -> typed.Uploaded:
        """Uploads a file; one of that name is replaced.

        Args:
            cloudPath: its path in the storage: ``photos/1.png``, without a slash at the beginning.
            fileContent: bytes; or the path of a file as a ``pathlib.Path``; or a file object opened with ``"rb"``,
                which is read from where it stands and left open. A file is sent while it is read, whatever its size.
            config: ``{"env": …}`` for another environment than that of init().
            timeout: seconds for asking where the file may go, and then as long as nothing moves; left out, the time of
                init() and 60 seconds. A file that keeps moving is not bounded.
            onProgress: called with the bytes sent so far and those to send (None: only the end will tell).

        All of them also as one dict.

        Returns:
            ``{"fileID": "cloud://…", "statusCode": 200, "errMsg": "uploadFile:ok"}``

        Raises:
            CloudSDKError: a parameter is wrong, or the storage refused (-503001, -503002, -501001).
            TransportError: the connection broke off; whether the file is there is not known.
            CallTimeoutError: too long nothing moved.
        """
        from ... import _transports
        from .. import retry
        from .upload import steps

        made = steps(self._for_services, params, {**keywords})
        return await retry.drive_async(made, _transports.async_transport())

    async def downloadFile(
        self, params: typed.Download | None = None, /, **keywords: Unpack[typed.Download]
    ) -> typed.Downloaded:
        """Downloads a file.

        Args:
            fileID: ``cloud://…``, as uploadFile gave it.
            to: the path of a file, which appears when it is complete; or a file object opened with ``"wb"``. It is
                written while it comes, whatever its size. Left out, the content is held in memory and returned.
            config, timeout: as of uploadFile.
            onProgress: called with the bytes that came so far and those that will come (None: unknown).

        Returns:
            ``{"fileContent": b"…", "statusCode": 200, "errMsg": "downloadFile:ok"}``; with ``to``, ``fileContent`` is
            missing.

        Raises:
            CloudSDKError: a parameter is wrong, there is no such file (-503003), the file cannot be written.
            TransportError, CallTimeoutError: as of uploadFile.
        """
        from ... import _transports
        from .. import retry
        from .download import steps

        made = steps(self._for_services, params, {**keywords})
        return await retry.drive_async(made, _transports.async_transport())

    async def getTempFileURL(
        self, params: typed.TempFileURLs | None = None, /, **keywords: Unpack[typed.TempFileURLs]
    ) -> typed.TempFileURLsGiven:
        """Addresses under which anybody can get the files for some time.

        Args:
            fileList: fileIDs, or ``{"fileID": …, "maxAge": seconds}``; 50 at most.
            config: as of uploadFile.
            timeout: seconds.

        Returns:
            ``{"fileList": [{"fileID": …, "tempFileURL": "https://…", "maxAge": …, "status": 0, "errMsg": "ok"}], …}``;
            a file that is not there has an empty ``tempFileURL``, ``status`` -503003 and an ``errMsg`` of its own.

        Raises:
            CloudSDKError: a parameter is wrong, or the call was refused as a whole.
            TransportError, CallTimeoutError: no answer came.
        """
        from ... import _transports
        from .. import retry
        from .files import temp_urls

        made = temp_urls(self._for_services, params, {**keywords})
        return await retry.drive_async(made, _transports.async_transport())

    async def deleteFile(
        self, params: typed.Delete | None = None, /, **keywords: Unpack[typed.Delete]
    ) -> typed.Deleted:
        """Deletes files.

        Args:
            fileList: fileIDs; 50 at most.
            config: as of uploadFile.
            timeout: seconds.

        Returns:
            ``{"fileList": [{"fileID": …, "status": 0, "errMsg": "ok"}], "errMsg": "deleteFile:ok"}``; a file that could
            not be deleted has a ``status`` other than 0.

        Raises:
            CloudSDKError: a parameter is wrong, or the call was refused as a whole.
            TransportError, CallTimeoutError: no answer came.
        """
        from ... import _transports
        from .. import retry
        from .files import delete

        made = delete(self._for_services, params, {**keywords})
        return await retry.drive_async(made, _transports.async_transport())


class SyncStorage:
    """uploadFile, downloadFile, getTempFileURL and deleteFile, blocking."""

    if TYPE_CHECKING:

        @property
        def _for_services(self) -> Config | None: ...

    def uploadFile(self, params: typed.Upload | None = None, /, **keywords: Unpack[typed.Upload]) -> typed.Uploaded:
        """Uploads a file; see ``AsyncStorage.uploadFile``."""
        from ... import _transports
        from .. import retry
        from .upload import steps

        made = steps(self._for_services, params, {**keywords})
        return retry.drive(made, _transports.blocking_transport())

    def downloadFile(
        self, params: typed.Download | None = None, /, **keywords: Unpack[typed.Download]
    ) -> typed.Downloaded:
        """Downloads a file; see ``AsyncStorage.downloadFile``."""
        from ... import _transports
        from .. import retry
        from .download import steps

        made = steps(self._for_services, params, {**keywords})
        return retry.drive(made, _transports.blocking_transport())

    def getTempFileURL(
        self, params: typed.TempFileURLs | None = None, /, **keywords: Unpack[typed.TempFileURLs]
    ) -> typed.TempFileURLsGiven:
        """Addresses of files for some time; see ``AsyncStorage.getTempFileURL``."""
        from ... import _transports
        from .. import retry
        from .files import temp_urls

        made = temp_urls(self._for_services, params, {**keywords})
        return retry.drive(made, _transports.blocking_transport())

    def deleteFile(self, params: typed.Delete | None = None, /, **keywords: Unpack[typed.Delete]) -> typed.Deleted:
        """Deletes files; see ``AsyncStorage.deleteFile``."""
        from ... import _transports
        from .. import retry
        from .files import delete

        made = delete(self._for_services, params, {**keywords})
        return retry.drive(made, _transports.blocking_transport())
