"""Deprecated: import from `cloudpy.runtime`. These names go in version 0.3."""

from __future__ import annotations

import warnings

from .. import runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> Any:
    if name not in runtime.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(
        f"cloudpy.functions.{name} is deprecated: import it from cloudpy.runtime", DeprecationWarning, stacklevel=2
    )
    return getattr(runtime, name)
