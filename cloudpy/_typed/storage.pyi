"""What the storage methods take and give, for type checkers; what it means stands in `AsyncStorage`."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypedDict

from typing_extensions import NotRequired

class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...

class Writable(Protocol):
    def write(self, data: Any, /) -> object: ...

class Upload(TypedDict, total=False):
    cloudPath: str
    fileContent: bytes | bytearray | memoryview | os.PathLike[str] | Readable
    config: Mapping[str, Any] | None
    header: Mapping[str, Any]
    timeout: float | None
    onProgress: Callable[[int, int | None], object] | None

class Uploaded(TypedDict):
    fileID: str
    statusCode: int
    errMsg: str

class Download(TypedDict, total=False):
    fileID: str
    to: str | os.PathLike[str] | Writable | None
    config: Mapping[str, Any] | None
    timeout: float | None
    onProgress: Callable[[int, int | None], object] | None

class Downloaded(TypedDict):
    fileContent: bytes
    statusCode: int
    errMsg: str

class AgedFile(TypedDict):
    fileID: str
    maxAge: int | None
    urlType: NotRequired[str]

class TempFileURLs(TypedDict, total=False):
    fileList: Sequence[str | AgedFile]
    config: Mapping[str, Any] | None
    timeout: float | None

class TempFileURL(TypedDict):
    fileID: str
    status: int
    errMsg: str
    tempFileURL: str
    maxAge: NotRequired[int]

class TempFileURLResult(TypedDict):
    fileList: list[TempFileURL]
    errMsg: str

class Delete(TypedDict, total=False):
    fileList: Sequence[str]
    config: Mapping[str, Any] | None
    timeout: float | None

class DeletedFile(TypedDict):
    fileID: str
    status: int
    errMsg: str

class Deleted(TypedDict):
    fileList: list[DeletedFile]
    errMsg: str
