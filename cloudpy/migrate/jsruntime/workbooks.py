"""Workbooks as exceljs reads and writes them, with openpyxl."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, text
from .dates import Date
from .files import read_file, write_file
from .sheets import put_cell
from .values import Host, is_nil, truthy


class Workbook(Host):
    """``new ExcelJS.Workbook()``."""

    _js_settable = ("creator", "lastModifiedBy", "created", "modified")

    def __init__(self) -> None:
        import openpyxl

        self._book = openpyxl.Workbook()
        self._book.remove(self._book.active)
        self._sheets: list[Worksheet] = []
        self.xlsx = BookFile(self)

    @property
    def worksheets(self) -> list[Any]:
        return list(self._sheets)

    def addWorksheet(self, name: Any = UNDEFINED, options: Any = UNDEFINED) -> Any:
        name = text(name) if truthy(name) else f"sheet{len(self._sheets) + 1}"
        if any(sign in name for sign in "*?:\\/[]"):
            raise Exception(f"Worksheet name {name} cannot include any of the following characters: * ? : \\ / [ ]")
        if any(each.name.lower() == name.lower() for each in self._sheets):
            raise Exception(f"Worksheet name already exists: {name}")
        sheet = Worksheet(self._book.create_sheet(name[:31]), len(self._sheets) + 1)
        self._sheets.append(sheet)
        if not is_nil(options):
            sheet._layout(options)
        return sheet

    def getWorksheet(self, key: Any = UNDEFINED) -> Any:
        if key is UNDEFINED:
            return self._sheets[0] if self._sheets else UNDEFINED
        return next((each for each in self._sheets if key in (each.id, each.name)), UNDEFINED)

    def eachSheet(self, function: Any) -> Any:
        for each in list(self._sheets):
            call(function, each, each.id)
        return UNDEFINED


class BookFile(Host):
    """``workbook.xlsx``: where a workbook is read from and written to."""

    def __init__(self, owner: Workbook) -> None:
        self._owner = owner

    async def writeBuffer(self, options: Any = UNDEFINED) -> bytes:
        return self._content()

    async def writeFile(self, path: Any) -> Any:
        return write_file(path, self._content())

    async def load(self, content: Any) -> Any:
        import openpyxl

        self._owner._book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
        self._owner._sheets = [Worksheet(sheet, number) for number, sheet in enumerate(self._owner._book.worksheets, 1)]
        return self._owner

    async def readFile(self, path: Any) -> Any:
        return await self.load(read_file(path))

    def _content(self) -> bytes:
        made = io.BytesIO()
        self._owner._book.save(made)
        return made.getvalue()


class Worksheet(Host):
    """A sheet of exceljs; rows and columns count from 1."""

    _js_settable = ("columns",)

    def __init__(self, sheet: Any, number: int) -> None:
        self._sheet = sheet
        self._keys: dict[str, int] = {}
        self._last = 0 if sheet.max_row == 1 and sheet["A1"].value is None else sheet.max_row
        self.id = number
        self.name = sheet.title

    @property
    def columns(self) -> Any:
        raise NotTranslated("the columns of a sheet are not read")

    @columns.setter
    def columns(self, columns: Any) -> None:
        for at, column in enumerate(columns, 1):
            for name, value in column.items():
                if name not in ("header", "key", "width", "style") and not is_nil(value):
                    raise NotTranslated(f"the option {name} of a column is not translated")
            if truthy(column.get("key", "")):
                self._keys[text(column["key"])] = at
            if truthy(column.get("width", 0)):
                self._sheet.column_dimensions[self._sheet.cell(1, at).column_letter].width = column["width"]
            if truthy(column.get("style", UNDEFINED)):
                raise NotTranslated("the style of a column is not translated")
            header = column.get("header", UNDEFINED)
            if not is_nil(header):
                lines = header if isinstance(header, list) else [header]
                for row, line in enumerate(lines, 1):
                    self._put(row, at, line)

    @property
    def rowCount(self) -> int:
        return self._last

    @property
    def actualRowCount(self) -> int:
        return sum(Row(self, number).hasValues for number in range(1, self._last + 1))

    @property
    def columnCount(self) -> int:
        return self._sheet.max_column if self._last else 0

    @property
    def lastRow(self) -> Any:
        return Row(self, self._last) if self._last else UNDEFINED

    def _layout(self, options: Any) -> None:
        for name, value in options.items():
            views = value if name == "views" else [] if is_nil(value) else None
            if views is None or any(set(view) - {"state", "xSplit", "ySplit"} for view in views):
                raise NotTranslated(f"the option {name} of a sheet is not translated")
            for view in views:
                self._sheet.freeze_panes = self._sheet.cell(view.get("ySplit", 0) + 1, view.get("xSplit", 0) + 1)

    def _put(self, row: int, column: int, value: Any) -> None:
        cell = self._sheet.cell(row, column)
        if isinstance(value, dict) and "formula" in value:
            cell.value = f"={value['formula']}"
        elif isinstance(value, dict) and set(value) == {"text", "hyperlink"}:
            cell.value, cell.hyperlink = value["text"], value["hyperlink"]
        else:
            put_cell(cell, _sheet_value(value))
        self._last = max(self._last, row)

    def _is_filled(self, row: int, column: int) -> bool:
        cell = self._sheet.cell(row, column)
        return cell.value is not None or type(cell).__name__ == "MergedCell"

    def _value(self, row: int, column: int) -> Any:
        cell = self._sheet.cell(row, column)
        if type(cell).__name__ == "MergedCell":  # it shows what the first cell of its range has
            place = next(each for each in self._sheet.merged_cells.ranges if cell.coordinate in each)
            return self._value(place.min_row, place.min_col)
        value = cell.value
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if cell.data_type == "e":
            return {"error": value}
        if hasattr(value, "timestamp"):
            return Date(round(value.replace(tzinfo=timezone.utc).timestamp() * 1000))
        if cell.data_type == "f" or not isinstance(value, str):
            raise NotTranslated(
                f"the value of {cell.coordinate}, a formula or text in several styles, is not translated"
            )
        if cell.hyperlink is not None and cell.hyperlink.target:
            return {"text": value, "hyperlink": cell.hyperlink.target}
        return str(value)

    def addRow(self, values: Any = UNDEFINED, style: Any = UNDEFINED) -> Any:
        row = Row(self, self._last + 1)
        row.values = values
        self._last = row.number
        return row

    def addRows(self, rows: Any) -> list[Any]:
        return [self.addRow(each) for each in rows]

    def getRow(self, number: Any) -> Any:
        self._last = max(self._last, number)  # a row that is asked for is made
        return Row(self, number)

    def getCell(self, address: Any, column: Any = UNDEFINED) -> Any:
        from openpyxl.utils import column_index_from_string
        from openpyxl.utils.cell import coordinate_from_string

        if column is not UNDEFINED:
            return self.getRow(address).getCell(column)
        letters, number = coordinate_from_string(address)
        self._last = max(self._last, number)
        return Cell(self, number, column_index_from_string(letters))

    def eachRow(self, options: Any, function: Any = UNDEFINED) -> Any:
        options, function = ({}, options) if function is UNDEFINED else (options, function)
        for number in range(1, self._last + 1):
            row = Row(self, number)
            if row.hasValues or truthy(options.get("includeEmpty", False)):
                call(function, row, number)
        return UNDEFINED

    def mergeCells(self, *places: Any) -> Any:
        if len(places) == 4:
            top, left, bottom, right = places
            self._sheet.merge_cells(None, top, left, bottom, right)
        else:
            self._sheet.merge_cells(":".join(places))
        self._last = max([self._last, *(each.max_row for each in self._sheet.merged_cells.ranges)])
        return UNDEFINED

    def _column(self, key: Any) -> int:
        from openpyxl.utils import column_index_from_string

        if isinstance(key, str):
            return self._keys[key] if key in self._keys else column_index_from_string(key)
        return int(key)


class _Styled(Host):
    """What has a style: each cell of it gets it."""

    _js_settable: Any = ("font", "alignment", "fill", "border", "numFmt")

    def _styled_cells(self) -> list[Any]:
        raise NotImplementedError

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _Styled._js_settable:
            object.__setattr__(self, name, value)
            return
        for cell in self._styled_cells():
            setattr(cell, "number_format" if name == "numFmt" else name, _style(name, value))


def _style(name: str, value: Any) -> Any:
    """Return openpyxl's object for a style of exceljs."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    if name == "numFmt":
        return value

    def color(given: Any) -> Any:
        return given.get("argb") if isinstance(given, dict) else None

    known = {
        "font": {"name", "size", "bold", "italic", "underline", "color", "family", "charset"},
        "alignment": {"horizontal", "vertical", "wrapText"},
        "fill": {"type", "pattern", "fgColor", "bgColor"},
        "border": {"top", "left", "bottom", "right"},
    }[name]
    if set(value) - known:
        raise NotTranslated(f"the {min(set(value) - known)} of a {name} is not translated")
    if name == "font":
        line = {True: "single", False: None}.get(value.get("underline"), value.get("underline"))
        more = {key: value[key] for key in ("name", "size", "bold", "italic", "family", "charset") if key in value}
        return Font(**more, underline=line, color=color(value.get("color")))
    if name == "alignment":
        vertical = "center" if value.get("vertical") == "middle" else value.get("vertical")
        return Alignment(horizontal=value.get("horizontal"), vertical=vertical, wrap_text=value.get("wrapText"))
    if name == "fill":
        return PatternFill(value.get("pattern"), fgColor=color(value.get("fgColor")) or "00000000")
    sides = {side: Side(style=each.get("style"), color=color(each.get("color"))) for side, each in value.items()}
    return Border(**sides)


