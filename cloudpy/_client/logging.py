"""The logger ``cloudpy``, which redacts secrets, and ``cloud.logger()``, which writes structured lines.

The platform's console searches such lines by key.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping

from ..errors import INVALID_PARAM, CloudSDKError
from .context import invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from typing import Any

_MAX_DEPTH = 20
_TO_STDERR = ("warn", "error")


def logger() -> logging.Logger:
    """Return the logger ``cloudpy`` with its filter; it has no handler."""
    import logging  # here: cloud.logger() does not need it

    cloudpy_logger = logging.getLogger("cloudpy")
    if _remove_secrets not in cloudpy_logger.filters:
        cloudpy_logger.addFilter(_remove_secrets)
    return cloudpy_logger


def _remove_secrets(record: logging.LogRecord) -> bool:
    """Format the message without secrets, once, and the traceback as well; the record keeps no arguments."""
    import logging

    from .redact import text

    try:
        message = record.getMessage()
    except Exception:  # a wrong format: the handler reports it, as always
        return True
    record.msg, record.args = text(message), ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = text(logging.Formatter().formatException(record.exc_info))
        record.exc_info = None
    return True


class Logger:
    """Writes one JSON object a line: log() and info() to standard output, warn() and error() to standard error.

    A line begins with the platform's own fields ``level``, ``timestamp`` (microseconds since 1970, as a string),
    ``function``, ``requestid`` and ``src``; your fields follow. A field with one of these names gets a ``_`` appended.
    Values are those of JSON; times are written as ISO 8601, bytes as their number, errors of calls as errCode and
    errMsg, anything else as its ``repr``. Strings under the name of a secret, and secrets of the variables wherever
    they appear, become ``***``. Writing never fails: a line that cannot be written is lost.

    Each method takes one dict, as in Node, or keywords.

    Raises:
        CloudSDKError: -501007, the fields are not a dict.
    """

    __slots__ = ()

    def log(self, fields: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Write a line of level ``log``."""
        _write("log", fields, keywords)

    def info(self, fields: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Write a line of level ``info``."""
        _write("info", fields, keywords)

    def warn(self, fields: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Write a line of level ``warn``."""
        _write("warn", fields, keywords)

    def error(self, fields: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Write a line of level ``error``."""
        _write("error", fields, keywords)

    def __repr__(self) -> str:
        return "<cloud.logger()>"


def _write(level: str, fields: Mapping[str, Any] | None, keywords: dict[str, Any]) -> None:
    if fields is not None and (keywords or not isinstance(fields, Mapping)):
        got = f"got a {type(fields).__name__}" if not keywords else "not both"
        raise CloudSDKError(
            INVALID_PARAM, f"logger.{level}:fail log msg must be an object: one dict or keywords, {got}"
        )
    if fields is None and not keywords:
        raise CloudSDKError(INVALID_PARAM, f"logger.{level}:fail log msg must be an object: give one dict, or keywords")
    from . import redact

    running = invocation.get()
    line: dict[str, Any] = {
        "level": level,
        "timestamp": str(time.time_ns() // 1000),
        "function": os.environ.get("SCF_FUNCTIONNAME", ""),
        "requestid": running.request_id if running else "",
        "src": "app",
    }
    reserved = frozenset(line)
    plain: dict[str, Any] = _plain(keywords if fields is None else fields, 0)
    for name, value in redact.value(plain).items():
        line[f"{name}_" if name in reserved else name] = value
    _print(_json_line(line), sys.stderr if level in _TO_STDERR else sys.stdout)


def _plain(value: Any, depth: int) -> Any:
    """Return the value in JSON's own types; whatever a program logs, this does not fail."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return value if value - value == 0 else repr(value)
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{memoryview(value).nbytes} bytes>"
    if isinstance(value, CloudSDKError):
        return value.toJSON()
    try:
        if isinstance(value, BaseException):
            return f"{type(value).__name__}: {value}"
        isoformat = getattr(value, "isoformat", None)
        return str(isoformat() if isoformat is not None else repr(value))
    except Exception as error:
        return f"<{type(value).__name__}, which cannot be shown: {type(error).__name__}>"


def _json_line(line: dict[str, Any]) -> str:
    import json

    try:
        text = json.dumps(line, ensure_ascii=False)
    except (ValueError, RecursionError):  # an integer of more digits than Python prints
        text = json.dumps({name: str(line[name]) for name in ("level", "timestamp", "function", "requestid", "src")})
    # Whatever a terminal or a log could take for a line break or a command is escaped.
    return "".join(
        char if char.isprintable() else json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f" for char in text
    )


def _print(text: str, stream: Any) -> None:
    import json

    try:
        try:
            stream.write(f"{text}\n")
        except UnicodeEncodeError:
            stream.write("".join(char if char.isascii() else json.dumps(char)[1:-1] for char in text) + "\n")
        stream.flush()
    except (OSError, ValueError, AttributeError):  # closed, or nobody reads it: the function goes on
        return
