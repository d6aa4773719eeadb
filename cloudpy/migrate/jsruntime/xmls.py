"""XML as xml2js reads and writes it, with expat."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, text
from .objects import entries
from .values import Host, is_nil, truthy

_READ_OPTIONS = {"explicitArray": True, "explicitRoot": True, "ignoreAttrs": False, "trim": False, "mergeAttrs": False}
_XML_BLANKS = " \t\r\n\u00a0\ufeff"


def _options_of(options: Any, known: dict[str, Any], what: str) -> dict[str, Any]:
    given = {} if is_nil(options) else {name: value for name, value in options.items() if value is not UNDEFINED}
    if given.keys() - known.keys():
        raise NotTranslated(f"the option {min(given.keys() - known.keys())} of {what} is not translated")
    return {**known, **given}


def parse_xml(source: Any, options: Any = UNDEFINED) -> Any:
    """Return what ``parseStringPromise(source, options)`` of xml2js resolves to: lists of what each tag holds."""
    from xml.parsers import expat

    chosen = _options_of(options, _READ_OPTIONS, "xml2js")
    content = text(source.decode() if isinstance(source, bytes) else source)
    if not content.strip(_XML_BLANKS):
        return None
    found: list[Any] = []
    open_tags: list[tuple[str, dict[str, Any], list[str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        values: dict[str, Any] = {}
        if attributes and not chosen["ignoreAttrs"]:
            if chosen["mergeAttrs"]:
                raise NotTranslated("the option mergeAttrs of xml2js is not translated")
            values["$"] = dict(attributes)
        open_tags.append((name, values, []))

    def end(name: str) -> None:
        _, values, texts = open_tags.pop()
        inner = "".join(texts)
        inner = inner.strip(_XML_BLANKS) if chosen["trim"] else inner
        value: Any = values
        if not values:
            value = inner
        elif inner.strip(_XML_BLANKS):
            values["_"] = inner
        if not open_tags:
            found.append({name: value} if chosen["explicitRoot"] else value)
            return
        around = open_tags[-1][1]
        if name in around and name not in ("$", "_"):
            around[name] = [*(around[name] if isinstance(around[name], list) else [around[name]]), value]
        else:
            around[name] = [value] if chosen["explicitArray"] else value

    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartElementHandler, reader.EndElementHandler = start, end
    reader.CharacterDataHandler = lambda data: open_tags[-1][2].append(data) if open_tags else None
    reader.EntityDeclHandler = _refuse_entity
    try:
        reader.Parse(content.lstrip(_XML_BLANKS), True)
    except expat.ExpatError as error:
        raise Exception(f"not XML: {error}") from None
    return found[0]


def _refuse_entity(*_: Any) -> None:
    raise NotTranslated("an XML document that declares entities is not translated")


def parse_xml_then(source: Any, options: Any, callback: Any = UNDEFINED) -> Any:
    """Return ``parseString(source, options, callback)`` of xml2js: the callback gets an error, or the object."""
    options, callback = (UNDEFINED, options) if is_nil(callback) else (options, callback)
    try:
        value = parse_xml(source, options)
    except Exception as error:
        return call(callback, error, UNDEFINED)
    return call(callback, None, value)


class XmlParser(Host):
    """``new xml2js.Parser(options)``."""

    def __init__(self, options: Any = UNDEFINED) -> None:
        self._options = options

    def parseString(self, source: Any, callback: Any) -> Any:
        return parse_xml_then(source, self._options, callback)

    async def parseStringPromise(self, source: Any) -> Any:
        return parse_xml(source, self._options)


class XmlBuilder(Host):
    """``new xml2js.Builder(options)``."""

    def __init__(self, options: Any = UNDEFINED) -> None:
        known = {"rootName": "root", "headless": False, "cdata": False, "renderOpts": {}}
        self._options = _options_of(options, known, "xml2js.Builder")
        self._is_pretty = _options_of(self._options["renderOpts"], {"pretty": True}, "renderOpts")["pretty"]

    def buildObject(self, value: Any) -> str:
        name, inner = self._options["rootName"], value
        if isinstance(value, dict) and len(value) == 1 and name == "root":
            name, inner = entries(value)[0]
            if isinstance(inner, list):
                raise NotTranslated("buildObject of a list is not translated")
        lines = [] if truthy(self._options["headless"]) else ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>']
        self._add(lines, name, inner, 0)
        return ("\n" if truthy(self._is_pretty) else "").join(lines)

    def _add(self, lines: list[str], name: str, value: Any, depth: int) -> None:
        indent = "  " * depth if truthy(self._is_pretty) else ""
        attributes, content, parts = "", "", []
        if isinstance(value, dict):
            for key, item in entries(value):
                if key == "$":
                    attributes = "".join(f' {each}="{_quoted_attribute(text(one))}"' for each, one in entries(item))
                elif key == "_":
                    content = self._text(item)
                else:
                    parts += [(key, one) for one in (item if isinstance(item, list) else [item])]
        else:
            content = "" if is_nil(value) else self._text(value)
        if parts and content:
            raise NotTranslated("buildObject of text beside tags is not translated")
        if parts:
            lines.append(f"{indent}<{name}{attributes}>")
            for key, item in parts:
                self._add(lines, key, item, depth + 1)
            lines.append(f"{indent}</{name}>")
        else:
            lines.append(
                f"{indent}<{name}{attributes}>{content}</{name}>" if content else f"{indent}<{name}{attributes}/>"
            )

    def _text(self, value: Any) -> str:
        if isinstance(value, (list, dict)) or hasattr(value, "getTime"):
            raise NotTranslated("buildObject of this value is not translated")
        plain = text(value)
        if truthy(self._options["cdata"]) and any(sign in plain for sign in "&<>"):
            return "<![CDATA[" + plain.replace("]]>", "]]]]><![CDATA[>") + "]]>"
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


_QUOTED = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}


def _quoted_attribute(value: str) -> str:
    return "".join(_QUOTED.get(sign, sign) for sign in value)
