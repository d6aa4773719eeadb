"""Whether a pattern finds in ``str(x)`` what JavaScript finds in the text of `x`, whatever that is."""

from __future__ import annotations

import re

# A pattern for a whole text, and the first character in it: it is there in each text that matches
_WHOLE = re.compile(r"\^(\\[dw]|[^\W_]|\[(?:\\.|[^\]\\])+\])(?!\*|\?|\{0)(?:.*)\\Z")
# What is in parentheses or brackets
_INSIDE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\\[])*\)", re.DOTALL)
# Texts of one value in JavaScript, and in Python
_TEXTS = [("null", "None"), ("true", "True"), ("false", "False"), ("1e-7", "1e-07"), ("0.00001", "1e-05")]


def is_alike_for_all(pattern: str, *, ignores_case: bool) -> bool:
    """Whether Python's pattern matches ``str(x)`` where JavaScript's matches `x`, of JSON.

    Of a list, JavaScript takes the items: of ``["13800138000"]`` that is the number of a phone.
    """
    whole = _WHOLE.fullmatch(pattern)
    if whole is None or "|" in _INSIDE.sub("", pattern):
        return False
    flags = re.ASCII | re.IGNORECASE if ignores_case else re.ASCII
    if re.match(whole[1], "[", flags) or re.match(whole[1], "{", flags):
        return False
    found = re.compile(pattern, flags).search
    return all((found(one) is None) == (found(other) is None) for one, other in _TEXTS)
