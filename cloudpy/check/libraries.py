"""The modules that the distributions of a requirements.txt install."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable
from functools import cache
from typing import Literal, NamedTuple

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement

from .requirements import Line

# Distribution -> its modules, where the names differ; for distributions that are not installed here
_MODULES = {
    "attrs": ("attr", "attrs"),
    "beautifulsoup4": ("bs4",),
    "cos-python-sdk-v5": ("qcloud_cos",),
    "mysqlclient": ("MySQLdb",),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "pillow": ("PIL",),
    "protobuf": ("google",),
    "pycryptodome": ("Crypto",),
    "pycryptodomex": ("Cryptodome",),
    "pyopenssl": ("OpenSSL",),
    "pyserial": ("serial",),
    "python-dateutil": ("dateutil",),
    "python-docx": ("docx",),
    "python-dotenv": ("dotenv",),
    "pyyaml": ("yaml",),
    "qcloud-python-sts": ("sts",),
    "scikit-image": ("skimage",),
    "scikit-learn": ("sklearn",),
    "setuptools": ("setuptools", "pkg_resources"),
}
_OPTION = re.compile(r"\s--?[A-Za-z].*$")  # --hash=… after a requirement
_MIN_LENGTH = 3  # characters of a name that may be a part of another

Answer = Literal["yes", "no", "maybe"]


class _Installed(NamedTuple):
    """A distribution that is installed next to cloudpy."""

    modules: frozenset[str]
    files: frozenset[str]  # without .py
    requires: tuple[str, ...]


class Libraries:
    """The modules that `lines` install, as far as they are known without a download.

    Attributes:
        unknown: distributions that are not installed here; their modules can only be guessed.
        is_sure: all distributions in the lines are installed here, so their dependencies are known.
        opaque: a line is a folder, a file or a URL.
    """

    def __init__(self, lines: Iterable[Line], python: tuple[int, int]) -> None:
        self.unknown: set[str] = set()
        self.opaque = False
        self.is_sure = True
        self._modules: dict[str, str] = {}
        self._files: set[str] = set()
        self._dependencies: list[tuple[str, str]] = []
        self._seen: set[tuple[str, str]] = set()
        self._environment = {key: str(value) for key, value in default_environment().items()}
        version = f"{python[0]}.{python[1]}"
        self._environment |= {"python_version": version, "python_full_version": f"{version}.0", "os_name": "posix"}
        self._environment |= {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
        for line in lines:
            if line.text.startswith("-") and not line.text.startswith(("-e", "--editable")):
                continue
            if not line.distribution:
                self.opaque = True
                continue
            self._add(_OPTION.sub("", line.text))
        self._add_dependencies()

    def has(self, module: str) -> Answer:
        """Return whether the top-level `module` is installed."""
        if module in self._modules:
            return "yes"
        if self.opaque or any(_resemble(module, each) for each in self.unknown):
            return "maybe"
        return "no"

    def distribution(self, module: str) -> str:
        """Return the distribution that installs `module`; empty when it is unknown."""
        if module in self._modules:
            return self._modules[module]
        return next((each for each in sorted(self.unknown) if _normal(module) == each), "")

    def is_file(self, module: str) -> bool:
        """Whether the library of `module` is a single file, which may have been copied."""
        return module in self._files

    def _add_dependencies(self) -> None:
        """Add the dependencies of the distributions."""
        self.is_sure = not self.unknown
        while self._dependencies:
            text, extra = self._dependencies.pop()
            self._add(text, extra)

    def _add(self, text: str, extra: str = "") -> None:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            self.opaque = True
            return
        if requirement.marker is not None and not requirement.marker.evaluate({**self._environment, "extra": extra}):
            return
        name = _normal(requirement.name)
        for option in ("", *sorted(requirement.extras)):
            if (name, option) in self._seen:
                continue
            self._seen.add((name, option))
            installed = _installed(name)
            if installed is None:
                self.unknown.add(name)
                for module in _MODULES.get(name, ()):
                    self._modules.setdefault(module, name)
                continue
            for module in installed.modules:
                self._modules.setdefault(module, name)
            self._files |= installed.files
            self._dependencies += [(dependency, option) for dependency in installed.requires]


def distribution_of(module: str) -> str:
    """Return the distribution to require for a module."""
    for name, modules in _MODULES.items():
        if module in modules:
            return name
    names = importlib.metadata.packages_distributions().get(module)
    return names[0] if names else module


@cache
def _installed(name: str) -> _Installed | None:
    try:
        distribution = importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    paths = list(distribution.files or ())
    modules = set((distribution.read_text("top_level.txt") or "").split())
    for path in paths:
        first = path.parts[0]
        if (len(path.parts) > 1 or first.endswith((".py", ".so", ".pyd"))) and first.partition(".")[0].isidentifier():
            modules.add(first.partition(".")[0])
    if name == "wx-cloudpy":  # an editable install lists no files
        modules.add("cloudpy")
    files = frozenset(str(path)[:-3] for path in paths if str(path).endswith(".py"))
    return _Installed(frozenset(modules), files, tuple(distribution.requires or ()))


def _resemble(module: str, distribution: str) -> bool:
    module = _normal(module)
    if module == distribution:
        return True
    shorter, longer = sorted((module, distribution), key=len)
    return len(shorter) >= _MIN_LENGTH and shorter in longer


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
