"""Text of users on a terminal: shown, and never obeyed."""

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
        colours: the sequences that set colours stay too, and end with the text.
    """
    if not colours:
        return _PLAIN.sub(_written_out, text)
    shown = _WITH_COLOURS.sub(lambda found: found[1] or _written_out(found), text)
    return f"{shown}{_RESET}" if "\x1b" in shown else shown


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
