"""A real Redis server for tests, without persistence."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from tests.needs_redis import PROGRAM


class RedisServer:
    """A Redis that a test starts, kills and starts again on the same port.

    Args:
        folder: where it runs.
        password: of its default user.
    """

    def __init__(self, folder: Path, password: str = "") -> None:
        self._folder = folder
        self._password = password
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        user = f":{self._password}@" if self._password else ""
        return f"redis://{user}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and return when it accepts connections."""
        assert PROGRAM is not None
        command = [PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command += ["--requirepass", self._password] if self._password else []
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"eady to accept connections" in line:
                return
        raise AssertionError(f"redis-server ended with {self._process.wait()}")

    def kill(self) -> None:
        """End it at once, with everything it knew."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
