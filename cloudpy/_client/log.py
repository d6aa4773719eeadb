"""The logger ``cloudpy`` of the standard library, from which no secret comes out."""

from __future__ import annotations

import logging

from .redact import text


class Filter(logging.Filter):
    """Of a logger: what it passes on has no secrets in its message, its arguments, nor the text of its exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Writes the message out, once; the record keeps no arguments."""
        try:
            message = record.getMessage()
        except Exception:  # a wrong format: the handler tells of it, as always
            return True
        record.msg, record.args = text(message), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = text(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def logger() -> logging.Logger:
    """The logger ``cloudpy``, with its filter; it has no handler of its own."""
    found = logging.getLogger("cloudpy")
    if not any(isinstance(one, Filter) for one in found.filters):
        found.addFilter(Filter())
    return found
