"""``cloudpy serve`` as a real process, and a client that says exactly the bytes it is told to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

PROGRAMS = Path(__file__).parent / "programs"
PATIENCE = 60.0  # seconds: keeps a fault from holding up the suite, and decides nothing
_FOREIGN = ("WX_", "TCB_", "TENCENTCLOUD", "SCF_", "CBR_", "EXTENDED_CONTEXT")


class Serving:
    """A running server: ``with Serving(folder, "--workers", "2") as server:``.

    Attributes:
        lines: what the log has said so far.
    """

    def __init__(
        self, folder: str | Path, *options: str, environment: dict[str, str] | None = None, program: str = ""
    ) -> None:
        """`program`: Python that stands in the place of the command."""
        self.lines: list[dict[str, Any]] = []
        self.text = ""
        self._queue: SimpleQueue[dict[str, Any]] = SimpleQueue()
        own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self.process = subprocess.Popen(
            [
                sys.executable,
                *(["-c", program] if program else ["-m", "cloudpy"]),
                "serve",
                str(folder),
                "--port",
                "0",
                *options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**own, **(environment or {})},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = 0

    def __enter__(self) -> Serving:
        self.port = urlsplit(self.line("listening")["url"]).port or 0
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.end()

    def end(self) -> int:
        """Waits until it has ended, and been read to the end."""
        try:
            code = self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(PATIENCE)
            assert self.process.stderr is not None
            self.process.stderr.close()
        return code

    def line(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next line of the log of this kind and with these fields."""
        while True:
            try:
                line = self._queue.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"no line {kind} {fields} in {self.text}") from None
            assert line["log"] != "end of log", f"no line {kind} {fields} in {self.text}"
            if line["log"] == kind and all(line.get(name) == value for name, value in fields.items()):
                return line

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def send(self, data: bytes) -> Answer:
        """Sends these bytes on a connection of their own and reads one answer."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
            except OSError:  # it has answered already and hung up
                pass
            return read_answer(connection)

    def post(self, event: Any, headers: dict[str, str] | None = None, path: str = "/") -> Answer:
        return self.send(post(json.dumps(event).encode(), headers, path))

    def _read(self) -> None:
        assert self.process.stderr is not None
        for text in self.process.stderr:
            self.text += text
            try:
                line = json.loads(text)
            except ValueError:
                continue
            self.lines.append(line)
            self._queue.put(line)
        self._queue.put({"log": "end of log"})


class Answer:
    """One answer; status 0 when the server hung up without a word."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.body[:300]!r}>"


def post(body: bytes, headers: dict[str, str] | None = None, path: str = "/", method: str = "POST") -> bytes:
    """A request; the headers given come last and replace those of the same name."""
    known = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in {**known, **(headers or {})}.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("utf-8", "surrogateescape") + body


def read_answer(connection: socket.socket) -> Answer:
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return Answer(0, {}, data)
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split()[1])
        if status == 100:
            return read_answer(connection)
        length = int(headers.get("content-length", "0"))
        while len(body) < length:
            part = connection.recv(65536)
            if not part:
                break
            body += part
        return Answer(status, headers, body[:length])
    except ConnectionError:
        return Answer(0, {}, data)