class Row(_Styled):
    """A row of exceljs."""

    _js_settable = (*_Styled._js_settable, "values", "height")

    def __init__(self, sheet: Worksheet, number: int) -> None:
        self._sheet = sheet
        self.number = number

    @property
    def _width(self) -> int:
        sheet = self._sheet._sheet
        filled = [at for at in range(1, sheet.max_column + 1) if self._sheet._is_filled(self.number, at)]
        return max(filled, default=0)

    @property
    def hasValues(self) -> bool:
        return self.number <= self._sheet._last and self._width > 0

    @property
    def cellCount(self) -> int:
        return self._width

    @property
    def values(self) -> list[Any]:
        sheet, number, columns = self._sheet, self.number, range(1, self._width + 1)
        found = [sheet._value(number, at) if sheet._is_filled(number, at) else UNDEFINED for at in columns]
        return [UNDEFINED, *found] if found else []

    @values.setter
    def values(self, values: Any) -> None:
        if isinstance(values, list):
            pairs = list(enumerate(values, 1))
            if values and values[0] is UNDEFINED:
                pairs = list(enumerate(values))
        else:
            known = {} if is_nil(values) else values
            pairs = [(at, known[key]) for key, at in self._sheet._keys.items() if key in known]
        for at, value in pairs:
            if at and not is_nil(value):
                self._sheet._put(self.number, at, value)

    @property
    def height(self) -> Any:
        return self._sheet._sheet.row_dimensions[self.number].height or UNDEFINED

    @height.setter
    def height(self, points: Any) -> None:
        self._sheet._sheet.row_dimensions[self.number].height = points

    def getCell(self, key: Any) -> Any:
        return Cell(self._sheet, self.number, self._sheet._column(key))

    def eachCell(self, options: Any, function: Any = UNDEFINED) -> Any:
        options, function = ({}, options) if function is UNDEFINED else (options, function)
        for at in range(1, self._width + 1):
            if self._sheet._is_filled(self.number, at) or truthy(options.get("includeEmpty", False)):
                call(function, Cell(self._sheet, self.number, at), at)
        return UNDEFINED

    def commit(self) -> Any:
        return UNDEFINED

    def _styled_cells(self) -> list[Any]:
        return [self._sheet._sheet.cell(self.number, at) for at in range(1, self._width + 1)]


