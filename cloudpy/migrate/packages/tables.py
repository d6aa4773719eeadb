"""All functions, classes, methods and properties of Node and npm that are written one for one."""

from __future__ import annotations

from . import node_tables, npm_tables

FUNCTIONS = {**node_tables.FUNCTIONS, **npm_tables.FUNCTIONS}
VALUES = {**node_tables.VALUES, **npm_tables.VALUES}
CLASSES = {**node_tables.CLASSES, **npm_tables.CLASSES}
METHODS = {**node_tables.METHODS, **npm_tables.METHODS}
MEMBERS = {**node_tables.MEMBERS, **npm_tables.MEMBERS}
# Properties that helpers make only for programs that name them
PROPERTIES = {"expiredAt"}
# Package -> under what condition all of it holds
_ROWS = "a cell without a value is undefined in its row; forEach and map of Node skip it"
CAVEATS = {
    "node-xlsx": _ROWS,
    "xlsx": _ROWS,
    "cheerio": "cheerio: html5lib builds the same tree; selectors are those of CSS, without :eq() and :first",
    "qrcode": "qrcode: a camera reads the same, but the mask, and so the picture, may be another",
    "sharp": "sharp: sizes and formats are the same; Pillow's scaling and compression give other bytes",
}
