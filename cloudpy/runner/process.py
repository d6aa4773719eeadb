"""A function in its own process: start it, load it, invoke it, end it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

from ..runtime import worker
from .outcome import Outcome, exit_text

# Variables the platform sets. Those of this machine must not reach a function: they could name the real cloud and hold
# its keys.
_PLATFORM_PREFIXES = ("WX_", "TCB_", "TENCENTCLOUD", "SCF_", "_SCF_", "QCLOUD_", "CBR_", "SUMERU_", "QQ_")
_PLATFORM_NAMES = ("TRIGGER_SRC", "LOGINTYPE")
# Started from a string, because running a file or -m puts a folder first on sys.path before our own imports are done.
_PROGRAM = """\
import sys
sys.path[:] = [path for path in sys.path if path]
if {root!r} not in sys.path: sys.path.append({root!r})
from cloudpy.runtime.worker import main
{start}"""
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LOAD_LIMIT = 10.0  # seconds to import the function's code, or its time limit if that is longer
# Set when an instance starts; the other variables come with each invocation.
INSTANCE_VARIABLES = ("SCF_NAMESPACE", "SCF_FUNCTIONNAME", "TENCENTCLOUD_REGION", "TENCENTCLOUD_RUNENV")
_EXIT_GRACE = 1.0  # seconds for a process to end once it has answered
_OUTPUT_POLL = 0.005  # seconds between two looks at whether output is left
_READ_GRACE = 5.0  # seconds for the last frame of an ended process to arrive


class FunctionProcess:
    """One function, loaded once and invoked once; a warm one is invoked repeatedly, one invocation at a time.

    The process leads its own process group, so that everything it starts ends with it and Ctrl-C reaches only us.

    Args:
        folder: an absolute path.
        handler: ``file.function``.
        environment: variables of the process, without those that a platform sets.
        warm: continue after an invocation and keep the state of modules.
        output: called in a thread with pieces of what the function prints, and with b"" at the end. By default it goes
            to standard error.
        start: Python statements to run once ``main`` is imported.
        program: command of a worker in another language. It gets the number of a socket as its last argument.
        on_exit: called in a thread when the process has ended.

    Attributes:
        invocation: id of the last invocation, to which the output belongs.

    Raises:
        OSError: no process can be started.
    """

    def __init__(
        self,
        folder: str,
        handler: str,
        environment: Mapping[str, str] | None = None,
        *,
        warm: bool = False,
        output: Callable[[bytes], None] | None = None,
        start: str = "main()",
        program: Sequence[str] = (),
        on_exit: Callable[[], None] | None = None,
    ) -> None:
        self.folder = folder
        self.invocation = ""
        self._handler = handler
        self._warm = warm
        self._on_exit = on_exit
        self._answers: SimpleQueue[tuple[str, str, float]] = SimpleQueue()
        self._answered = False
        self._sent_at = 0.0
        self._socket: socket.socket | None = None
        environment = base_environment() if environment is None else environment
        environment = {name: value for name, value in environment.items() if not is_platform_variable(name)}
        if program:
            self._connect(program, environment)
        else:
            code = _PROGRAM.format(root=_ROOT, start=start)
            self._process = _spawn(
                [sys.executable, "-c", code],
                environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if output else None if sys.stderr is not None else subprocess.DEVNULL,
            )
            self._requests = cast("IO[bytes]", self._process.stdin)
            self._frames = cast("IO[bytes]", self._process.stdout)
        self._reader = threading.Thread(target=self._read_frames, daemon=True)
        self._reader.start()
        printed = self._process.stdout if program else self._process.stderr
        self._output = _Output(printed, output or (lambda _: None)) if printed else None
        threading.Thread(target=self._wait, daemon=True).start()

    def _connect(self, program: Sequence[str], environment: Mapping[str, str]) -> None:
        # Other languages cannot take standard output away from the user's code as Python does.
        self._socket, other = socket.socketpair()
        with other:
            number = other.fileno()
            try:
                self._process = _spawn(
                    [*program, str(number)],
                    environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=[number],
                )
            except OSError:
                self._socket.close()
                raise
        self._requests = self._socket.makefile("wb")
        self._frames = self._socket.makefile("rb")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def exit_text(self) -> str:
        """Say how the process ended; see `exit_text`."""
        return exit_text(self._process.wait())

    def load(self, variables: Mapping[str, str], **extra: Any) -> None:
        """Ask the process to load the handler; `loaded` waits for it.

        Args:
            variables: environment variables of the instance.
            extra: further keys of the request.
        """
        request = {
            "folder": self.folder,
            "handler": self._handler,
            "variables": dict(variables),
            "warm": self._warm,
            **extra,
        }
        self._send("load", request)

    def loaded(self, limit: float) -> Outcome:
        """Return ``loaded``, or what failed, at most `limit` seconds after `load`."""
        return self.answer(limit)

    def send(
        self, event: Mapping[str, Any], context: Mapping[str, Any], variables: Mapping[str, str], **extra: Any
    ) -> None:
        """Start an invocation; `answer` waits for it."""
        self._send("invoke", {"event": event, "context": context, "variables": dict(variables), **extra})

    def answer(self, limit: float) -> Outcome:
        """Return the outcome of the last request, at most `limit` seconds after it was sent."""
        deadline = self._sent_at + limit
        try:
            kind, payload, at = self._answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return Outcome("late", "", limit)
        self._answered = kind != "loaded"
        return Outcome(kind, payload, at - self._sent_at)

    def invoke(
        self, event: Mapping[str, Any], context: Mapping[str, Any], variables: Mapping[str, str], limit: float
    ) -> Outcome:
        """Return ``result``, or what failed, after at most `limit` seconds."""
        self.send(event, context, variables)
        return self.answer(limit)

    def settle(self, timeout: float) -> None:
        """Wait until the output so far has been passed on, for `timeout` seconds at most."""
        if self._output is not None:
            self._output.settle(timeout)

    def end(self) -> None:
        """End the process and everything it started. One that is not warm has a moment to exit first."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_EXIT_GRACE if self._answered and not self._warm else 0)
        self._kill()
        self._process.wait()
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        self._reader.join(_EXIT_GRACE)
        for stream in (self._requests, self._frames):
            # A process that left the group may hold the other end; then the reader still uses the stream.
            if stream is self._requests or not self._reader.is_alive():
                with contextlib.suppress(OSError):  # unsent data
                    stream.close()

    def __enter__(self) -> FunctionProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __repr__(self) -> str:
        return f"<FunctionProcess {self._process.pid} of {self.folder}>"

    def _send(self, kind: str, request: Mapping[str, Any]) -> None:
        self._sent_at = time.monotonic()
        with contextlib.suppress(OSError, ValueError):  # it has ended, which the outcome will say
            worker.write(self._requests, kind, json.dumps(request))

    def _read_frames(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while frame := worker.read(self._frames):
                self._answers.put((*frame, time.monotonic()))

    def _wait(self) -> None:
        code = self._process.wait()
        self._reader.join(_READ_GRACE)
        self._answers.put(("ended", str(code), time.monotonic()))
        if self._on_exit:
            self._on_exit()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all of the group have ended
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)


