"""Print the lowest versions that pyproject.toml allows, as constraints for pip: ``scripts/lowest.py > constraints``.

Of what users install: the dependencies, and the extras but `dev` and `docs`. What only the checks need is as in
constraints-dev.txt, as is what the libraries themselves need.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
ROOT = Path(__file__).resolve().parent.parent
CHECKS = ("dev", "docs")
SAME = {"opentelemetry-api": "opentelemetry-sdk"}  # released together, and each wants the other's version


def lowest() -> dict[str, str]:
    """Return the lowest version of each library, by its name.

    Raises:
        ValueError: a dependency has no lower bound.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    found: dict[str, str] = {}
    for text in [*project["dependencies"], *(line for name in extras if name not in CHECKS for line in extras[name])]:
        requirement = Requirement(text)
        bounds = [each.version for each in requirement.specifier if each.operator == ">="]
        if len(bounds) != 1:
            raise ValueError(f"{text} in pyproject.toml needs one lower bound: {requirement.name}>=…")
        name = canonicalize_name(requirement.name)
        found[name] = bounds[0]
        if name in SAME:
            found[SAME[name]] = bounds[0]
    return found


def constraints() -> list[str]:
    """Lines for ``pip install --constraint``."""
    low = lowest()
    lines = [f"{name}=={version}" for name, version in low.items()]
    for line in (ROOT / "constraints-dev.txt").read_text("utf-8").splitlines():
        requirement = Requirement(line) if line and not line.startswith("#") else None
        # A library of today may need another version of what an old one needs: those are left to pip.
        if requirement is not None and canonicalize_name(requirement.name) in TOOLS:
            lines.append(line)
    return lines


TOOLS = {"anyio", "hypothesis", "pillow", "protobuf", "pytest", "pytest-asyncio", "pytest-xdist"}

if __name__ == "__main__":
    print("\n".join(constraints()))
