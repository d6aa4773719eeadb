"""The worker process of one function: it reads jobs from its standard input and writes results to its standard output.

The user's code does not see the two: it prints to standard error and reads nothing, so that it cannot disturb the
protocol. Each side sends frames: a line ``kind length``, and that many bytes of JSON:

    parent → worker  load     {"folder", "handler", "variables", "warm"}  variables: those of the instance
    worker → parent  loaded   null
    parent → worker  invoke   {"event", "context", "variables"}           variables: those of this invocation
    worker → parent  result   the handler's result, or
                     error    {"errCode", "errMsg"}: an SDK error came out of the code, or
                     raised   {"name", "message", "trace"}: of an exception of the user's code, or
                     refused  a sentence: nothing could be loaded, or the result cannot be sent, or
                     exited   {"argument", "code"} of sys.exit()

A warm worker is invoked again and again, one invocation after the other, and keeps the state of its modules as an
instance of the platform does; any other, and one whose code asked to end, ends after its answer.

When the parent is gone its end of the pipe closes, and the worker exits, whatever its code is doing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

from .encode import encode
from .errors import FunctionError, ResultError
from .function_dir import FunctionDir
from .invoke import Runner
from .loader import Handler, load, preload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any, NoReturn

    from ..errors import CloudSDKError

_NO_TERMINAL = (
    "a function's process has no terminal for a debugger: start `cloudpy dev --debugpy`, attach VS Code or PyCharm, and"
    " set the breakpoint there"
)
IDLE_DELAY = 0.5  # seconds: several functions that start at once load first, and preload then


def write(stream: IO[bytes], kind: str, payload: str) -> None:
    """Send one frame."""
    data = payload.encode()
    stream.write(b"%s %d\n" % (kind.encode(), len(data)) + data)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[str, str] | None:
    """Return the kind and the text of the next frame, or None if the other side is gone."""
    kind, _, length = stream.readline().decode().partition(" ")
    if not length.endswith("\n"):
        return None
    data = stream.read(int(length))
    return (kind, data.decode()) if len(data) == int(length) else None


class Extension:
    """Hooks for a worker that does more, such as that of ``cloudpy compare``."""

    preloads = True  # whether an idle worker imports what a first cloud call needs

    def before_request(self, request: dict[str, Any]) -> None:
        """Prepare for a ``load`` or ``invoke`` request."""

    def has_code(self, error: CloudSDKError) -> bool:  # noqa: ARG002  as above
        """Whether the answer to an error of the SDK is ``error``; else it is ``raised``, as for other exceptions."""
        return True

    def exception(self, error: BaseException, folder: str) -> dict[str, Any]:  # noqa: ARG002  the caller passes it
        """Return further keys of a ``raised`` answer.

        Args:
            error: raised by the user's code.
            folder: of the function.
        """
        return {}


def main(prepare: Callable[[], None] | None = None, extension: Extension | None = None) -> NoReturn:
    """Load a function, invoke it for each job, and exit.

    Args:
        prepare: called once, after the standard streams are replaced.
        extension: hooks of another kind of worker.
    """
    jobs, answers = _replace_standard_streams()
    if "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = _breakpoint  # that of debugpy comes later, and takes its place
    if prepare:
        prepare()
    _show_logs()
    worker = _Worker(_jobs(jobs), answers, extension or Extension())
    process = os.getpid()
    try:
        while True:
            kind, payload, ends = worker.answer()
            if os.getpid() != process:  # a copy that the function forked came back from the handler as well
                _end(0)
            _flush()  # what it printed comes before what it gave
            write(answers, kind, payload)
            if ends:
                break
    except OSError as error:  # the parent is gone, or the function closed every file there is
        _say(f"cloudpy: the function's result could not be handed over: {error}")
        _end(70)
    try:
        worker.runner.close()
    finally:
        _end(0)


class _Worker:
    """The function, from its loading to its exit."""

    def __init__(self, next_job: Callable[..., dict[str, Any]], answers: IO[bytes], extension: Extension) -> None:
        self._next_job = next_job
        self._answers = answers
        self._extension = extension
        self._folder = ""
        self._handler: Handler | None = None
        self._warm = False
        self._loading = True
        self._variable_names: set[str] = set()  # the variables of the last invocation
        self.runner = Runner()

    def answer(self) -> tuple[str, str, bool]:
        """Run the next job; return the kind and the text of the answer, and whether it is the last one."""
        try:
            handler = self._handler or self._load()
            preloads = self._warm and self._extension.preloads
            job = self._next_job(lambda: preload(handler)) if preloads else self._next_job()
            self._extension.before_request(job)
            # The platform copies them there as well, and programs read them there; nobody finds those of another.
            for name in self._variable_names - job["variables"].keys():
                os.environ.pop(name, None)
            os.environ.update(job["variables"])
            self._variable_names = set(job["variables"])
            return "result", encode(self.runner.invoke(handler, job["event"], job["context"])), not self._warm
        except FunctionError as error:
            return "refused", json.dumps(_sentence(error), ensure_ascii=True), self._ends()
        except SystemExit as error:
            return "exited", json.dumps(_exit(error.code)), True
        except BaseException as error:
            return *self._raised(error), self._ends()

    def _load(self) -> Handler:
        job = self._next_job()
        self._extension.before_request(job)
        self._folder = job["folder"]
        os.environ.update(job["variables"])
        self._warm = bool(job.get("warm"))
        handler = load(FunctionDir(job["folder"]).__enter__(), job["handler"])
        if not self._warm:
            preload(handler)  # while the parent gets ready
        self._handler, self._loading = handler, False
        write(self._answers, "loaded", "null")
        return handler

    def _ends(self) -> bool:
        return self._loading or not self._warm

    def _raised(self, error: BaseException) -> tuple[str, str]:
        from ..errors import CloudSDKError

        if isinstance(error, CloudSDKError) and self._extension.has_code(error):
            value = error.toJSON()
            if self._loading and not error.errMsg.startswith("init:fail"):  # init() belongs there
                value["errMsg"] += (
                    "; the call was made while the function was being loaded, where there is no invocation yet, no"
                    " caller and no credentials: make it in main()（加载阶段没有调用者，请在 main 中调用）"
                )
            return "error", json.dumps(value)
        from .trace import user_traceback

        trace = user_traceback(error)
        if type(error).__name__ == "BdbQuit":  # pdb.set_trace() has found no input
            trace += f"cloudpy: {_NO_TERMINAL}\n"
        value = {"name": type(error).__name__, "message": _message(error), "trace": trace}
        return "raised", json.dumps({**value, **self._extension.exception(error, self._folder)})


def _message(error: BaseException) -> str:
    # str() of a KeyError, or of several arguments, is not the message that the program gave
    if len(error.args) == 1 and isinstance(error.args[0], str):
        return error.args[0]
    try:
        return str(error)
    except Exception as another:  # in a __str__ of the user's code
        return f"<{type(another).__name__} in __str__>"


def _exit(code: Any) -> dict[str, Any]:
    if code is None:
        return {"argument": "", "code": 0}
    return {"argument": repr(code), "code": code if isinstance(code, int) else 1}


def _breakpoint(*_: object, **__: object) -> NoReturn:
    raise RuntimeError(f"breakpoint(): {_NO_TERMINAL}")


def _sentence(error: FunctionError) -> str:
    return f"the result cannot be sent: {error}" if isinstance(error, ResultError) else str(error)


def _replace_standard_streams() -> tuple[IO[bytes], IO[bytes]]:
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    files = [jobs.fileno(), answers.fileno()]
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # By line, so that nothing is lost when the function ends without a word, and so that both outputs keep their order.
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    if hasattr(os, "register_at_fork"):
        # A process that the function forks must not hold the conversation open.
        os.register_at_fork(after_in_child=lambda: _close_all(files))
    import faulthandler

    faulthandler.enable()
    return jobs, answers


def _show_logs() -> None:
    """Show what the function logs, from INFO on, as the platform does; what it configures itself goes before."""
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    logging.lastResort = handler
    logging.getLogger().setLevel(logging.INFO)


def _close_all(files: list[int]) -> None:
    while files:  # once: a copy of the copy may use the numbers for files of its own
        try:
            os.close(files.pop())
        except OSError:  # the function closed it before
            pass


def _jobs(stream: IO[bytes]) -> Callable[..., dict[str, Any]]:
    """Return a function that waits for the next job and returns it.

    Jobs are read in a thread, which notices the parent's end while user code runs. The function takes a callable, and
    calls it when there has been nothing to do for a while.
    """
    import threading
    from queue import Empty, SimpleQueue

    jobs: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def listen() -> None:
        while True:
            frame = read(stream)
            if frame is None:
                _end(0)
            jobs.put(json.loads(frame[1]))

    def next_job(when_idle: Callable[[], None] | None = None) -> dict[str, Any]:
        if when_idle:
            try:
                return jobs.get(timeout=IDLE_DELAY)
            except Empty:
                when_idle()
        return jobs.get()

    threading.Thread(target=listen, name="cloudpy-jobs", daemon=True).start()
    return next_job


def _end(code: int) -> NoReturn:
    """Exit as the platform does, which freezes what still runs: no waiting for threads, no atexit."""
    _flush()
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the function closed it, or put something of its own in its place  # noqa: S110
            pass


def _say(text: str) -> None:
    try:
        os.write(2, f"{text}\n".encode())
    except OSError:
        pass