def _spawn(command: Sequence[str], environment: Mapping[str, str], **streams: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment,
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        **streams,
    )


class _Output:
    """Passes on what a process prints, in a thread.

    Args:
        stream: to read from; it is closed at its end.
        output: called with pieces, and with b"" at the end.
    """

    def __init__(self, stream: IO[bytes], output: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._output = output
        self._idle = threading.Event()  # clear while a piece is passed on
        self._ended = False
        threading.Thread(target=self._forward, daemon=True).start()

    def settle(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self._ended and time.monotonic() < deadline and (self._has_more() or not self._idle.is_set()):
            self._idle.wait(_OUTPUT_POLL)
            time.sleep(0.0005)  # the thread takes the next piece

    def _has_more(self) -> bool:
        try:
            return bool(select.select([self._stream], [], [], 0)[0])
        except (OSError, ValueError):  # closed, or not a socket on Windows
            return False

    def _forward(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._stream:
            self._idle.set()
            while data := os.read(self._stream.fileno(), 65536):
                self._idle.clear()
                self._output(data)
                self._idle.set()
        self._ended = True
        self._output(b"")


def base_environment() -> dict[str, str]:
    """Return this program's variables for a function. The time zone is the platform's, not this machine's."""
    return {**os.environ, "TZ": "UTC"}


def is_platform_variable(name: str) -> bool:
    """Whether the platform sets a variable of this name, so that this machine's must not be used."""
    return name.startswith(_PLATFORM_PREFIXES) or name in _PLATFORM_NAMES
