"""SCF and CloudBase event functions: a handler as the platform's own Python bootstrap can call it.

That bootstrap calls ``handler(event, context)``, awaits nothing, and passes the result to ``json.dumps``.
"""

from __future__ import annotations

import os
import sys
from _thread import _local  # threading.local, which need not be imported for it

from .._client.context import invocation
from .encode import plain
from .function_dir import FunctionDir
from .invoke import Runner
from .loader import DEFAULT, Handler, load, preload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

_runners = _local()  # each thread that calls has its own loop: two threads cannot run the same one


def entry(name: str = DEFAULT, folder: str | os.PathLike[str] | None = None) -> Callable[[Any, Any], Any]:
    """Return the handler `name`, decorated or not, as a function that the platform can call.

    For a module beside the user's own, which is configured as the handler::

        from cloudpy.runtime.scf import entry

        main = entry("index.main")

    Args:
        name: ``file.function``.
        folder: where the file is; by default the folder of the calling module.

    Raises:
        LoadError: the handler is missing, or cannot be called with ``(event, context)``.
    """
    if folder is None:
        folder = os.path.dirname(os.path.realpath(sys._getframe(1).f_globals.get("__file__") or "index.py"))  # noqa: SLF001
    handler = load(FunctionDir(folder).__enter__(), name)
    preload(handler)  # the time to start is the platform's, the time limit of the first call is the user's

    def main(event: Any, context: Any) -> Any:
        return answer(handler, event, context)

    return main


def wrapped(main: F) -> F:
    """Return `main` as ``@cloud.function`` does; see there."""
    handler = Handler(main)

    def function(event: Any, context: Any) -> Any:
        # No context of the platform is without an id: asyncio.run(main({}, {})) in a test is its author's own call.
        ours = isinstance(context, dict) and context.get("request_id")
        if not ours or invocation.get() is not None or _a_loop_runs():
            return main(event, context)
        return answer(handler, event, context)

    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        if hasattr(main, name):
            setattr(function, name, getattr(main, name))
    function.__wrapped__ = main  # type: ignore[attr-defined]
    # Beside itself, so that a decorator which copies the attributes of what it wraps is not mistaken for this one.
    function.__cloudpy__ = (function, main)  # type: ignore[attr-defined]
    return function  # type: ignore[return-value]


def answer(handler: Handler, event: Any, context: Any) -> Any:
    """Return the handler's result in JSON's own types; its exceptions propagate to the platform.

    Raises:
        ResultError: the result has no form in JSON.
        ValueError: the variables in `context` cannot be read.
    """
    return plain(_runner().invoke(handler, event, context))


def _runner() -> Runner:
    """Return the runner of this thread; its loop lives from call to call, and sessions in it."""
    if getattr(_runners, "process", None) != os.getpid():  # after a fork the parent's loop is not ours to run
        _runners.process = os.getpid()
        _runners.runner = Runner()
    runner: Runner = _runners.runner
    return runner


def _a_loop_runs() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001