class Cell(_Styled):
    """A cell of exceljs."""

    _js_settable = (*_Styled._js_settable, "value")

    def __init__(self, sheet: Worksheet, row: int, column: int) -> None:
        self._sheet = sheet
        self.row = row
        self.col = column

    @property
    def address(self) -> str:
        return str(self._sheet._sheet.cell(self.row, self.col).coordinate)

    @property
    def value(self) -> Any:
        return self._sheet._value(self.row, self.col)

    @value.setter
    def value(self, value: Any) -> None:
        self._sheet._put(self.row, self.col, value)

    @property
    def text(self) -> str:
        value = self.value
        if value is None:
            return ""
        if hasattr(value, "getTime") or isinstance(value, dict):
            raise NotTranslated("the text of a date or of a link in a cell is not translated")
        return text(value)

    def _styled_cells(self) -> list[Any]:
        return [self._sheet._sheet.cell(self.row, self.col)]


def _sheet_value(value: Any) -> Any:
    if is_nil(value):
        return None
    if isinstance(value, (bool, str, int, float)):
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            raise NotTranslated("a cell that is no finite number is not translated")
        return value
    if hasattr(value, "getTime"):
        return datetime.fromtimestamp(value.getTime() / 1000, timezone.utc).replace(tzinfo=None)
    raise NotTranslated(f"a cell that is a {type(value).__name__} is not translated")
