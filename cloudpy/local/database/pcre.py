r"""PCRE's regular expressions, which MongoDB uses, written in Python's syntax.

``\w``, ``\d``, ``\s`` and ``\b`` are about ASCII alone there: 说 is no ``\w``. ``re.ASCII`` would do the same, and let
``é`` and ``É`` differ where case is ignored.
"""

from __future__ import annotations

import re

_CODE_POINT = re.compile(r"\\x\{([0-9a-fA-F]{1,6})\}")
_NO_QUANTIFIER = re.compile(r"\{,[0-9]+\}")  # Python reads it as {0,…}
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


def translated(pattern: str, *, verbose: bool = False) -> str:
    """Return the pattern in Python's syntax; what is the same in both, and what Python does not know, stays.

    Args:
        verbose: whether the option ``x`` is set, with which ``#`` begins a comment.
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
