"""Workbooks as node-xlsx and SheetJS (xlsx) read and write them, with openpyxl."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import text
from .objects import get
from .values import Host, is_nil, truthy


class Sheet(Host):
    """A sheet of SheetJS: its cells by row and column, from 0."""

    def __init__(self, cells: dict[tuple[int, int], Any], reach: tuple[int, int, int, int] | None = None) -> None:
        self._cells = cells
        self._reach = reach
        self._widths: dict[int, Any] = {}
        self._merged: list[Any] = []
        if reach is None and cells:
            rows, columns = [row for row, _ in cells], [column for _, column in cells]
            self._reach = (min(rows), min(columns), max(rows), max(columns))


def _book(content: Any) -> Any:
    import zipfile

    import openpyxl

    if not isinstance(content, (str, bytes)):
        raise TypeError("a workbook is read from a Buffer or a file")
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError):
        raise NotTranslated("a workbook that is no .xlsx file is not translated") from None
    book._date_formats = book._timedelta_formats = set()  # dates stay the numbers that SheetJS gives
    return book


def _cells_of(sheet: Any) -> Sheet:
    """Return the sheet with values as SheetJS has them: dates are numbers, errors are nothing."""
    cells: dict[tuple[int, int], Any] = {}
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value if cell.value is not None or cell.data_type != "str" else ""
            if value is None:
                continue
            if cell.data_type == "e":
                value = None if value == "#NULL!" else UNDEFINED
            elif not isinstance(value, (str, bool, int, float)):
                raise NotTranslated("a cell with a date that is written as a string is not translated")
            cells[cell.row - 1, cell.column - 1] = value
    if not cells or sheet.max_row is None:
        return Sheet(cells)
    return Sheet(cells, (sheet.min_row - 1, sheet.min_column - 1, sheet.max_row - 1, sheet.max_column - 1))


def _cell_value(value: Any) -> Any:
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):
            raise NotTranslated("a cell that is no finite number is not translated")
        return value
    if hasattr(value, "getTime"):
        return _local_date(value)
    raise NotTranslated(f"a cell that is a {type(value).__name__} is not translated")


def _local_date(value: Any) -> Any:
    parts = (value.getFullYear(), value.getMonth() + 1, value.getDate(), value.getHours(), value.getMinutes())
    return datetime(*parts, value.getSeconds(), value.getMilliseconds() * 1000)


def aoa_to_sheet(rows: Any, options: Any = UNDEFINED) -> Sheet:
    """Return ``XLSX.utils.aoa_to_sheet(rows)``: a sheet of a list of lists."""
    if truthy(options) and any(not is_nil(value) for value in options.values()):
        raise NotTranslated("aoa_to_sheet with options is not translated")
    if isinstance(rows, dict):
        raise NotTranslated("rows of a sheet that are an object: Node never ends")
    cells: dict[tuple[int, int], Any] = {}
    for at, row in enumerate(rows):
        if not truthy(row):
            continue
        if not isinstance(row, list):
            raise Exception("aoa_to_sheet expects an array of arrays")
        for column, value in enumerate(row):
            if isinstance(value, dict) and set(value) <= {"v", "t"}:
                value = value.get("v", UNDEFINED)
            if value is not UNDEFINED:
                cells[at, column] = None if value is None else _cell_value(value)
    return Sheet(cells)


def json_to_sheet(items: Any, options: Any = UNDEFINED) -> Sheet:
    """Return ``XLSX.utils.json_to_sheet(items, options)``: a sheet of objects, their keys as its first row."""
    options = {} if is_nil(options) else options
    if options.keys() - {"header", "skipHeader"}:
        raise NotTranslated("json_to_sheet with these options is not translated")
    header = [text(each) for each in options.get("header", [])]
    for item in items:
        header += [key for key in item if key not in header]
    first = [] if truthy(options.get("skipHeader", False)) else [header]
    return aoa_to_sheet([*first, *([item.get(key, UNDEFINED) for key in header] for item in items)])


def sheet_to_json(sheet: Any, options: Any = UNDEFINED) -> list[Any]:
    """Return ``XLSX.utils.sheet_to_json(sheet, options)``: objects by the first row, or with ``header: 1`` lists."""
    options = {} if is_nil(options) else {key: value for key, value in options.items() if value is not UNDEFINED}
    if is_nil(sheet) or sheet._reach is None:
        return []
    if options.keys() - {"header", "defval", "raw", "blankrows", "range"} or options.get("raw", True) is False:
        raise NotTranslated("sheet_to_json with these options is not translated")
    top, left, bottom, right = sheet._reach
    if isinstance(options.get("range"), int):
        top = options["range"]
    elif not is_nil(options.get("range", UNDEFINED)):
        raise NotTranslated("sheet_to_json with a range that is no number is not translated")
    header, missing = options.get("header"), options.get("defval", UNDEFINED)
    keys: list[Any] = []
    if isinstance(header, list):
        keys = [*map(text, header), *([UNDEFINED] * (right - left + 1))]
    elif header != 1:
        if header is not None:
            raise NotTranslated("sheet_to_json with this header is not translated")
        for column in range(left, right + 1):
            keys.append(_title(sheet._cells.get((top, column), "__EMPTY"), keys))
        top += 1
    found: list[Any] = []
    blank = options.get("blankrows", UNDEFINED)
    for at in range(top, bottom + 1):
        values = [sheet._cells.get((at, column), UNDEFINED) for column in range(left, right + 1)]
        is_blank = all(value in (None, UNDEFINED) for value in values)
        if is_blank and not (blank is not False if header == 1 else truthy(blank)):
            continue
        values = [missing if value is UNDEFINED else value for value in values]
        if header != 1:
            found.append(
                {keys[n]: value for n, value in enumerate(values) if not (value is UNDEFINED or is_nil(keys[n]))}
            )
            continue
        while values and values[-1] is UNDEFINED:
            values.pop()
        found.append(values)
    return found


def _title(value: Any, others: list[Any]) -> str:
    if not isinstance(value, str) and not (isinstance(value, int) and abs(value) < 10**11):
        raise NotTranslated("a title of a column that is neither a string nor an integer is not translated")
    title, name, count = text(value), text(value), 0
    for other in others:
        if other == name:
            count += 1
            name = f"{title}_{count}"
    return name


def book_new() -> dict[str, Any]:
    """Return ``XLSX.utils.book_new()``."""
    return {"SheetNames": [], "Sheets": {}}


def book_append_sheet(book: Any, sheet: Any, name: Any = UNDEFINED) -> Any:
    """Return ``XLSX.utils.book_append_sheet(book, sheet, name)``."""
    if not truthy(name):
        name = next(f"Sheet{n}" for n in range(1, 0xFFFF) if f"Sheet{n}" not in book["SheetNames"])
    if name in book["SheetNames"]:
        raise Exception(f"Worksheet with name |{name}| already exists!")
    book["SheetNames"].append(name)
    book["Sheets"][name] = sheet
    return name


def xlsx_read(content: Any, options: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``XLSX.read(content, options)``."""
    if truthy(options) and (options.get("type", "buffer") not in ("buffer", "array") or options.keys() - {"type"}):
        raise NotTranslated("XLSX.read with these options is not translated")
    book = _book(content)
    return {
        "SheetNames": list(book.sheetnames),
        "Sheets": {sheet.title: _cells_of(sheet) for sheet in book.worksheets},
    }


