"""Values on their way to and from the Node process: what JSON cannot carry has a tag."""

from __future__ import annotations

import base64
import math
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from cloudpy import DYNAMIC_CURRENT_ENV, UNDEFINED
from cloudpy._database.values import from_geojson

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SAFE = 2**53 - 1  # beyond this a JavaScript number is not exact, so the integer travels as text


class CurrentEnv:
    """Stands for `cloud.DYNAMIC_CURRENT_ENV` in options; each side puts its own."""

    def __repr__(self) -> str:  # the same in every process: it names tests
        return "CurrentEnv"


CURRENT_ENV = CurrentEnv()


class Signed:
    """Stands for what `cloud.signature(options)` gives in Node."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options


class Made:
    """Stands for what the database of each side makes: ``_.gt(1).and_(_.lt(5))``, ``Geo.Point(1, 2)``.

    Names and calls are recorded; `of` follows them on a database of ours, and the driver on one of Node's.
    """

    def __init__(self, steps: tuple[Any, ...] = ()) -> None:
        self._steps = steps

    def __getattr__(self, name: str) -> Made:
        if name.startswith("__"):
            raise AttributeError(name)
        return Made((*self._steps, name))

    def __call__(self, *arguments: Any) -> Made:
        return Made((*self._steps, arguments))

    def __repr__(self) -> str:
        shown = [step if isinstance(step, str) else "(" + ", ".join(map(repr, step)) + ")" for step in self._steps]
        return ".".join(shown).replace(".(", "(")

    def _steps_for_node(self) -> list[Any]:
        return [step.rstrip("_") if isinstance(step, str) else list(step) for step in self._steps]

    def of(self, database: Any) -> Any:
        """What a database of ours makes of it."""
        target = database
        for step in self._steps:
            target = getattr(target, step) if isinstance(step, str) else target(*ours(step, database))
        return target


class JavaScript:
    """A function for each side: its source in JavaScript, and ours."""

    def __init__(self, source: str, function: Any) -> None:
        self.source = source
        self.function = function


def ours(value: Any, database: Any) -> Any:
    """A value with what a database of ours makes in the place of each Made."""
    if isinstance(value, Made):
        return value.of(database)
    if isinstance(value, JavaScript):
        return value.function
    if value is CURRENT_ENV:
        return DYNAMIC_CURRENT_ENV
    if isinstance(value, (list, tuple)):
        return type(value)(ours(item, database) for item in value)
    return {key: ours(item, database) for key, item in value.items()} if isinstance(value, dict) else value


def tag(value: Any) -> Any:
    """A Python value in the form the driver reads."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if -_SAFE <= value <= _SAFE else {"$int": str(value)}
        case float():
            if math.isfinite(value) and not (value == 0 and math.copysign(1, value) < 0):
                return value
            name = "NaN" if math.isnan(value) else "Infinity" if math.isinf(value) else "0"
            return {"$number": name if value != value or math.copysign(1, value) > 0 else "-" + name}
        case bytes() | bytearray() | memoryview():
            return {"$bytes": base64.b64encode(bytes(value)).decode()}
        case datetime():
            return {"$date": (value - _EPOCH) // timedelta(milliseconds=1)}
        case list() | tuple():
            return [tag(item) for item in value]
        case dict():
            return {"$object": [[key, tag(item)] for key, item in value.items()]}
        case Made():
            return {"$made": [step if isinstance(step, str) else tag(step) for step in value._steps_for_node()]}
        case JavaScript():
            return {"$function": value.source}
        case re.Pattern():
            flags = ((re.I, "i"), (re.M, "m"), (re.S, "s"))
            return {"$regexp": [value.pattern, "".join(letter for flag, letter in flags if value.flags & flag)]}
        case _ if value is UNDEFINED:
            return {"$undefined": True}
        case Signed():
            return {"$signature": tag(value.options)}
        case CurrentEnv():
            return {"$currentEnv": True}
    raise TypeError(f"{type(value).__name__} has no form in JavaScript")


def untag(value: Any) -> Any:
    """What the driver answered, as Python values; a BigNumber becomes a Decimal."""
    if isinstance(value, list):
        return [untag(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$bytes": text}:
            return base64.b64decode(text)
        case {"$undefined": _}:
            return UNDEFINED
        case {"$date": milliseconds}:
            return datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=milliseconds)
        case {"$geo": geometry}:
            return from_geojson(untag(geometry))
        case {"$int": text}:
            return int(text)
        case {"$number": text}:
            return float(text.replace("Infinity", "inf"))
        case {"$decimal": text}:
            return Decimal(text)
        case {"$object": entries}:
            return {key: untag(item) for key, item in entries}
        case {"$error": error}:
            return error
        case {"$other": text}:
            return ("not a value", text)
    raise TypeError(f"the driver sent {value!r}")


def same(theirs: Any, ours: Any) -> bool:
    """Whether a value of Node's and a value of ours are the same, numbers by what they are worth."""
    if isinstance(theirs, bool) or isinstance(ours, bool):
        return theirs is ours
    if isinstance(theirs, Decimal) and isinstance(ours, int | float):
        # A whole number must not have become a float that only comes near it.
        whole = theirs == theirs.to_integral_value()
        return theirs == (ours if isinstance(ours, int) else Decimal(repr(ours))) if whole else float(theirs) == ours
    if isinstance(theirs, int | float) and isinstance(ours, int | float):
        # A number of JavaScript is a double, however it was written.
        return float(theirs) == float(ours)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(same, theirs, ours))
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(same(theirs[key], ours[key]) for key in theirs)
    return type(theirs) is type(ours) and theirs == ours
