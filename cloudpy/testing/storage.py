"""The files of the local WeChat, as a test sets them up and reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..local import Backend
from .errors import StubError

__tracebackhide__ = True


class Storage:
    """The cloud storage of one test.

    A file is named by its path (``photos/1.png``) or its fileID (``cloud://…``)::

        file_id = wechat.storage.put("photos/1.png", b"…")
        assert "reports/today.csv" in wechat.storage
        assert wechat.storage["reports/today.csv"] == b"a,b"
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def put(self, path: str, content: bytes, *, env: str = "") -> str:
        """Store a file and return its fileID.

        Args:
            path: without a leading slash.
            content: the bytes of the file.
            env: id of the environment; the test's own by default.

        Raises:
            StubError: the path is invalid.
            TypeError: the content is not bytes.
        """
        if not isinstance(content, (bytes, bytearray)):
            raise TypeError(f"storage.put(): content must be bytes, got {type(content).__name__}; .encode() a string")
        try:
            return self._backend.storage.put(path, bytes(content), env)
        except ValueError as error:
            raise StubError(f"storage.put(): {error}") from None

    def file_id(self, path: str, *, env: str = "") -> str:
        """Return the fileID that a file of this path has; it need not exist."""
        return self._backend.storage.file_id(path, env)

    def paths(self, *, env: str = "") -> list[str]:
        """Return the paths of all files, sorted."""
        return self._backend.storage.paths(env)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """Return ``{path: {"size": bytes, "sha256": hex}}``, for comparing two states."""
        return self._backend.storage.snapshot()

    def __getitem__(self, name: str) -> bytes:
        env, path = self._resolve(name)
        file = self._backend.storage.open(path, env)
        if file is None:
            raise KeyError(f"{name!r}; the storage has {', '.join(self.paths()) or 'no files'}")
        with file:
            return file.read()

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        env, path = self._resolve(name)
        file = self._backend.storage.open(path, env)
        if file is not None:
            file.close()
        return file is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths())

    def __len__(self) -> int:
        return len(self.paths())

    def __repr__(self) -> str:
        return f"<Storage: {', '.join(self.paths()) or 'no files'}>"

    def _resolve(self, name: str) -> tuple[str, str]:
        """Return the environment and path of a file."""
        if name.startswith("cloud://"):
            return self._backend.storage.find(name) or ("", "")
        return "", name
