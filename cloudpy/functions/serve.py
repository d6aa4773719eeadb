"""Deprecated: import from `cloudpy.runtime.serve`. This module goes in version 0.3."""

from __future__ import annotations

import warnings

from ..runtime.serve import serve

__all__ = ["serve"]

warnings.warn("cloudpy.functions.serve is deprecated: use cloudpy.runtime.serve", DeprecationWarning, stacklevel=2)
