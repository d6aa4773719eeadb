"""The cells of a workbook: two libraries write the same ones into different bytes."""

from __future__ import annotations

import re
import zipfile
from typing import IO, Any
from xml.etree import ElementTree

_ZIP = b"PK\x03\x04"
_MAX_BYTES = 10_000_000  # of a part of it
_NAMES = re.compile(r"\{[^}]*\}")  # the namespace of an element or attribute
_ERRORS = (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, IndexError, NotImplementedError, OSError)


def cells(file: IO[bytes]) -> dict[str, dict[str, Any]] | None:
    """Return the values of the cells of an .xlsx file by sheet and place; None if it is no such file, or too large."""
    if file.read(len(_ZIP)) != _ZIP:
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            if any(each.file_size > _MAX_BYTES for each in archive.infolist()):
                return None
            shared = [_text(each) for each in _elements(archive, "xl/sharedStrings.xml", "si")]
            targets = {
                _attribute(each, "Id"): _attribute(each, "Target")
                for each in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
            }
            sheets = {}
            for sheet in _elements(archive, "xl/workbook.xml", "sheet"):
                target = targets[_attribute(sheet, "id")]
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                found = ((_attribute(each, "r"), _value(each, shared)) for each in _elements(archive, path, "c"))
                sheets[_attribute(sheet, "name")] = {place: value for place, value in found if value not in (None, "")}
            return sheets or None
    except _ERRORS:
        return None


def _elements(archive: zipfile.ZipFile, path: str, name: str) -> list[ElementTree.Element]:
    if path not in archive.namelist():
        return []
    root = ElementTree.fromstring(archive.read(path))  # noqa: S314  the function that is compared wrote it
    return [each for each in root.iter() if _NAMES.sub("", each.tag) == name]


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.items() if _NAMES.sub("", key) == name), "")


def _value(cell: ElementTree.Element, shared: list[str]) -> Any:
    kind = _attribute(cell, "t") or "n"
    if kind == "inlineStr":
        return _text(cell)
    text = next((each.text for each in cell if _NAMES.sub("", each.tag) == "v"), None)
    if text is None:
        return None
    if kind == "s":
        return shared[int(text)]
    if kind == "b":
        return text == "1"
    return float(text) if kind == "n" else text


def _text(element: ElementTree.Element) -> str:
    return "".join(each.text or "" for each in element.iter() if _NAMES.sub("", each.tag) == "t")
