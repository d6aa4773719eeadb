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