def xlsx_read_file(path: Any) -> dict[str, Any]:
    """Return ``XLSX.readFile(path)``."""
    from pathlib import Path

    return xlsx_read(Path(path).read_bytes())


def xlsx_write(book: Any, options: Any = UNDEFINED) -> bytes:
    """Return ``XLSX.write(book, options)``, as a buffer."""
    options = {} if is_nil(options) else options
    known = options.get("type") == "buffer" and options.get("bookType", "xlsx") == "xlsx"
    if not known or options.keys() - {"type", "bookType", "bookSST", "compression"}:
        raise NotTranslated("XLSX.write of anything but an xlsx buffer is not translated")
    return _written_book([(name, book["Sheets"][name]) for name in book["SheetNames"]])


def _written_book(sheets: list[tuple[str, Any]]) -> bytes:
    import openpyxl

    if not sheets:
        raise Exception("Workbook is empty")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, sheet in sheets:
        _check_name(name, book.sheetnames)
        page = book.create_sheet(name)
        for (row, column), value in sheet._cells.items():
            cell = page.cell(row + 1, column + 1)
            if value is not None:
                put_cell(cell, value)
        for column, width in sheet._widths.items():
            page.column_dimensions[openpyxl.utils.get_column_letter(column + 1)].width = width
        for each in sheet._merged:
            start, end = each["s"], each["e"]
            page.merge_cells(None, start["r"] + 1, start["c"] + 1, end["r"] + 1, end["c"] + 1)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


class _Empty(str):
    """An empty text, for which openpyxl writes a cell: it leaves out what equals an empty text."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _: object) -> bool:
        return False


def put_cell(cell: Any, value: Any) -> None:
    """Put a value into a cell of openpyxl; a string that begins with = is no formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if not value:
            cell._value = _Empty()


def _check_name(name: str, others: list[str]) -> None:
    if len(name) > 31:
        raise Exception("Sheet names cannot exceed 31 chars")
    if any(sign in name for sign in "[]*?/\\:"):
        raise Exception("Sheet name cannot contain : \\ / ? * [ ]")
    if name in others:
        raise Exception(f"Duplicate Sheet Name: {name}")


def node_xlsx_build(sheets: Any, options: Any = UNDEFINED) -> bytes:
    """Return ``xlsx.build(sheets, options)`` of node-xlsx."""
    common = {} if is_nil(options) else options
    found = []
    for at, each in enumerate(sheets):
        sheet = aoa_to_sheet(get(each, "data"))
        layout = {**common, **get({} if is_nil(common) else {"o": common.get("sheetOptions", {})}, "o")}
        layout = {**layout, **({} if is_nil(each.get("options")) else each["options"])}
        layout.pop("sheetOptions", None)
        if layout.keys() - {"!cols", "!merges"}:
            raise NotTranslated("xlsx.build with these options is not translated")
        for column, width in enumerate(layout.get("!cols") or []):
            if width and set(width) <= {"wch"}:
                sheet._widths[column] = width["wch"]
        sheet._merged = layout.get("!merges") or []
        name = each.get("name", UNDEFINED)
        found.append((text(name) if truthy(name) else f"Sheet_{at}", sheet))
    return _written_book(found)


def node_xlsx_parse(content: Any, options: Any = UNDEFINED) -> list[dict[str, Any]]:
    """Return ``xlsx.parse(content, options)`` of node-xlsx: each sheet's name and rows."""
    options = {} if is_nil(options) else {"header": 1, **options}
    return [
        {"name": sheet.title, "data": sheet_to_json(_cells_of(sheet), options or {"header": 1})}
        for sheet in _book(content).worksheets
    ]
