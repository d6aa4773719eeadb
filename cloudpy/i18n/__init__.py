"""Messages of the developer tools in the user's language, English or Chinese.

Code raises and prints English. What shows it to a person passes it through `translated`, which finds the message, or
the template it was made from, in the catalogue. JSON output stays English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from . import language
from .catalog import Catalog

__all__ = ["current", "punctuated", "template", "translated", "use", "using"]

_chosen = ""
# Between Chinese words, what stands between English ones
_SIGNS = {",": "，", ":": "：", ";": "；", ".": "。"}
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])(?:([,:;.]) |\.$)")


def use(name: str) -> None:
    """Use a language, ``zh`` or ``en``, in this process; an empty string for that of the environment."""
    global _chosen
    _chosen = name


@contextmanager
def using(name: str) -> Iterator[None]:
    """Use a language in a block, and the one before it afterwards."""
    global _chosen
    before, _chosen = _chosen, name
    try:
        yield
    finally:
        _chosen = before


def current() -> str:
    """Return the language in use, ``zh`` or ``en``."""
    return _chosen or language.detect()


def translated(text: str) -> str:
    """Return `text` in the language in use; unchanged if the catalogue lacks it."""
    return Catalog.load().translate(text) if current() == "zh" else text


def punctuated(line: str) -> str:
    """Return a line that is put together of translated messages, with the signs of the language in use between them."""
    return _BETWEEN.sub(lambda found: _SIGNS[found[1] or "."], line) if current() == "zh" else line


def template(message: str) -> str:
    """Return the translation of a message whose ``{names}`` the caller fills in; by default the message."""
    return (Catalog.load().exact(message) if current() == "zh" else "") or message
