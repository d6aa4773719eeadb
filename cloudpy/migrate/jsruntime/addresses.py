"""Addresses: ``URL``, ``URLSearchParams`` and the older ``url.parse``."""

from __future__ import annotations

import re
import urllib.parse
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import query_values
from .coercion import call, text
from .objects import entries
from .values import Host, is_nil

_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}
_IN_PATH = "%/:=&~+!$,;'@()*[]|\\^-._"
_IN_QUERY = "%/:=&?~+!$,;@()*[]|\\^`{}-._"


class UrlSearchParams(Host):
    """``new URLSearchParams(…)``: the names and values of a query, in their order."""

    def __init__(self, source: Any = UNDEFINED) -> None:
        if isinstance(source, str):
            pairs = [part.partition("=") for part in source.removeprefix("?").split("&") if part]
            self._pairs = [(_unquoted(name), _unquoted(value)) for name, _, value in pairs]
        elif hasattr(source, "_pairs"):
            self._pairs = list(source._pairs)
        elif isinstance(source, list):
            self._pairs = [(text(name), text(value)) for name, value in source]
        else:
            self._pairs = [] if is_nil(source) else [(name, text(value)) for name, value in entries(source)]

    def get(self, name: Any) -> Any:
        return next((value for key, value in self._pairs if key == text(name)), None)

    def getAll(self, name: Any) -> list[str]:
        return [value for key, value in self._pairs if key == text(name)]

    def has(self, name: Any) -> bool:
        return any(key == text(name) for key, _ in self._pairs)

    def append(self, name: Any, value: Any) -> Any:
        self._pairs.append((text(name), text(value)))
        return UNDEFINED

    def set(self, name: Any, value: Any) -> Any:
        name, kept, is_set = text(name), [], False
        for key, old in self._pairs:
            if key != name:
                kept.append((key, old))
            elif not is_set:
                kept.append((name, text(value)))
                is_set = True
        self._pairs = kept if is_set else [*kept, (name, text(value))]
        return UNDEFINED

    def delete(self, name: Any) -> Any:
        self._pairs = [pair for pair in self._pairs if pair[0] != text(name)]
        return UNDEFINED

    def sort(self) -> Any:
        self._pairs.sort(key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
        return UNDEFINED

    def entries(self) -> list[list[str]]:
        return [[key, value] for key, value in self._pairs]

    def keys(self) -> list[str]:
        return [key for key, _ in self._pairs]

    def values(self) -> list[str]:
        return [value for _, value in self._pairs]

    def __iter__(self) -> Any:
        return iter([[key, value] for key, value in self._pairs])

    def forEach(self, function: Any) -> Any:
        for key, value in list(self._pairs):
            call(function, value, key, self)
        return UNDEFINED

    def toString(self) -> str:
        return "&".join(f"{_quoted_pair(key)}={_quoted_pair(value)}" for key, value in self._pairs)


def _unquoted(value: str) -> str:
    return urllib.parse.unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace")


def _quoted_pair(value: str) -> str:
    plain = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return urllib.parse.quote(plain, safe="*-._ ").replace("~", "%7E").replace(" ", "+")


def _invalid(value: str) -> Exception:
    error = TypeError("Invalid URL")
    error.code = "ERR_INVALID_URL"  # type: ignore[attr-defined]
    error.input = value  # type: ignore[attr-defined]
    return error


class Url(Host):
    """``new URL(…)`` of an address with http, https, ws, wss or ftp."""

    def __init__(self, value: Any, base: Any = UNDEFINED) -> None:
        given = text(value.href) if hasattr(value, "href") else text(value)
        address = re.sub(r"[\t\n\r]", "", given.strip("".join(map(chr, range(33)))))
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", address)
        if scheme is None:
            if base is UNDEFINED:
                raise _invalid(given)
            base = base if hasattr(base, "_joined") else Url(base)
            address = base._joined(address)
            scheme = re.match("[a-z]+", address)
        name = scheme[0].rstrip(":").lower() if scheme else ""
        if name not in _PORTS:
            raise NotTranslated(f"an address with {name}: is not translated")
        rest = address[len(name) + 1 :]
        rest, self._fragment_mark, fragment = rest.partition("#")
        rest, self._mark, query = rest.partition("?")
        found = re.fullmatch(r"[/\\]*([^/\\]*)(.*)", rest, re.DOTALL)
        host, path = (found[1], found[2].replace("\\", "/")) if found else ("", "")
        self.protocol = f"{name}:"
        self.username = self.password = ""
        if "@" in host:
            raise NotTranslated("an address with a user name is not translated")
        self.hostname, self.port = _host(host, given)
        self.port = "" if self.port == _PORTS[name] else self.port
        self.pathname = _resolved(urllib.parse.quote(_plain_text(path) or "/", safe=_IN_PATH))
        quoted = urllib.parse.quote(_plain_text(query), safe=_IN_QUERY)
        self._query = f"?{quoted}" if query else ""
        self._fragment = urllib.parse.quote(_plain_text(fragment), safe=_IN_QUERY.replace("`", "") + "?#'")
        self.searchParams = UrlSearchParams(self._query)
        self._first = self.searchParams.toString()

    @property
    def search(self) -> str:
        changed = self.searchParams.toString()
        if changed == self._first:
            return self._query
        return f"?{changed}" if changed else ""

    @property
    def hash(self) -> str:
        return f"#{self._fragment}" if self._fragment else ""

    @property
    def host(self) -> str:
        return f"{self.hostname}:{self.port}" if self.port else self.hostname

    @property
    def origin(self) -> str:
        return f"{self.protocol}//{self.host}"

    @property
    def href(self) -> str:
        search = self.search or (self._mark if self.searchParams.toString() == self._first else "")
        return f"{self.origin}{self.pathname}{search}{self.hash or self._fragment_mark}"

    def toString(self) -> str:
        return self.href

    def toJSON(self) -> str:
        return self.href

    def _joined(self, address: str) -> str:
        place = min((at for at in (address.find("?"), address.find("#")) if at >= 0), default=len(address))
        address = address[:place].replace("\\", "/") + address[place:]
        if address.startswith("//"):
            return f"{self.protocol}{address}"
        if address.startswith("/"):
            return f"{self.origin}{address}"
        if address.startswith("#") or not address:
            return f"{self.origin}{self.pathname}{self.search}{address}"
        if address.startswith("?"):
            return f"{self.origin}{self.pathname}{address}"
        return f"{self.origin}{self.pathname.rpartition('/')[0]}/{address}"


def _plain_text(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _host(value: str, given: str) -> tuple[str, str]:
    name, _, port = value.partition(":")
    if not name or (port and not port.isdecimal()) or (port and int(port) > 65535):
        raise _invalid(given)
    is_number = re.search(r"(?:^|\.)(?:0x[0-9a-fA-F]*|[0-9]+)\.?$", name)
    byte = "(?:[1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
    known = rf"(?:{byte}\.){{3}}{byte}" if is_number else r"[a-zA-Z0-9_~.-]+"
    if not re.fullmatch(known, name) or "xn--" in name.lower():
        raise NotTranslated("an address with this host is not translated")
    return name.lower(), str(int(port)) if port else ""


def _resolved(path: str) -> str:
    """Return the path without ``.`` and ``..``."""
    made: list[str] = []
    parts = path.split("/")[1:]
    for at, part in enumerate(parts):
        plain = part.lower().replace("%2e", ".")
        is_last = at == len(parts) - 1
        if plain == "..":
            made = made[:-1]
        if plain in (".", ".."):
            made += [""] if is_last else []
        else:
            made.append(part)
    return "/" + "/".join(made)


def url_parse(value: Any, with_query: Any = False) -> dict[str, Any]:
    """Return ``url.parse(value, with_query)`` of an address with http or https, or of a path."""
    if not isinstance(value, str):
        raise TypeError(f'The "url" argument must be of type string. Received {text(value)}')
    found = re.fullmatch(r"(?:(https?:)//([a-z0-9._-]+)(?::([0-9]+))?)?(/[!-~]*|\?[!-~]*)?", value, re.IGNORECASE)
    if found is None or not value or re.search(r"""["'<>`{}|\\^]""", value) or value.startswith("//"):
        raise NotTranslated(f"url.parse of {value!r} is not translated")
    scheme, host, port = found[1], found[2], found[3]
    rest, _, fragment = (found[4] or "").partition("#")
    path, mark, query = rest.partition("?")
    path = path or ("/" if host else "")
    search = f"?{query}" if mark else ""
    name = host.lower() if host else None
    full = name if not port else f"{name}:{port}"
    parsed: Any = query_values(query) if with_query else query if mark else None
    fragment = f"#{fragment}" if fragment else ""
    return {
        "protocol": scheme.lower() if scheme else None, "slashes": True if scheme else None, "auth": None, "host": full,
        "port": port, "hostname": name, "hash": fragment or None, "search": search or None,
        "query": parsed, "pathname": path or None, "path": (path + search) or None,
        "href": f"{scheme.lower()}//{full}{path}{search}{fragment}" if scheme else f"{path}{search}{fragment}",
    }  # fmt: skip
