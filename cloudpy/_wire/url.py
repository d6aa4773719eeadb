"""URLs as JavaScript writes them: encodeURIComponent, encodeURI, and the normal form of ``URL``."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from .javascript import utf8

_MARKS = "-_.!~*'()"
_PATH = f"{_MARKS};,/:@&=+$%[]|^"
_QUERY = "-_.!~*();,/?:@&=+$%[]|^`{}\\"
_CONTROLS = "".join(map(chr, range(0x21)))  # stripped at both ends
_DROPPED = dict.fromkeys(map(ord, "\t\n\r"))
_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"([^@:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]*))?")
_HOST = re.compile(r"[^\x00-\x20\x7f#%/:<>?@\[\\\]^|]+|\[[0-9a-f:.]+\]")
_DOT = re.compile("%2e", re.IGNORECASE)


def encode_component(text: str) -> str:
    """Return what ``encodeURIComponent`` returns; a lone surrogate, for which it throws, is escaped as U+FFFD."""
    return quote(utf8(text), safe=_MARKS)


def encode_uri(url: str) -> str:
    """Return what ``encodeURI`` returns: escapes in `url` are escaped again."""
    return quote(utf8(url), safe=f"{_MARKS};,/?:@&=+$#")


def normalize(url: str) -> str:
    """Return an http URL as JavaScript's ``URL`` writes it, without the fragment, for a request line.

    Raises:
        ValueError: the URL is invalid, or contains a password.
    """
    text = url.strip(_CONTROLS).translate(_DROPPED).partition("#")[0]
    before, _, query = text.partition("?")
    scheme, separator, rest = before.replace("\\", "/").partition("://")
    scheme = scheme.lower()
    authority, _, path = rest.lstrip("/").partition("/")
    if scheme not in _PORTS or not separator:
        raise ValueError("it must begin with http:// or https://")
    address = f"{scheme}://{_host(authority, _PORTS[scheme])}{_path(path)}"
    return f"{address}?{quote(utf8(query), safe=_QUERY)}" if query else address


def _host(authority: str, default_port: int) -> str:
    match = _AUTHORITY.fullmatch(authority)
    if not match:
        raise ValueError("invalid host")
    host, port = unquote(match[1]).lower(), int(match[2] or default_port)
    if not host.isascii():
        host = host.encode("idna").decode()
    if not _HOST.fullmatch(host) or port > 65535:
        raise ValueError("invalid host")
    return host if port == default_port else f"{host}:{port}"


def _path(path: str) -> str:
    parts: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        plain = _DOT.sub(".", segment)
        if plain in (".", ".."):
            if plain == "..":
                del parts[-1:]
            if index == len(segments) - 1:
                parts.append("")
        else:
            parts.append(segment)
    return "/" + quote(utf8("/".join(parts)), safe=_PATH)
