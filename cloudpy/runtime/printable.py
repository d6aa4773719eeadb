"""Escape untrusted text for a terminal, so that it cannot contain control sequences."""

from __future__ import annotations

import re

# What a terminal obeys (control characters; \x80-\x9f too, in some), what reverses the order of characters, so that a
# line seems to be another one, and halves of surrogates, which no stream takes.
_UNSAFE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
_COLOUR = r"\x1b\[[0-9;:]{0,64}m"
_PLAIN = re.compile(_UNSAFE)
_WITH_COLOURS = re.compile(f"({_COLOUR})|{_UNSAFE}")
_RESET = "\x1b[0m"


def printable(text: str, *, colours: bool = False) -> str:
    r"""Return `text` with ``\u001b`` and the like written out; tabs and line breaks stay, and JSON stays the same JSON.

    Args:
        text: any string.
        colours: the sequences that set colours stay too, and end with the text.
    """
    if not colours:
        return _PLAIN.sub(_escape, text)
    escaped = _WITH_COLOURS.sub(lambda match: match[1] or _escape(match), text)
    return f"{escaped}{_RESET}" if "\x1b" in escaped else escaped


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
