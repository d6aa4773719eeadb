"""``cloudpy dev`` as a real process, what it says, and the requests that it is sent."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

PATIENCE = 60.0  # seconds: keeps a fault from holding up the suite, and decides nothing
_FOREIGN = ("WX_", "TCB_", "TENCENTCLOUD", "SCF_", "CBR_")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Dev:
    """A running local cloud: ``with Dev(folder, "--cold") as dev:``.

    Attributes:
        lines: what it has said so far, as JSON objects.
        url: where it is.
    """

    def __init__(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        environment: dict[str, str] | None = None,
        program: Sequence[str] = ("-m", "cloudpy"),
    ) -> None:
        self.lines: list[dict[str, Any]] = []
        self.errors = ""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self.process = subprocess.Popen(
            [sys.executable, *program, "dev", *map(str, arguments), "--port", "0", "--json"],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**own, **(environment or {})},
        )
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()
        self.url = ""

    def __enter__(self) -> Dev:
        try:
            self.url = self.said(lambda line: line["log"] == "ready")["url"]
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def end(self, number: int = signal.SIGTERM) -> int:
        """Asks it to end; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
        for reader in self._readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None and not any(reader.is_alive() for reader in self._readers):
                stream.close()
        return self.process.returncode

    def said(self, wanted: Callable[[dict[str, Any]], bool], after: int = 0) -> dict[str, Any]:
        """The first line that is wanted, said by now or soon."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [line for line in self.lines[after:] if wanted(line)][:1]
            return bool(found)

        ended = False
        deadline = time.monotonic() + PATIENCE
        while not look():
            assert not ended and time.monotonic() < deadline, f"never said: {self.lines[-20:]} {self.errors}"
            ended = self.process.poll() is not None and not any(reader.is_alive() for reader in self._readers)
            time.sleep(0.01)
        return found[0]

    def notice(self, words: str, after: int = 0) -> dict[str, Any]:
        """The first notice or problem with these words in it."""
        return self.said(lambda line: words in line.get("text", ""), after)

    def request(
        self, method: str, path: str, body: bytes | str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def post(self, function: str, event: Any = None, **headers: str) -> Answer:
        """Invokes a function; ``x_wx_openid="o-bob"`` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", f"/{function}", json.dumps({} if event is None else event), named)

    def raw(self, data: bytes) -> bytes:
        """The first bytes of the answer to these very bytes; empty when it hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            try:
                connection.sendall(data)
                return connection.recv(65536)
            except ConnectionError:
                return b""

    def pids(self, function: str) -> list[int]:
        pids: list[int] = self.request("GET", f"/{function}").json()["instances"]
        return pids

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()


def write(folder: Path, **files: str) -> Path:
    """Files of a folder: ``index="…"`` is index.py; ``local_yaml``, ``config``, ``env``, ``env_local`` are no code."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {"local_yaml": "local.yaml", "config": "config.json", "env": ".env", "env_local": ".env.local"}
    for name, text in files.items():
        (folder / names.get(name, f"{name}.py")).write_text(text, "utf-8")
    return folder


def eventually(condition: Callable[[], Any]) -> Any:
    """What `condition` gives as soon as that is something."""
    deadline = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()
