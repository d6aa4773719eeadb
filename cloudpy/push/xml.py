"""WeChat's XML as dicts: ``<xml><MsgType><![CDATA[text]]></MsgType></xml>``.

Document types are not read: entities cannot be declared, and nothing external is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from .errors import FORMAT, PushError

_ROOT = "xml"
_MAX_DEPTH = 20
_MAX_ELEMENTS = 10_000
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


def parse(text: bytes) -> dict[str, Any]:
    """Return the elements below the root: strings, dicts, and lists of those that have one name.

    Raises:
        PushError: it is not WeChat's XML.
    """
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _reject_doctype
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        words = expat.errors.messages.get(error.code, "not well-formed")
        raise PushError(FORMAT, f"the body is not XML: line {error.lineno}: {words}") from None
    if not isinstance(reader.value, dict):
        raise PushError(FORMAT, "the body has no elements below <xml>")
    return reader.value


def write(fields: Mapping[str, Any]) -> str:
    """Return the XML of a reply: strings as CDATA, numbers as they are, lists as several ``<item>``.

    Raises:
        ValueError: XML has no form for a name or a value.
    """
    return _element(_ROOT, fields)


class _Reader:
    """Builds the value of an element from those below it."""

    def __init__(self) -> None:
        self.value: Any = None
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._count = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        self._count += 1
        if not self._open and name != _ROOT:
            raise PushError(FORMAT, f"the root element must be <xml>, got <{name[:40]}>")
        if len(self._open) >= _MAX_DEPTH or self._count > _MAX_ELEMENTS:
            raise PushError(FORMAT, "the XML nests too deep, or has too many elements")
        self._open.append((name, {}, []))

    def end(self, name: str) -> None:
        _, below, text = self._open.pop()
        value: Any = below or "".join(text)
        if not self._open:
            self.value = value
            return
        parent = self._open[-1][1]
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]

    def characters(self, text: str) -> None:
        self._open[-1][2].append(text)


def _reject_doctype(*_: object) -> None:
    raise PushError(FORMAT, "the XML declares a document type, which WeChat's never does")


def _element(name: str, value: Any) -> str:
    if not isinstance(name, str) or not name or name[0] in "0123456789.-" or set(name) - _NAME_CHARACTERS:  # type: ignore[redundant-expr]
        raise ValueError(f"{name!r} cannot be the name of an XML element")
    if isinstance(value, Mapping):
        content = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        content = "".join(_element("item", item) for item in value)
    elif isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"{name} must be a string, number, dict or list, got a {type(value).__name__}")
    elif isinstance(value, str):
        if any((ord(char) < 0x20 and char not in "\t\n\r") or char in "\ufffe\uffff" for char in value):
            raise ValueError(f"{name} has a control character, which XML has no form for")
        content = f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
    else:
        content = str(value)
    return f"<{name}>{content}</{name}>"
