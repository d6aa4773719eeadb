r"""PCRE's regular expressions, which MongoDB uses: translated to Python's syntax, and searched within a time limit.

``\w``, ``\d``, ``\s`` and ``\b`` match ASCII only there: 说 is not a ``\w``. ``re.ASCII`` would do the same, but let
``é`` and ``É`` differ where case is ignored.

Python's ``re`` cannot be interrupted, and ``^(a|a)+$`` takes it years on thirty letters. Searches that may take long
go through the library ``regex``, which has a timeout.
"""

from __future__ import annotations

import functools
import math
import re
import threading
import time
from typing import Any

from .errors import DatabaseError, UnsupportedError

MAX_SECONDS = 1.0  # for the slow searches of one operation

_CODE_POINT = re.compile(r"\\x\{([0-9a-fA-F]{1,6})\}")
_NO_QUANTIFIER = re.compile(r"\{(?![0-9]+(?:,[0-9]*)?\})")  # re reads {,2} as {0,2}, regex {e<=1} as "about"
_POSIX_CLASS = re.compile(r"\[[:.=]\^?[\w<>]+[:.=]\]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
# The longest string that `re` searches in no time, by the number of repetitions in the pattern: each of them may
# multiply the steps by the length. Any other string is searched with a timeout.
_QUICK_LENGTHS: dict[int, float] = {0: math.inf, 1: 3000, 2: 200, 3: 50}
_WORD = "0-9A-Za-z_"
_VERTICAL = r"\n-\r\x85\u2028\u2029"  # Python's \v is one of them
_OUTSIDE = {
    "w": f"(?-i:[{_WORD}])",
    "W": f"(?-i:[^{_WORD}])",
    "d": "[0-9]",
    "D": "[^0-9]",
    "s": r"[\t-\r ]",
    "S": r"[^\t-\r ]",
    "b": f"(?-i:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))",
    "B": f"(?-i:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))",
    "v": f"[{_VERTICAL}]",
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
}
_INSIDE = {  # of brackets
    "w": _WORD,
    "W": r"\x00-/:-@\[-\^`{-" + chr(0x10FFFF),
    "v": _VERTICAL,
    "d": "0-9",
    "D": r"\x00-/:-" + chr(0x10FFFF),
    "s": r"\t-\r ",
    "S": r"\x00-\x08\x0e-\x1f!-" + chr(0x10FFFF),
}


class _Budget(threading.local):
    """The seconds that this thread's operation has left for slow searches."""

    seconds = MAX_SECONDS


_budget = _Budget()


def reset_time_limit() -> None:
    """Give the operation that begins in this thread all of `MAX_SECONDS`."""
    _budget.seconds = MAX_SECONDS


class Pattern:
    """A compiled regular expression."""

    __slots__ = ("_flags", "_quick", "_quick_length", "_slow", "_source", "pattern")

    def __init__(self, pattern: str, source: str, flags: int) -> None:
        self.pattern = pattern
        self._source = source
        self._flags = flags
        self._quick = re.compile(source, flags).search
        self._quick_length = _quick_length(pattern)
        self._slow: Any = None

    def search(self, text: str) -> object | None:
        """Return a match, or None.

        Raises:
            DatabaseError: the operation has searched for longer than `MAX_SECONDS`.
        """
        return self._quick(text) if len(text) <= self._quick_length else self._search_slowly(text)

    def _search_slowly(self, text: str) -> object | None:
        if self._slow is None:
            import regex  # late: few patterns need it, and it takes a tenth of a second

            flags = regex.VERSION0
            for one in (re.IGNORECASE, re.MULTILINE, re.DOTALL, re.VERBOSE):
                flags |= one.value & self._flags  # the numbers are the same
            self._slow = regex.compile(self._source, flags).search
        started = time.monotonic()
        try:
            found: object | None = self._slow(text, timeout=max(_budget.seconds, 0.001))
        except TimeoutError:
            raise DatabaseError(
                f"operation exceeded time limit: the regular expression {self.pattern[:80]!r} takes more than"
                f" {MAX_SECONDS:g} s; repeat no group that repeats something itself, such as (a+)+"
            ) from None
        finally:
            _budget.seconds -= time.monotonic() - started
        return found


def _quick_length(pattern: str) -> float:
    plain, at = [], 0
    while at < len(pattern):
        end = at + 1
        if pattern[at] == "\\":
            end = _escape_end(pattern, at)
        elif pattern[at] == "[":
            end = _bracket_end(pattern, at)
        plain.append(pattern[at] if end == at + 1 and pattern[at] != "[" else "x")
        at = end
    text = "".join(plain).replace("(?", "(")
    if _REPEATED_GROUP.search(text) or text.count("?") + text.count("|") > 10:
        return -1
    return _QUICK_LENGTHS.get(sum(map(text.count, "*+{")), -1)


@functools.lru_cache(512)
def compile_regex(pattern: str, options: str) -> Pattern:
    """Compile a regular expression of PCRE's.

    Raises:
        DatabaseError: it cannot be compiled, or means something else in Python.
    """
    unknown = set(options) - set("imsxgu")
    if unknown:
        raise DatabaseError(f"invalid flag in regex options: {min(unknown)}; known are i, m, s and x")
    flags = 0
    for letter, flag in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL), ("x", re.VERBOSE)):
        if letter in options:
            flags |= flag
    if _POSIX_CLASS.search(pattern):
        raise UnsupportedError(f"POSIX classes in a regular expression: {pattern[:80]}")
    try:
        return Pattern(pattern, translated(pattern, verbose="x" in options), flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise DatabaseError(
            f"Regular expression is invalid, or the local database does not know it: {error}: {pattern[:80]}"
        ) from None


def translated(pattern: str, *, verbose: bool = False) -> str:
    """Return the pattern in Python's syntax; what is the same in both, and what Python does not know, stays.

    Args:
        pattern: PCRE's expression.
        verbose: whether the option ``x`` is set: ``#`` begins a comment.
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        end = at + 1
        if character == "\\":
            end = _escape_end(pattern, at)
            parts.append(_OUTSIDE.get(pattern[at + 1 : end]) or _code_point(pattern[at:end]))
        elif character == "[":
            end = _bracket_end(pattern, at)
            parts.append(_bracket(pattern[at:end]))
        elif character == "#" and verbose:
            end = pattern.find("\n", at) + 1 or len(pattern)
        elif pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in ("=", "!"):
            end = at + 3
            parts.append("(?P<")
        elif _NO_QUANTIFIER.match(pattern, at):
            parts.append(r"\{")
        else:
            parts.append(character)
        at = end
    return "".join(parts)


def _escape_end(pattern: str, at: int) -> int:
    found = _CODE_POINT.match(pattern, at)
    return found.end() if found else at + 2


def _code_point(escape: str) -> str:
    found = _CODE_POINT.fullmatch(escape)
    return f"\\U{found[1]:>08}" if found else escape


def _bracket_end(pattern: str, start: int) -> int:
    at = start + (2 if pattern.startswith("[^", start) else 1)
    if pattern.startswith("]", at):  # the first one is a character
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at = _escape_end(pattern, at) if pattern[at] == "\\" else at + 1
    return min(at + 1, len(pattern))


def _bracket(found: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(found):
        end = _escape_end(found, at) if found[at] == "\\" else at + 1
        part = found[at:end]
        parts.append((_INSIDE.get(part[1:]) or _code_point(part)) if len(part) > 1 else part)
        at = end
    return "".join(parts)
