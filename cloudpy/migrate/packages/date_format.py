"""Patterns of dates as Python writes them: strftime, or an f-string where strftime has no equal on every system."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..code import ATOM, Py, quoted

# A piece of a pattern: (token, "") or ("", text)
Piece = tuple[str, str]

# Tokens of dayjs; patterns of other packages are put into them
_DIRECTIVES = {
    "YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "HH": "%H", "hh": "%I", "mm": "%M", "ss": "%S", "A": "%p",
    "MMM": "%b", "MMMM": "%B", "ddd": "%a", "dddd": "%A", "d": "%w", "ZZ": "%z",
}  # fmt: skip
_FIELDS = {"M": "month", "D": "day", "H": "hour", "m": "minute", "s": "second"}
_EXPRESSIONS = {
    "h": "{0}.hour % 12 or 12",
    "SSS": "{0}.microsecond // 1000:03d",
    "a": "'am' if {0}.hour < 12 else 'pm'",
    "dd": "'SuMoTuWeThFrSa'[{0}.isoweekday() % 7 * 2 :][:2]",
}
_WORDS = {"A", "a", "MMM", "MMMM", "dd", "ddd", "dddd"}
_DAYJS = re.compile(r"\[([^\]]+)]|Y{1,4}|M{1,4}|D{1,2}|d{1,4}|H{1,2}|h{1,2}|a|A|m{1,2}|s{1,2}|Z{1,2}|SSS")


def dayjs_pieces(pattern: str) -> list[Piece]:
    """Return the pieces of a pattern of dayjs."""
    pieces: list[Piece] = []
    at = 0
    for found in _DAYJS.finditer(pattern):
        pieces += [("", pattern[at : found.start()]), ("", found[1]) if found[1] else (found[0], "")]
        at = found.end()
    return [piece for piece in [*pieces, ("", pattern[at:])] if piece != ("", "")]


def has_words(pieces: Sequence[Piece]) -> bool:
    """Whether a pattern shows words of a language."""
    return any(token in _WORDS for token, _ in pieces)


def formatted(value: Py, pieces: Sequence[Piece], *, may_be_invalid: bool) -> Py | None:
    """Write a datetime in a pattern; None if Python has no short way.

    Args:
        value: of a datetime.
        pieces: of the pattern.
        may_be_invalid: whether it may be an `InvalidDate`, whose only text is that of strftime.
    """
    tokens = [token for token, _ in pieces if token]
    if not tokens:
        return None
    literals = "".join(text for _, text in pieces)
    if all(token in _DIRECTIVES for token in tokens) and _is_printable(literals):
        return Py(f"{value.at(ATOM)}.strftime({quoted(_directives(pieces))})")
    if may_be_invalid or "\\" in literals or not literals.isprintable():
        return None
    if value.text.isidentifier():
        return _interpolated(value.text, pieces)
    return _positional(value, pieces)


def _is_printable(text: str) -> bool:
    # strftime goes through the C library, which knows other characters in some locales alone
    return text.isascii() and text.isprintable()


def _directives(pieces: Sequence[Piece]) -> str:
    return "".join(_DIRECTIVES[token] if token else text.replace("%", "%%") for token, text in pieces)


def _grouped(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return runs of pieces that one format specification can hold, and all others alone."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        token, text = piece
        fits = token in _DIRECTIVES or (not token and text.isascii() and not set(text) & set("{}\"'%"))
        if fits and groups and groups[-1][0][0] in _DIRECTIVES:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    result: list[list[Piece]] = []
    for group in groups:
        if len(group) > 1 and not group[-1][0]:  # text at the end needs no specification
            result += [group[:-1], group[-1:]]
        else:
            result.append(group)
    return result


def _interpolated(name: str, pieces: Sequence[Piece]) -> Py | None:
    fields = _fields(name, pieces, _EXPRESSIONS)
    return None if fields is None else Py(f'f"{fields}"')


def _positional(value: Py, pieces: Sequence[Piece]) -> Py | None:
    fields = _fields("0", pieces, {})
    return None if fields is None else Py(f'"{fields}".format({value})')


def _fields(name: str, pieces: Sequence[Piece], expressions: Mapping[str, str]) -> str | None:
    """Return the format string of a date called `name`; None if a piece has no form in it."""
    parts = []
    for group in _grouped(pieces):
        token, text = group[0]
        if not token:
            parts.append(_braced(text))
        elif token in _DIRECTIVES:
            parts.append(f"{{{name}:{_directives(group)}}}")
        elif token in _FIELDS:
            parts.append(f"{{{name}.{_FIELDS[token]}}}")
        elif token in expressions:
            parts.append(f"{{{expressions[token].format(name)}}}")
        else:
            return None
    return "".join(parts)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}").replace('"', '\\"')
