"""Build deployment packages: code, libraries for the platform's Python, an entry point and bytecode.

The same input gives the same bytes.

::

    package = build("functions/steps", target="scf", python="3.10", out="steps.zip")
    print(package.parts, package.notes)
"""

from .build import Package, build
from .entry_point import TARGETS
from .errors import PackageError
from .project import build_all

__all__ = ["TARGETS", "Package", "PackageError", "build", "build_all"]
