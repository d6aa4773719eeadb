"""The files of the local WeChat, as a test arranges them and looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..local import Backend
from .errors import StubError

__tracebackhide__ = True


class Storage:
    """What the function under test finds in the storage, and what it left there; gone when the test ends.

    A file is named by its path (``photos/1.png``) or its fileID (``cloud://…``)::

        file_id = wechat.storage.put("photos/1.png", b"…")
        assert "reports/today.csv" in wechat.storage
        assert wechat.storage["reports/today.csv"] == b"a,b"
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def put(self, path: str, content: bytes, *, env: str = "") -> str:
        """Puts a file there; its fileID.

        Args:
            path: without a slash at the beginning.
            env: for an environment other than the test's own.

        Raises:
            StubError: no file can have this path.
        """
        if not isinstance(content, (bytes, bytearray)):
            raise TypeError(f"storage.put(): content must be bytes, got {type(content).__name__}; a text: .encode()")
        try:
            return self._backend.storage.put(path, bytes(content), env)
        except ValueError as error:
            raise StubError(f"storage.put(): {error}") from None

    def file_id(self, path: str, *, env: str = "") -> str:
        """The fileID of the file of this path, whether there is one or not."""
        return self._backend.storage.file_id(path, env)

    def paths(self, *, env: str = "") -> list[str]:
        """The paths of all files, sorted."""
        return self._backend.storage.paths(env)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """``{path: {"size": bytes, "sha256": hex}}``: to compare two states, or to write one down."""
        return self._backend.storage.snapshot()

    def __getitem__(self, name: str) -> bytes:
        env, path = self._place(name)
        file = self._backend.storage.open(path, env)
        if file is None:
            raise KeyError(f"{name!r}; the storage has {', '.join(self.paths()) or 'no file'}")
        with file:
            return file.read()

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        env, path = self._place(name)
        file = self._backend.storage.open(path, env)
        if file is not None:
            file.close()
        return file is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths())

    def __len__(self) -> int:
        return len(self.paths())

    def __repr__(self) -> str:
        return f"<Storage: {', '.join(self.paths()) or 'no file'}>"

    def _place(self, name: str) -> tuple[str, str]:
        if name.startswith("cloud://"):
            return self._backend.storage.find(name) or ("", "")
        return "", name
