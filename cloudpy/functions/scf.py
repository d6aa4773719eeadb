"""Deprecated: import from `cloudpy.runtime.scf`. This module goes in version 0.3."""

from __future__ import annotations

import warnings

from ..runtime.scf import entry

__all__ = ["entry"]

warnings.warn("cloudpy.functions.scf is deprecated: use cloudpy.runtime.scf", DeprecationWarning, stacklevel=2)
