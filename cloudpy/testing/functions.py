"""The functions that a test invokes: loaded once for each local WeChat, so that their state is fresh in each test."""

from __future__ import annotations

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

_FACES = (cloudpy._cloud, cloudpy.sync._cloud)
_running: ContextVar[Instance | None] = ContextVar("cloudpy_testing_instance", default=None)


class Instance:
    """One function, loaded.

    Attributes:
        name: of the function: that of its folder.
        handler: what is called.
        permissions: what its config.json allows; None when it has none.
    """

    def __init__(
        self, name: str, handler: Handler | None, place: FunctionDir | None, permissions: Permissions | None
    ) -> None:
        self.name = name
        self.permissions = permissions
        self._must_declare = place is not None
        self.place = place
        self.handlers: dict[str, Handler] = {}
        self._handler = handler
        self.faces = Faces()
        self.runs = 0

    @property
    def allowed(self) -> frozenset[str] | Literal["all"]:
        """What it may call. Without a config.json that is nothing, as in the cloud; but a callable that a test hands
        over has no folder of its own, and may call everything."""
        if self.permissions is not None:
            return self.permissions.allowed
        return frozenset() if self._must_declare else "all"

    def handler(self, name: str) -> Handler:
        """The handler of that name; the function's code is run when it is the first one. Call it while inside.

        Raises:
            LoadError: it cannot be loaded.
        """
        if self._handler is not None:
            return self._handler
        assert self.place is not None
        found = self.handlers.get(name)
        if found is None:
            found = self.handlers[name] = load(self.place, name)
        return found


class Functions:
    """Every function that one test has invoked so far.

    Args:
        roots: folders in which a relative path is looked for, the first that has it counts.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = list(dict.fromkeys(os.path.realpath(root) for root in roots))
        self._places: dict[str, Instance] = {}
        self._inside: list[Instance] = []

    def find(self, function: Function, handler: str) -> tuple[Instance, str]:
        """The function behind a path, a module or a callable, and the name of its handler.

        Raises:
            LoadError: there is none.
        """
        if isinstance(function, (str, os.PathLike)):
            return self._at(os.fspath(function), handler)
        if isinstance(function, ModuleType):
            _, name = split(handler)
            call = getattr(function, name, None)
            if call is None:
                raise LoadError(f"the module {function.__name__} has no {name}; write: def {name}(event, context): …")
            return _given(Handler(call, f"{function.__name__}.{name}"), function), handler
        if not callable(function):
            kind = type(function).__name__
            raise LoadError(f"a function is given as its folder's path, a module or a callable, got {kind}")
        module = sys.modules.get(getattr(function, "__module__", None) or "")
        return _given(Handler(function), module), handler

    @contextmanager
    def inside(self, instance: Instance) -> Iterator[None]:
        """The process is that function's: its folder, its modules, what its init() set up.

        Raises:
            RuntimeError: another function is running that did not invoke this one.
        """
        outer = self._inside[-1] if self._inside else None
        if outer is not None and outer is not instance and outer is not _running.get():
            raise RuntimeError(
                f"{instance.name} cannot run while {outer.name} does: two functions share this process; await one"
                " ainvoke() before the next (several of one function may run at once)"
            )
        if outer is not instance:
            self._inside.append(instance)
            instance.faces.swap()
            if instance.place:
                instance.place.__enter__()
        instance.runs += 1
        token = _running.set(instance)
        try:
            yield
        finally:
            _running.reset(token)
            instance.runs -= 1
            if not instance.runs:
                self._inside.remove(instance)
                if instance.place:
                    instance.place.__exit__()
                instance.faces.swap()

    @contextmanager
    def called(self) -> Iterator[None]:
        """What is run in the block was called by the function that is running, in whichever thread that is."""
        token = _running.set(self._inside[-1] if self._inside else None)
        try:
            yield
        finally:
            _running.reset(token)

    def _at(self, path: str, handler: str) -> tuple[Instance, str]:
        folder = self.resolve(path)
        if folder.endswith(".py") and os.path.isfile(folder):
            folder, file = os.path.split(folder)
            handler = f"{file[:-3]}.{split(handler)[1]}"
        instance = self._places.get(folder)
        if instance is None:
            place = FunctionDir(folder)
            name = os.path.basename(place.folder)
            instance = self._places[folder] = Instance(name, None, place, _permissions.beside(place.folder))
        return instance, handler

    def resolve(self, path: str) -> str:
        """Where a path leads to.

        Raises:
            LoadError: nowhere, naming where it was looked for.
        """
        candidates = [os.path.join(root, path) for root in self._roots]
        for candidate in candidates:
            if os.path.exists(candidate):
                return os.path.realpath(candidate)
        looked = " or ".join(dict.fromkeys(candidates))
        raise LoadError(f"there is no {path!r}: looked for {looked}")


def _given(handler: Handler, module: ModuleType | None) -> Instance:
    """A handler that the test imported itself: its code has run, and stays as it is."""
    file = getattr(module, "__file__", None)
    folder = os.path.dirname(os.path.realpath(file)) if file else ""
    permissions = _permissions.beside(folder) if folder else None
    name = os.path.basename(folder) if permissions else handler.name
    instance = Instance(name, handler, None, permissions)
    instance.faces = Faces.with_permissions(permissions)
    return instance


class Faces:
    """What init() has set up in ``cloudpy`` and ``cloudpy.sync``, of which a process has one each.

    Two functions in one process would share it, and with it the permissions of whichever came first.
    """

    def __init__(self) -> None:
        self._states: list[tuple[Any, dict[str, Any]]] = [(None, {}) for _ in _FACES]

    @classmethod
    def now(cls) -> Faces:
        """As it is at the moment."""
        faces = cls()
        faces._states = [(face._config, face._given) for face in _FACES]
        return faces

    @classmethod
    def with_permissions(cls, permissions: Permissions | None) -> Faces:
        """As it is at the moment, but with the permissions of the function at hand."""
        faces = cls.now()
        if permissions is not None:
            faces._states = [(_permitted(config, given, permissions), given) for config, given in faces._states]
        return faces

    def swap(self) -> None:
        """Puts this in the place of what is there, and keeps that."""
        now = [(face._config, face._given) for face in _FACES]
        for face, (config, given) in zip(_FACES, self._states, strict=True):
            face._config, face._given = config, given
        self._states = now


def _permitted(config: Any, given: dict[str, Any], permissions: Permissions) -> Any:
    if config is None or "config" in given:
        return config
    import copy

    made = copy.copy(config)
    made.permissions = permissions
    return made
