"""The Python function's process: loads the handler once, and handles one event after the other.

It talks with frames as ``functions.child`` does, over a socket whose number is its argument:

    parent → worker   load     {"folder", "handler", "variables"}
    worker → parent   loaded   null, or refused, or raised
    parent → worker   invoke   {"event", "context", "variables", "clock", "standing", "seed"}
    worker → parent   result   the result as JSON, or
                      error    {"errCode", "errMsg"}: an SDK error came out of the code, or
                      raised   {"name", "message", "own", "trace"}; own: raised by a statement of the program's, or
                      refused  a sentence: the result cannot be sent, or
                      exited   the exit code that sys.exit() was called with

worker.js is the same for Node; it may answer ``unhandled`` in the place of ``raised``: nobody awaited what failed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import IO, Any, NoReturn, cast

from ..runtime.encode import encode
from ..runtime.errors import FunctionError, ResultError
from ..runtime.function_dir import FunctionDir
from ..runtime.invoke import Runner
from ..runtime.loader import Handler, load
from ..runtime.worker import read, write
from . import pinned

_RAISE = "RAISE_VARARGS"
_MIGRATED = "made by `cloudpy migrate`"


def main(number: int) -> NoReturn:
    """Serves until the parent is gone."""
    import faulthandler
    from socket import socket

    faulthandler.enable()
    channel = socket(fileno=number)
    os.set_inheritable(number, False)  # a program that the function starts must not hold the conversation open
    stream = cast("IO[bytes]", channel.makefile("rwb"))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=channel.detach)
    _serve(_jobs(stream), stream)


def _serve(next_job: Any, stream: IO[bytes]) -> NoReturn:
    pinned.install()
    runner = Runner()
    process = os.getpid()
    given: dict[str, str] = {}
    kind, job = next_job()
    try:
        pinned.pin(job["clock"], job["seed"], standing=job["standing"])
        _set(job["variables"], given)
        place = FunctionDir(job["folder"]).__enter__()
        handler = load(place, job["handler"])
    except FunctionError as error:
        write(stream, "refused", json.dumps(str(error)))
        os._exit(0)
    except BaseException as error:
        write(stream, "raised", json.dumps(_told(error, job["folder"])))
        os._exit(0)
    write(stream, "loaded", "null")
    while True:
        kind, job = next_job()
        assert kind == "invoke", kind
        pinned.pin(job["clock"], job["seed"], standing=job["standing"])
        _set(job["variables"], given)
        kind, payload = _outcome(runner, handler, job, place.folder)
        if os.getpid() != process:  # a copy that the function forked came back from the handler as well
            os._exit(0)
        try:
            write(stream, kind, payload)
        except OSError:
            os._exit(0)


def _outcome(runner: Runner, handler: Handler, job: Mapping[str, Any], folder: str) -> tuple[str, str]:
    from ..errors import CloudSDKError

    try:
        # by way of ASCII: half of a surrogate pair goes through as an escape
        return "result", json.dumps(json.loads(encode(runner.invoke(handler, job["event"], job["context"]))))
    except ResultError as error:
        return "refused", json.dumps(f"the result cannot be sent: {error}")
    except SystemExit as error:
        code = error.code
        return "exited", json.dumps(0 if code is None else code if isinstance(code, int) else 1)
    except CloudSDKError as error:
        return "error", json.dumps(error.toJSON())
    except BaseException as error:
        return "raised", json.dumps(_told(error, folder))


def _told(error: BaseException, folder: str) -> dict[str, Any]:
    from ..runtime.trace import user_traceback

    # str() of a KeyError, or of several arguments, is not what the program said
    message = error.args[0] if len(error.args) == 1 and isinstance(error.args[0], str) else _text(error)
    return {
        "name": type(error).__name__,
        "message": message,
        "own": _is_own(error, folder),
        "trace": user_traceback(error),
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as another:  # a __str__ of the user's own
        return f"<{type(another).__name__} in __str__>"


def _is_own(error: BaseException, folder: str) -> bool:
    """Whether a ``raise`` of the function's own code made it, and not the language or a library."""
    import dis

    trace = error.__traceback__
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    path = os.path.realpath(code.co_filename)
    if not path.startswith(folder + os.sep) or "site-packages" in path:
        return False
    if path == os.path.join(folder, "js.py") and _MIGRATED in (trace.tb_frame.f_globals.get("__doc__") or ""):
        # There a draft does what JavaScript itself does, which raises by itself; the error that a callback is called
        # with is the program's.
        return code.co_name == "_of_callback"
    return dis.opname[code.co_code[trace.tb_lasti]] == _RAISE


def _set(variables: Mapping[str, str], given: dict[str, str]) -> None:
    """Puts the variables of this event in the place of those of the last one."""
    for name in given.keys() - variables.keys():
        os.environ.pop(name, None)
    os.environ.update(variables)
    given.clear()
    given.update(variables)


def _jobs(stream: IO[bytes]) -> Any:
    """What waits for the next job. They are read in a thread, which hears of the parent's end while user code runs."""
    import threading
    from queue import SimpleQueue

    jobs: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()

    def listen() -> None:
        while True:
            frame = read(stream)
            if frame is None:
                os._exit(0)
            jobs.put((frame[0], json.loads(frame[1])))

    threading.Thread(target=listen, name="cloudpy-jobs", daemon=True).start()
    return jobs.get


if __name__ == "__main__":
    main(int(sys.argv[1]))
