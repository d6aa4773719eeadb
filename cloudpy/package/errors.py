"""What keeps a package from being made."""

from __future__ import annotations


class PackageError(Exception):
    """The message says what was wanted, what was found, and what to do."""
