"""Addresses as JavaScript writes them: what encodeURI, encodeURIComponent and a request line leave as it is."""

from __future__ import annotations

from urllib.parse import quote

from .javascript import utf8

_MARKS = "-_.!~*'()"


def component(text: str) -> str:
    """As ``encodeURIComponent``; half a surrogate pair, on which that fails, is escaped as U+FFFD."""
    return quote(utf8(text), safe=_MARKS)


def whole(url: str) -> str:
    """As ``encodeURI``: what is escaped already is escaped again."""
    return quote(utf8(url), safe=f"{_MARKS};,/?:@&=+$#")


def requested(url: str) -> str:
    """As it travels in a request line: what cannot stand there is escaped, and a fragment is left out."""
    return quote(utf8(url.partition("#")[0]), safe=f"{_MARKS};,/?:@&=+$%[]|^")
