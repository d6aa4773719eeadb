"""Shapes of JSON values, written as Python types: check a value, and describe a type.

A shape is Any, None, bool, int, float, str, a Literal, ``list[…]``, ``dict[str, …]``, a union of these, or a TypedDict.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

_NAMES = {
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    type(None): "null",
    list: "a list",
    dict: "an object",
}
_WORDS = {"true": True, "1": True, "false": False, "0": False}


class ShapeError(ValueError):
    """A value does not have its shape; the message says where, what was expected and what was found."""


def check(value: Any, shape: Any, path: str = "") -> Any:
    """Return a value that has a shape.

    Args:
        value: parsed JSON.
        shape: what it must be.
        path: where it is, for the error.

    Raises:
        ShapeError: it does not have the shape.
    """
    origin = get_origin(shape)
    if shape is Any:
        return value
    if is_typeddict(shape):
        return _check_object(value, shape, path)
    if origin is Literal:
        if value in get_args(shape) and isinstance(value, str):
            return value
    elif origin in (Union, types.UnionType):
        return _check_union(value, shape, path)
    elif origin is list:
        if isinstance(value, list):
            return [check(item, get_args(shape)[0], f"{path}[{index}]") for index, item in enumerate(value)]
    elif origin is dict:
        if isinstance(value, dict):
            return {key: check(item, get_args(shape)[1], _join(path, key)) for key, item in value.items()}
    elif shape is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
    elif type(value) is (type(None) if shape is None else shape):
        return value
    raise ShapeError(f"{path or 'the body'} must be {describe(shape)}, is {_found(value)}")


def convert(text: str, shape: Any, name: str) -> Any:
    """Return a value of a query string that has a shape.

    Raises:
        ShapeError: it does not have the shape.
    """
    if get_origin(shape) in (Union, types.UnionType):
        shape = next(one for one in get_args(shape) if one is not type(None))
    try:
        if shape is bool:
            return _WORDS[text.lower()]
        if shape in (int, float):
            return shape(text)
    except (KeyError, ValueError):
        raise ShapeError(f"{name} must be {describe(shape)}, is {_found(text)}") from None
    return check(text, shape, name)


def convert_query(fields: Mapping[str, str], shape: Any) -> dict[str, Any]:
    """Return the values of a query string.

    Args:
        fields: names and values.
        shape: a TypedDict, or None if there may be no fields.

    Raises:
        ShapeError: a field is unknown, missing or has another shape.
    """
    types_ = hints(shape) if shape is not None else {}
    for name in fields:
        if name not in types_:
            raise ShapeError(f"unknown query field {name[:50]!r}; expected {', '.join(types_) or 'none'}")
    for name in shape.__required_keys__ if shape is not None else ():
        if name not in fields:
            raise ShapeError(f"the query field {name} is missing")
    return {name: convert(text, types_[name], name) for name, text in fields.items()}


@cache
def hints(shape: Any) -> dict[str, Any]:
    """Return the types of the keys of a TypedDict."""
    return get_type_hints(shape)


def describe(shape: Any) -> str:
    """Return a shape in words."""
    origin = get_origin(shape)
    if shape is Any:
        return "any value"
    if is_typeddict(shape):
        return "an object"
    if origin is Literal:
        return "one of " + ", ".join(map(str, get_args(shape)))
    if origin in (Union, types.UnionType):
        return " or ".join(describe(one) for one in get_args(shape))
    return _NAMES.get(origin or shape, str(shape)) if shape is not None else "null"


def _check_object(value: Any, shape: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ShapeError(f"{path or 'the body'} must be an object, is {_found(value)}")
    types_ = hints(shape)
    for key in value:
        if key not in types_:
            raise ShapeError(f"unknown key {_join(path, key)[:80]!r}; expected {', '.join(types_) or 'none'}")
    for key in types_:
        if key in shape.__required_keys__ and key not in value:
            raise ShapeError(f"{_join(path, key)} is missing; expected {describe(types_[key])}")
    return {key: check(item, types_[key], _join(path, key)) for key, item in value.items()}


def _check_union(value: Any, shape: Any, path: str) -> Any:
    errors: list[ShapeError] = []
    for one in get_args(shape):
        try:
            return check(value, one, path)
        except ShapeError as error:
            errors.append(error)
    if len(errors) == 2 and type(None) in get_args(shape) and value is not None:
        raise errors[0]
    raise ShapeError(f"{path or 'the body'} must be {describe(shape)}, is {_found(value)}")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _found(value: Any) -> str:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        text = repr(value)
        return text if len(text) <= 60 else f"{text[:57]}…"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NAMES.get(type(value), type(value).__name__)
