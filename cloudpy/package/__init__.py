"""Makes what is uploaded: the user's code, its libraries for the platform's Python, an entry, bytecode; the same bytes
for the same input.

::

    package = build("functions/steps", target="scf", python="3.10", out="steps.zip")
    print(package.parts, package.notes)
"""

from .build import Package, build
from .entry import TARGETS
from .errors import PackageError

__all__ = ["TARGETS", "Package", "PackageError", "build"]
