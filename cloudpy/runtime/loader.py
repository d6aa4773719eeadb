"""Load a handler from a function's folder by its name, ``file.function``, and check its signature."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from types import FunctionType, MethodType, ModuleType

from .errors import LoadError
from .function_dir import FunctionDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT = "index.main"
_SCF_FUNCTION = "main_handler"  # SCF's own default, used if the file has it and no main
_CO_COROUTINE = 0x80  # inspect.CO_COROUTINE, without importing inspect at a cold start
_CO_VARARGS = 0x04


class Handler:
    """A function that takes ``(event, context)``.

    Attributes:
        name: ``file.function``.
        folder: where it was loaded from, an absolute path; empty for a callable.
        call: the callable itself; of one decorated with ``@cloud.function``, what was decorated.
        is_async: whether it is an ``async def``, also behind a partial or a ``__call__``. A sync handler may still
            return an awaitable; the caller awaits it.

    Raises:
        LoadError: `call` cannot be called with an event and a context.
    """

    __slots__ = ("call", "folder", "is_async", "name")

    def __init__(self, call: Callable[[Any, Any], Any], name: str = "", folder: str = "") -> None:
        self.name = name or getattr(call, "__name__", type(call).__name__)
        self.folder = folder
        mark: tuple[Any, Any] | None = getattr(call, "__cloudpy__", None)
        if mark and mark[0] is call:  # a Handler does all that the decorator would do
            call = mark[1]
        if not callable(call):
            raise LoadError(f"{self.name} is {_kind(call)}, not a function; write: def main(event, context): …")
        wrong = _parameters(call)
        if wrong:
            raise LoadError(
                f"{self.name} {wrong}; the platform calls it with two, by position: def main(event, context): …"
            )
        self.call = call
        self.is_async = _is_async(call)

    def __repr__(self) -> str:
        return f"<Handler {self.name}{f' of {self.folder}' if self.folder else ''}>"


def load(directory: FunctionDir, name: str = DEFAULT) -> Handler:
    """Return the handler `name` of a function; call it inside ``with directory:``.

    An exception of the user's own code propagates; ``user_traceback`` shows it without our frames.

    Args:
        directory: the function's folder, entered.
        name: ``file.function``; ``index.main`` unless the function is configured otherwise.

    Raises:
        LoadError: the name is invalid, the file or the function is missing, or it cannot be called with
            ``(event, context)``.
    """
    module_name, function = split(name)
    path = os.path.join(directory.folder, f"{module_name}.py")
    if not os.path.isfile(path):
        raise LoadError(f"no {module_name}.py in {directory.folder}; {_files(directory.folder, module_name, function)}")
    module = importlib.import_module(module_name)
    file = getattr(module, "__file__", None)
    if not file or os.path.realpath(file) != os.path.realpath(path):
        raise LoadError(
            f"{module_name}.py in {directory.folder} has the name of another module, {file or 'one built into Python'},"
            " which is imported instead: rename it"
        )
    try:
        call = getattr(module, function)
    except AttributeError:
        if name == DEFAULT and callable(getattr(module, _SCF_FUNCTION, None)):
            return Handler(getattr(module, _SCF_FUNCTION), f"{module_name}.{_SCF_FUNCTION}", directory.folder)
        raise LoadError(f"{module_name}.py in {directory.folder} has no {function}; {_functions(module)}") from None
    return Handler(call, name, directory.folder)


def preload(handler: Handler) -> None:
    """Import what the first call will need: the async transport, if the function is likely to make cloud calls."""
    if handler.is_async and "cloudpy._client.cloud" in sys.modules and "cloudpy._transports.aio" not in sys.modules:
        import asyncio  # noqa: F401

        from .._transports import async_transport

        async_transport()


def split(name: str) -> tuple[str, str]:
    """Return file and function of a handler's name.

    Raises:
        LoadError: it is invalid.
    """
    file, _, function = name.rpartition(".")
    if not file or not function.isidentifier() or "." in file or os.path.basename(name) != name or "\\" in name:
        raise LoadError(f"the handler {name!r} is invalid: expected file.function, as in {DEFAULT}")
    return file, function


def _files(folder: str, wanted: str, function: str) -> str:
    files = sorted(entry for entry in os.listdir(folder) if entry.endswith(".py"))
    if not files:
        inside = [
            entry for entry in sorted(os.listdir(folder)) if os.path.isfile(os.path.join(folder, entry, "index.py"))
        ]
        hint = f" (there is one in {inside[0]}{os.sep})" if inside else ""
        return f"the folder holds no .py file at all{hint}: is it the function's folder?"
    near = next((file for file in files if file.lower() == f"{wanted}.py".lower()), None)
    if near:
        return f"found {near}: names are case-sensitive on the platform, rename it"
    example = f"{files[0][:-3]}.{function}"
    return f"found {_listed(files)}: rename one, or name the handler, as in {example}"


def _functions(module: ModuleType) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__ and not name.startswith("__")
    ]
    if not names:
        return "it defines no function at all; write: def main(event, context): …"
    return f"it defines {_listed(names)}: rename one, or name the handler, as in {module.__name__}.{names[0]}"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _parameters(call: Callable[..., Any]) -> str:
    """Return what is wrong with the parameters of `call`; empty if two positional ones fit."""
    if isinstance(call, FunctionType) and not hasattr(call, "__wrapped__"):
        code = call.__code__
        required = code.co_argcount - len(call.__defaults__ or ())
        needed = [
            name
            for name in code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
            if name not in (call.__kwdefaults__ or {})
        ]
        if not needed and required <= 2 and (code.co_argcount >= 2 or code.co_flags & _CO_VARARGS):
            return ""
        if needed:
            return f"needs {', '.join(needed)} as keyword"
        return _takes(code.co_varnames[: code.co_argcount])
    import inspect  # here: most handlers are plain functions and do not need it

    try:
        signature = inspect.signature(call, follow_wrapped=False)
    except (TypeError, ValueError):  # built in, or of C: it does not say
        return ""
    try:
        signature.bind(None, None)
    except TypeError as error:
        by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        names = tuple(name for name, one in signature.parameters.items() if one.kind in by_position)
        return f"cannot take them: {error}" if len(names) == 2 else _takes(names)
    return ""


def _takes(names: tuple[str, ...]) -> str:
    if not names:
        return "takes no parameter"
    return f"takes {len(names)} parameter{'' if len(names) == 1 else 's'} ({', '.join(names)})"


def _is_async(call: object) -> bool:
    functools = sys.modules.get("functools")  # if it is not imported, this is not a partial
    while True:
        if functools is not None and isinstance(call, functools.partial):
            call = call.func
        elif isinstance(call, MethodType):
            call = call.__func__
        elif isinstance(call, FunctionType):
            return bool(call.__code__.co_flags & _CO_COROUTINE)
        else:
            inner = getattr(type(call), "__call__", None)  # noqa: B004 - not whether, but which
            if isinstance(call, type) or not isinstance(inner, FunctionType):
                return False
            call = inner


def _kind(value: object) -> str:
    kind = type(value).__name__
    return "None" if value is None else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
