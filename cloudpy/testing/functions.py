"""The functions that a test invokes, loaded once for each local WeChat: their state is fresh in each test."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any, Literal, Union

import cloudpy
import cloudpy.sync

from .._client import permissions as _permissions
from .._client.permissions import Permissions
from ..runtime import FunctionDir, Handler, LoadError, load
from ..runtime.loader import split

Function = Union[str, "os.PathLike[str]", ModuleType, Callable[[Any, Any], Any]]

_CLIENTS = (cloudpy._cloud, cloudpy.sync._cloud)
_running: ContextVar[LoadedFunction | None] = ContextVar("cloudpy_testing_function", default=None)


class LoadedFunction:
    """One function of a test.

    Attributes:
        name: of its folder, or of the callable.
        folder: its folder, in which it runs; None for a module or a callable that the test imported.
        permissions: what its config.json allows; None without one.
        clients: what its ``init()`` has set up, while it does not run; the other state of the process, while it does.
        running: invocations in progress.
    """

    def __init__(
        self, name: str, handler: Handler | None, folder: FunctionDir | None, permissions: Permissions | None
    ) -> None:
        self.name = name
        self.folder = folder
        self.permissions = permissions
        self.clients = ClientPair()
        self.running = 0
        self._handler = handler
        self._handlers: dict[str, Handler] = {}

    @property
    def allowed(self) -> frozenset[str] | Literal["all"]:
        """The APIs it may call: those of its config.json, or none, as in the cloud; all for a callable without one."""
        if self.permissions is not None:
            return self.permissions.allowed
        return "all" if self.folder is None else frozenset()

    def handler(self, name: str) -> Handler:
        """Return a handler; the first one runs the function's code. Call it while the function is active.

        Raises:
            LoadError: it cannot be loaded.
        """
        if self._handler is not None:
            return self._handler
        assert self.folder is not None
        handler = self._handlers.get(name)
        if handler is None:
            handler = self._handlers[name] = load(self.folder, name)
        return handler


class Functions:
    """The functions that one test has invoked so far.

    Args:
        roots: folders that relative paths start from; the first that has the path counts.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = list(dict.fromkeys(os.path.realpath(root) for root in roots))
        self._by_folder: dict[str, LoadedFunction] = {}
        self._active: list[LoadedFunction] = []

    def find(self, function: object, handler: str) -> tuple[LoadedFunction, str]:
        """Return the function of a path, a module or a callable, and the name of its handler.

        Raises:
            LoadError: there is no such function.
        """
        if isinstance(function, (str, os.PathLike)):
            return self._from_path(os.fspath(function), handler)
        if isinstance(function, ModuleType):
            _, name = split(handler)
            call = getattr(function, name, None)
            if call is None:
                raise LoadError(f"the module {function.__name__} has no {name}; write: def {name}(event, context): …")
            return _imported(Handler(call, f"{function.__name__}.{name}"), function), handler
        if not callable(function):
            kind = type(function).__name__
            raise LoadError(f"a function must be its folder's path, a module or a callable, got {kind}")
        module = sys.modules.get(getattr(function, "__module__", None) or "")
        return _imported(Handler(function), module), handler

    @contextmanager
    def active(self, function: LoadedFunction) -> Iterator[None]:
        """Give the process to a function: its folder, its modules, and what its ``init()`` has set up.

        Raises:
            RuntimeError: another function is running that did not invoke this one.
        """
        outer = self._active[-1] if self._active else None
        if outer is not None and outer is not function and outer is not _running.get():
            raise RuntimeError(
                f"{function.name} cannot run while {outer.name} does: two functions share this process; await one"
                " ainvoke() before the next (several of one function may run at once)"
            )
        if outer is not function:
            self._active.append(function)
            function.clients.swap()
            if function.folder:
                function.folder.__enter__()
        function.running += 1
        token = _running.set(function)
        try:
            yield
        finally:
            _running.reset(token)
            function.running -= 1
            if not function.running:
                self._active.remove(function)
                if function.folder:
                    function.folder.__exit__()
                function.clients.swap()

    @contextmanager
    def called_by_active(self) -> Iterator[None]:
        """Treat functions run in the block as called by the active one, in any thread."""
        token = _running.set(self._active[-1] if self._active else None)
        try:
            yield
        finally:
            _running.reset(token)

    def resolve(self, path: str) -> str:
        """Return the real path of a relative path.

        Raises:
            LoadError: none of the roots has it; the message names them.
        """
        candidates = [os.path.join(root, path) for root in self._roots]
        for candidate in candidates:
            if os.path.exists(candidate):
                return os.path.realpath(candidate)
        raise LoadError(f"no {path!r}; tried {' and '.join(dict.fromkeys(candidates))}")

    def _from_path(self, path: str, handler: str) -> tuple[LoadedFunction, str]:
        folder = self.resolve(path)
        if folder.endswith(".py") and os.path.isfile(folder):
            folder, file = os.path.split(folder)
            handler = f"{file[:-3]}.{split(handler)[1]}"
        function = self._by_folder.get(folder)
        if function is None:
            function_dir = FunctionDir(folder)
            name = os.path.basename(function_dir.folder)
            function = LoadedFunction(name, None, function_dir, _permissions.beside(function_dir.folder))
            self._by_folder[folder] = function
        return function, handler


def _imported(handler: Handler, module: ModuleType | None) -> LoadedFunction:
    """Return a function that the test imported: its code has run, and is not run again."""
    file = getattr(module, "__file__", None)
    folder = os.path.dirname(os.path.realpath(file)) if file else ""
    permissions = _permissions.beside(folder) if folder else None
    name = os.path.basename(folder) if permissions else handler.name
    function = LoadedFunction(name, handler, None, permissions)
    function.clients = ClientPair.current(permissions)
    return function


class ClientPair:
    """What ``init()`` has set up in ``cloudpy`` and ``cloudpy.sync``, of which a process has one each.

    Two functions in one process would share it, and with it the permissions of the first.
    """

    def __init__(self) -> None:
        self._states: list[tuple[Any, dict[str, Any]]] = [(None, {}) for _ in _CLIENTS]

    @classmethod
    def current(cls, permissions: Permissions | None = None) -> ClientPair:
        """Return the state of the process, with other permissions when they are given."""
        pair = cls()
        pair._states = [(client._config, client._options) for client in _CLIENTS]
        if permissions is not None:
            pair._states = [(_permitted(config, given, permissions), given) for config, given in pair._states]
        return pair

    def swap(self) -> None:
        """Exchange this state with that of the process."""
        current = [(client._config, client._options) for client in _CLIENTS]
        for client, (config, given) in zip(_CLIENTS, self._states, strict=True):
            client._config, client._options = config, given
        self._states = current


def _permitted(config: Any, given: dict[str, Any], permissions: Permissions) -> Any:
    if config is None or "config" in given:
        return config
    config = copy.copy(config)
    config.permissions = permissions
    return config
