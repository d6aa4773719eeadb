"""A function in a process of its own, seen from outside: start it, talk to it, end it whatever it does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from ..runtime import worker

# What the platform sets. Of the machine that we run on none of it must reach the function: it could name the real
# cloud, and hold the key to it.
_PLATFORM = ("WX_", "TCB_", "TENCENTCLOUD", "SCF_", "_SCF_", "QCLOUD_", "CBR_", "SUMERU_", "QQ_")
_PLATFORM_NAMES = ("TRIGGER_SRC", "LOGINTYPE")
# Started by text, not by file or by -m: those put a folder first on sys.path before our own imports are done.
_START = """\
import sys
sys.path[:] = [path for path in sys.path if path]
if {root!r} not in sys.path: sys.path.append({root!r})
from cloudpy.runtime.worker import main
{more}"""
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LOAD_LIMIT = 10.0  # seconds to import the function's code; the time limit, where that is longer
# What the platform sets for an instance; the rest comes with each invocation.
INSTANCE = ("SCF_NAMESPACE", "SCF_FUNCTIONNAME", "TENCENTCLOUD_REGION", "TENCENTCLOUD_RUNENV")
_GRACE = 1.0  # seconds that a process has to end, once it has answered


def base_environment() -> dict[str, str]:
    """Return the variables of this program for a function: the time zone is the platform's, not this machine's."""
    return {**os.environ, "TZ": "UTC"}


class Outcome(NamedTuple):
    """What came of a step: a kind of frame that the child sends, or ``ended`` (its exit code) or ``late``."""

    kind: str
    payload: str


class FunctionProcess:
    """One function, loaded once, and invoked once; a warm one as often as one likes, one invocation at a time.

    The process leads a group of its own, so that what it starts ends with it, and Ctrl-C reaches us alone.

    Args:
        folder: an absolute path.
        handler: ``file.function``.
        environment: of the process; what a platform would set is taken out.
        warm: goes on after an invocation, with the state of its modules.
        output: takes what the function prints, in pieces, and b"" when that has ended; called in a thread. By
            default it goes to standard error.
        start: the lines of Python that it starts with, once ``main`` is imported.
        ended: called in a thread when the process is no more.
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
        ended: Callable[[], None] | None = None,
    ) -> None:
        self._folder = folder
        self._handler = handler
        self._warm = warm
        self._ended = ended
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self._answered = False
        self._since = 0.0
        environment = base_environment() if environment is None else environment
        windows = sys.platform == "win32"
        printed = subprocess.PIPE if output else None if sys.stderr is not None else subprocess.DEVNULL
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(root=_ROOT, more=start)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            env={name: value for name, value in environment.items() if not is_platforms(name)},
            start_new_session=not windows,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if output:
            threading.Thread(target=self._hear, args=(output,), daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ending(self) -> str:
        """How it ended, in words."""
        return ending(self._process.wait())

    def load(self, variables: Mapping[str, str]) -> None:
        """Lets it load the handler, with the variables of the instance; ``loaded()`` tells what came of it."""
        self._since = time.monotonic()
        job = {"folder": self._folder, "handler": self._handler, "variables": dict(variables), "warm": self._warm}
        self._tell("load", job)

    def loaded(self, limit: float) -> Outcome:
        """``loaded``, or what went wrong, `limit` seconds after ``load()`` at the latest."""
        return self._outcome(self._since + limit)

    def invoke(
        self, event: Mapping[str, Any], context: Mapping[str, Any], variables: Mapping[str, str], limit: float
    ) -> Outcome:
        """``result``, or what went wrong, after `limit` seconds at the latest."""
        deadline = time.monotonic() + limit
        self._tell("invoke", {"event": event, "context": context, "variables": dict(variables)})
        return self._outcome(deadline)

    @property
    def folder(self) -> str:
        """The function's folder."""
        return self._folder

    def end(self) -> None:
        """Ends the process and all that it started; one that is not warm has a moment to end by itself."""
        try:
            self._process.wait(_GRACE if self._answered and not self._warm else 0)
        except subprocess.TimeoutExpired:
            pass
        self._kill()
        self._process.wait()
        self._reader.join(_GRACE)
        for stream in (self._process.stdin, self._process.stdout):
            # One that fled from its group may hold the other end, and the reader with it: that stream is left alone.
            if stream is not None and (stream is self._process.stdin or not self._reader.is_alive()):
                with contextlib.suppress(OSError):  # what it did not take any more
                    stream.close()

    def __enter__(self) -> FunctionProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __repr__(self) -> str:
        return f"<FunctionProcess {self._process.pid} of {self._folder}>"

    def _tell(self, kind: str, job: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            worker.write(self._process.stdin, kind, json.dumps(job))
        except OSError:  # it has ended, which the outcome will tell
            pass

    def _outcome(self, deadline: float) -> Outcome:
        try:
            outcome = self._outcomes.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return Outcome("late", "")
        self._answered = outcome.kind != "loaded"
        return outcome

    def _read(self) -> None:
        assert self._process.stdout is not None
        while True:
            try:
                frame = worker.read(self._process.stdout)
            except (OSError, ValueError):
                frame = None
            if frame is None:
                return
            self._outcomes.put(Outcome(*frame))

    def _hear(self, output: Callable[[bytes], None]) -> None:
        assert self._process.stderr is not None
        number = self._process.stderr.fileno()
        while True:
            try:
                data = os.read(number, 65536)
            except OSError:
                data = b""
            output(data)
            if not data:
                self._process.stderr.close()
                return

    def _watch(self) -> None:
        code = self._process.wait()
        self._reader.join(_GRACE)  # a last word may still be in the pipe
        self._outcomes.put(Outcome("ended", str(code)))
        if self._ended:
            self._ended()

    def _kill(self) -> None:
        try:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nothing is left of it
            pass


def is_platforms(name: str) -> bool:
    """Whether a variable of this name is the platform's to set, and never taken from this machine."""
    return name.startswith(_PLATFORM) or name in _PLATFORM_NAMES


def ending(code: int) -> str:
    """How a process ended, in words, by its exit code: ``was ended by SIGKILL``."""
    if code >= 0:
        return f"ended itself with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
