"""Text on a console of any encoding."""

from __future__ import annotations

import codecs
import json
import sys

_ERRORS = "cloudpy_escape"


def write_everywhere() -> None:
    """Let standard output and error write what their encoding lacks as ``\\uXXXX``, which JSON reads again."""
    codecs.register_error(_ERRORS, _escaped)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's replacement has none
        if reconfigure is not None and getattr(stream, "errors", "") in ("strict", "surrogateescape"):
            reconfigure(errors=_ERRORS)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
