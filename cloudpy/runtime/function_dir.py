"""The folder of a function in its process: first on sys.path, the working directory, with its own modules."""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

from .errors import LoadError

# Files at the root of a project
PROJECT_ROOTS = (".git", "pyproject.toml", "project.config.json", "cloudbaserc.json", "package.json")
SHARED = "_shared"  # beside the functions of a project: modules that several of them import


def shared_folder(folder: str) -> str:
    """Return the folder ``_shared`` beside a function's folder; empty without one."""
    path = os.path.join(os.path.dirname(folder), SHARED)
    return path if path != folder and os.path.isdir(path) else ""


class FunctionDir:
    """One function's folder. Inside ``with directory:`` the process is that function's.

    A process that serves one function enters it and never leaves. Several functions can take turns in one process:
    each keeps its modules, and with them its state, and none sees those of another, even if they have the same
    names (every function has an ``index``). Modules of ``_shared`` beside the folder are found after its own; they are
    the function's, too: `cloudpy package` puts them into its package.

    Args:
        folder: the folder that holds the function's files.

    Raises:
        LoadError: the folder does not exist, or cannot be read.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        path = os.fspath(folder)
        try:
            self.folder = os.path.realpath(path)
        except OSError as error:  # a relative one, while the current folder is gone
            raise LoadError(f"the folder {path} cannot be found: {error.strerror or error}") from None
        if os.path.isfile(self.folder):
            raise LoadError(f"{path} is a file: expected the function's folder, {os.path.dirname(path) or os.curdir}")
        if not os.path.isdir(self.folder):
            raise LoadError(f"no folder {path}: expected the folder with the function's index.py{_suggestion(path)}")
        if not os.access(self.folder, os.R_OK | os.X_OK):
            raise LoadError(f"no permission to read the folder {path}")
        shared = shared_folder(self.folder)
        self._folders = (self.folder, shared) if shared else (self.folder,)
        self._modules: dict[str, ModuleType] = {}  # the function's own, while it is away
        self._aside: dict[str, ModuleType] = {}  # what bears the names of its modules, while it is here
        self._known: set[str] = set()
        self._before = ""
        self._inside = False

    def __enter__(self) -> FunctionDir:
        if self._inside:
            raise RuntimeError(f"{self!r} is entered already")
        self._inside = True
        self._aside = {name: sys.modules.pop(name) for name in self._shadowing()}
        self._known = {name.partition(".")[0] for name in sys.modules}
        sys.modules.update(self._modules)
        sys.path[:0] = self._folders
        importlib.invalidate_caches()  # files may be younger than what the finders remember of the folder
        try:
            self._before = os.getcwd()
        except OSError:  # it was deleted
            self._before = ""
        os.chdir(self.folder)
        return self

    def __exit__(self, *_: object) -> None:
        self._inside = False
        self._modules = {name: module for name, module in sys.modules.copy().items() if self._owns(name)}
        for name in self._modules:
            del sys.modules[name]
        sys.modules.update(self._aside)
        for folder in self._folders:
            if folder in sys.path:
                sys.path.remove(folder)
        try:
            os.chdir(self._before or os.curdir)
        except OSError:  # it was deleted meanwhile; there is nowhere to go back to
            pass

    def __repr__(self) -> str:
        return f"<FunctionDir {self.folder}>"

    def _owns(self, name: str) -> bool:
        """Whether a module was imported from this folder while it was first on sys.path."""
        top = name.partition(".")[0]
        if top in self._modules:
            return True
        return top not in self._known and _home(sys.modules.get(top)) in self._folders

    def _shadowing(self) -> list[str]:
        """Return modules from elsewhere that hide this folder's own.

        What is installed stays: a second copy of a library beside the first would be two libraries. So does the
        standard library, which the platform too imports before the function.
        """
        try:
            entries = {name.partition(".")[0] for folder in self._folders for name in os.listdir(folder)}
        except OSError:
            return []
        names = []
        for name in list(sys.modules):
            top = name.partition(".")[0]
            if top in entries and top not in sys.stdlib_module_names and not top.startswith("__"):
                home = _home(sys.modules.get(top))
                if home and home not in self._folders and not home.endswith(("site-packages", "dist-packages")):
                    names.append(name)
        return [name for name in names if not name.startswith("cloudpy")]


def _suggestion(path: str) -> str:
    """Return ``; did you mean 'steps'?`` for the path of a folder that does not exist, or nothing."""
    from .._wire.suggest import nearest, question  # late: only an error needs them

    parent, name = os.path.split(os.path.normpath(path))
    try:
        with os.scandir(parent or os.curdir) as entries:
            folders = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return ""
    near = question([os.path.join(parent, each) for each in nearest(name, folders)])
    return near and f"; {near}"


def _home(module: ModuleType | None) -> str:
    """Return the folder on sys.path that a top-level module comes from; empty if unknown."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        folder = os.path.dirname(os.path.realpath(file))
        return os.path.dirname(folder) if hasattr(module, "__path__") else folder
    # a namespace package has no file
    for path in list(getattr(module, "__path__", ())):
        return os.path.dirname(os.path.realpath(str(path)))
    return ""
