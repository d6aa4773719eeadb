"""One function in a process that stays warm: started, told one event after the other, replaced when it is spoilt."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from ..runtime import worker
from .folder import WORDS, Function, UnusableError, node_program
from .outcome import Outcome, of_end, of_frame

LOAD_LIMIT = 60.0  # seconds; a Node function may load a thousand modules, on a machine that does other things too
_GRACE = 5.0
_TAIL = 2000  # bytes of output that are kept, in case the process ends
# Started by text, not by file or by -m: those put a folder first on sys.path before our own imports are done.
_START = """\
import sys
sys.path[:] = [path for path in sys.path if path]
if {root!r} not in sys.path: sys.path.append({root!r})
from cloudpy.compare.worker import main
main(int(sys.argv[1]))
"""
_HERE = Path(__file__).resolve().parent


class _Frame(NamedTuple):
    kind: str
    payload: str
    at: float


class Side:
    """One function, in a process of its own.

    Args:
        environment: of the process, without what a platform would set.
        modules: a folder of npm packages beside those of the function, or None.
    """

    def __init__(self, function: Function, environment: Mapping[str, str], modules: str | None = None) -> None:
        self.function = function
        self._environment = dict(environment)
        self._modules = modules
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._frames: SimpleQueue[_Frame] = SimpleQueue()
        self._output = bytearray()
        self._begun = 0.0

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, job: Mapping[str, Any]) -> None:
        """Starts the process and lets it load the function; ``loaded()`` waits for it.

        Args:
            job: ``variables``, ``clock``, ``standing`` and ``seed`` of the first event.

        Raises:
            UnusableError: node is not there, or there can be no process.
        """
        if sys.platform == "win32":  # a process there is given no socket by its number
            raise UnusableError("cloudpy compare runs on Linux and macOS; on Windows, inside WSL")
        self.end()
        self._frames, self._output = SimpleQueue(), bytearray()
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            if self.function.language == "node":
                command = [node_program(), str(_HERE / "worker.js"), str(number)]
            else:
                command = [sys.executable, "-c", _START.format(root=str(_HERE.parent.parent)), str(number)]
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    pass_fds=[number],
                    start_new_session=True,
                )
            except OSError as error:
                raise UnusableError(f"{command[0]} cannot be started: {error.strerror or error}") from None
        self._process, self._channel = process, ours
        reader = threading.Thread(target=self._read, args=(ours, self._frames), daemon=True)
        reader.start()
        threading.Thread(target=self._drain, args=(process, self._output), daemon=True).start()
        threading.Thread(target=self._watch, args=(process, reader, self._frames), daemon=True).start()
        function = self.function
        suffix = next(
            (one for one in (".js", ".cjs", ".mjs") if os.path.isfile(f"{function.folder}/{function.file}{one}")), ".js"
        )
        self._begun = time.monotonic()
        self._tell(
            "load",
            {
                **job,
                "folder": function.folder,
                "handler": f"{function.file}.{function.name}",
                "file": function.file + suffix,
                "name": function.name,
                "modules": self._modules,
            },
        )

    def loaded(self) -> None:
        """Waits until the function is loaded.

        Raises:
            UnusableError: it cannot be, and what to do.
        """
        frame = self._next(self._begun + LOAD_LIMIT)
        if frame is None:
            self._fail(f"takes longer than {LOAD_LIMIT:g} s to load: look for a loop or a wait outside of the handler")
        elif frame.kind == "missing":
            name = json.loads(frame.payload)
            self._fail(
                f"needs the npm package {name!r}, which is not found from there: run `npm install {name}` in the"
                " folder, or name another place with --node-modules DIR"
            )
        elif frame.kind == "refused":
            self.end()
            raise UnusableError(json.loads(frame.payload))
        elif frame.kind == "raised":
            self._fail("cannot be loaded:\n" + json.loads(frame.payload)["trace"].rstrip())
        elif frame.kind == "ended":
            said = self._output.decode("utf-8", "replace").strip()
            self._fail(f"{of_end(int(frame.payload)).words} while it was loaded" + (f":\n{said}" if said else ""))

    def send(self, job: Mapping[str, Any]) -> None:
        """Hands it an event; ``outcome()`` waits for what comes of it."""
        self._begun = time.monotonic()
        self._tell("invoke", job)

    def outcome(self, limit: float, hide: tuple[str, str]) -> Outcome:
        """What came of the event, `limit` seconds after it was sent at the latest; a spoilt process is ended.

        Args:
            hide: as of ``outcome.of_frame``.
        """
        frame = self._next(self._begun + limit)
        if frame is None:
            found = Outcome("late", None, limit)
        elif frame.kind == "ended":
            found = of_end(int(frame.payload))
        else:
            found = of_frame(frame.kind, frame.payload, hide)
        if frame is not None:
            found = Outcome(found.kind, found.value, frame.at - self._begun)
        if found.spoilt:
            self.end()
        return found

    def end(self) -> None:
        """Ends the process and all that it started."""
        process, channel = self._process, self._channel
        self._process = self._channel = None
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
        if process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing is left of it
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __repr__(self) -> str:
        return f"<Side {WORDS[self.function.language]} {self.function.folder}>"

    def _fail(self, what: str) -> None:
        self.end()
        raise UnusableError(f"{self.function.folder} {what}")

    def _tell(self, kind: str, job: Mapping[str, Any]) -> None:
        assert self._channel is not None
        data = json.dumps(job).encode()
        with contextlib.suppress(OSError):  # it has ended, which the outcome will tell
            self._channel.sendall(b"%s %d\n" % (kind.encode(), len(data)) + data)

    def _next(self, deadline: float) -> _Frame | None:
        try:
            return self._frames.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return None

    @staticmethod
    def _read(channel: socket.socket, frames: SimpleQueue[_Frame]) -> None:
        with contextlib.suppress(OSError, ValueError), channel, channel.makefile("rb") as stream:
            while (frame := worker.read(stream)) is not None:
                frames.put(_Frame(*frame, time.monotonic()))

    @staticmethod
    def _drain(process: subprocess.Popen[bytes], kept: bytearray) -> None:
        assert process.stdout is not None
        with contextlib.suppress(OSError, ValueError), process.stdout as stream:
            while chunk := os.read(stream.fileno(), 65536):
                kept += chunk
                del kept[:-_TAIL]

    @staticmethod
    def _watch(process: subprocess.Popen[bytes], reader: threading.Thread, frames: SimpleQueue[_Frame]) -> None:
        code = process.wait()
        reader.join(_GRACE)  # a last word may still be in the socket
        frames.put(_Frame("ended", str(code), time.monotonic()))
