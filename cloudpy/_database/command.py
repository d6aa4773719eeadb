"""Conditions and changes as immutable values, which ``query`` encodes."""

from __future__ import annotations

from collections.abc import Mapping

from .._wire.suggest import did_you_mean
from . import ejson
from .base import Frozen, Helpful, invalid, public_names, shown, typeof
from .values import Geometry, MultiPolygon, Point, Polygon

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_UNSET: Any = object()
_PUSH_OPTIONS = ("each", "position", "sort", "slice")
# Python's reserved words have a trailing underscore.
_RESERVED = ("in", "and", "or", "not")


class Command(Helpful, Frozen, ejson.Command):
    """A condition or a change, created by ``db.command``.

    Attributes:
        name: its name in ``db.command``: ``gt``, ``in_``, ``push``.
        operator: its name in a request: ``$gt``, ``$in``, ``$push``.
        operands: its arguments.
    """

    __slots__ = ("name", "operands", "operator")
    _fields = ("name", "operator", "operands")
    name: str
    operator: str
    operands: tuple[Any, ...]

    def __init__(self, name: str, operator: str, operands: tuple[Any, ...]) -> None:
        self._set(name=name, operator=operator, operands=operands)

    @property
    def _shown(self) -> str:  # type: ignore[override]  # it depends on the command
        return f"_.{self.name}"

    @property
    def shown(self) -> str:
        """The command for an error, without its operands: ``_.gt(…)``."""
        return f"_.{self.name}(…)"

    @property
    def operand(self) -> Any:
        """The first argument."""
        return self.operands[0]

    def __repr__(self) -> str:
        return f"{self._shown}({', '.join(map(repr, self.operands))})"

    def _missing(self, name: str) -> str:
        if name in _RESERVED[:3]:
            return f"{name!r} is a Python keyword: use {name}_"
        return f"{type(self).__name__} has no {name!r}{self._instead(name)}"

    def _instead(self, name: str) -> str:  # noqa: ARG002  the caller passes it
        return ""


class Condition(Command):
    """A condition on a field. Its methods add another: ``_.gt(1).lt(5)`` is ``_.and_(_.gt(1), _.lt(5))``."""

    __slots__ = ()

    def eq(self, value: Any) -> Logic:
        """And equal to `value`."""
        return self.and_(_commands.eq(value))

    def neq(self, value: Any) -> Logic:
        """And not equal to `value`."""
        return self.and_(_commands.neq(value))

    def gt(self, value: Any) -> Logic:
        """And greater than `value`."""
        return self.and_(_commands.gt(value))

    def gte(self, value: Any) -> Logic:
        """And greater than or equal to `value`."""
        return self.and_(_commands.gte(value))

    def lt(self, value: Any) -> Logic:
        """And less than `value`."""
        return self.and_(_commands.lt(value))

    def lte(self, value: Any) -> Logic:
        """And less than or equal to `value`."""
        return self.and_(_commands.lte(value))

    def in_(self, values: Sequence[Any]) -> Logic:
        """And one of `values`."""
        return self.and_(_commands.in_(values))

    def nin(self, values: Sequence[Any]) -> Logic:
        """And none of `values`."""
        return self.and_(_commands.nin(values))

    def geoNear(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Logic:
        """And near a point; see ``_.geoNear``."""
        return self.and_(_commands.geoNear(options, **keywords))

    def geoWithin(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Logic:
        """And inside an area; see ``_.geoWithin``."""
        return self.and_(_commands.geoWithin(options, **keywords))

    def geoIntersects(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Logic:
        """And touching a geometry; see ``_.geoIntersects``."""
        return self.and_(_commands.geoIntersects(options, **keywords))

    def and_(self, *conditions: Any) -> Logic:
        """And all of these: arguments, or one list."""
        return Logic("and_", "$and", (self, *_several(conditions)))

    def or_(self, *conditions: Any) -> Logic:
        """Or one of these: arguments, or one list."""
        return Logic("or_", "$or", (self, *_several(conditions)))

    def _instead(self, name: str) -> str:
        if name in ("not", "not_", "nor"):
            return f"; use _.{name.rstrip('_')}{'' if name == 'nor' else '_'}(…) around it"
        if hasattr(_commands, name):
            return f"; use _.and_({self.shown}, _.{name}(…))"
        return f"; {did_you_mean(name, public_names(type(self)))}"


class Comparison(Condition):
    """A comparison: ``_.gt(1)``."""

    __slots__ = ()


class Logic(Condition):
    """Conditions joined by and, or, nor or not."""

    __slots__ = ()


class Change(Command):
    """A change of a field: ``_.inc(1)``."""

    __slots__ = ()

    def _instead(self, name: str) -> str:  # noqa: ARG002  the caller passes it
        return ": a change of a field has no methods"


class Commands(Helpful):
    """The conditions and the changes of ``db.command``."""

    __slots__ = ()

    def _missing(self, name: str) -> str:
        if name in _RESERVED:
            return f"{name!r} is a Python keyword: use _.{name}_"
        return f"db.command has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    # conditions

    def eq(self, value: Any) -> Comparison:
        """Equal to `value`; objects and lists are compared as a whole."""
        return Comparison("eq", "$eq", (value,))

    def neq(self, value: Any) -> Comparison:
        """Not equal to `value`, or missing."""
        return Comparison("neq", "$ne", (value,))

    def lt(self, value: Any) -> Comparison:
        """Less than `value`."""
        return Comparison("lt", "$lt", (value,))

    def lte(self, value: Any) -> Comparison:
        """Less than or equal to `value`."""
        return Comparison("lte", "$lte", (value,))

    def gt(self, value: Any) -> Comparison:
        """Greater than `value`."""
        return Comparison("gt", "$gt", (value,))

    def gte(self, value: Any) -> Comparison:
        """Greater than or equal to `value`."""
        return Comparison("gte", "$gte", (value,))

    def in_(self, values: Sequence[Any]) -> Comparison:
        """One of `values`."""
        return Comparison("in_", "$in", (values,))

    def nin(self, values: Sequence[Any]) -> Comparison:
        """None of `values`."""
        return Comparison("nin", "$nin", (values,))

    def all(self, values: Sequence[Any]) -> Comparison:
        """Match a list that contains all of `values`."""
        return Comparison("all", "$all", (values,))

    def elemMatch(self, condition: Mapping[str, Any] | Condition) -> Comparison:
        """Match a list with an element that matches the condition."""
        return Comparison("elemMatch", "$elemMatch", (condition,))

    def exists(self, value: bool) -> Comparison:
        """Match documents that have the field, or do not (False)."""
        return Comparison("exists", "$exists", (value,))

    def size(self, value: int) -> Comparison:
        """Match a list of this length."""
        return Comparison("size", "$size", (value,))

    def mod(self, divisor: int | Sequence[int], remainder: int = _UNSET) -> Comparison:
        """Match a number with this `remainder` after division by `divisor`; also ``_.mod([divisor, remainder])``."""
        return Comparison("mod", "$mod", (divisor if remainder is _UNSET else [divisor, remainder],))

    def geoNear(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Comparison:
        """Sorted by distance from ``geometry``, a Point; ``maxDistance`` and ``minDistance`` in metres."""
        settings = _options("geoNear", options, keywords, ("geometry", "maxDistance", "minDistance"))
        if not isinstance(settings.get("geometry"), Point):
            raise invalid(f'"geometry" must be of type Point. Received type {_received(settings, "geometry")}')
        for name in ("maxDistance", "minDistance"):
            distance = settings.get(name)
            if distance is not None and (isinstance(distance, bool) or not isinstance(distance, (int, float))):
                raise invalid(f'"{name}" must be of type Number. Received type {typeof(distance)}')
        return Comparison("geoNear", "$nearSphere", (settings,))

    def geoWithin(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Comparison:
        """Inside ``geometry``, a Polygon or MultiPolygon, or of ``centerSphere``: ``[Point, radians]``."""
        settings = _options("geoWithin", options, keywords, ("geometry", "centerSphere"))
        if settings.get("centerSphere"):
            settings = {"centerSphere": _center_sphere(settings["centerSphere"])}
        elif not isinstance(settings.get("geometry"), (Polygon, MultiPolygon)):
            received = _received(settings, "geometry")
            raise invalid(f'"geometry" must be of type Polygon or MultiPolygon. Received type {received}')
        return Comparison("geoWithin", "$geoWithin", (settings,))

    def geoIntersects(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Comparison:
        """Touching ``geometry``."""
        settings = _options("geoIntersects", options, keywords, ("geometry",))
        if not isinstance(settings.get("geometry"), Geometry):
            raise invalid(
                '"geometry" must be of type Point, LineString, Polygon, MultiPoint, MultiLineString or MultiPolygon.'
                f" Received type {_received(settings, 'geometry')}"
            )
        return Comparison("geoIntersects", "$geoIntersects", (settings,))

    def and_(self, *conditions: Any) -> Logic:
        """All of these conditions: arguments, or one list."""
        return Logic("and_", "$and", _several(conditions))

    def or_(self, *conditions: Any) -> Logic:
        """One of these conditions: arguments, or one list."""
        return Logic("or_", "$or", _several(conditions))

    def nor(self, *conditions: Any) -> Logic:
        """None of these conditions: arguments, or one list."""
        return Logic("nor", "$nor", _several(conditions))

    def not_(self, *condition: Any) -> Logic:
        """Not this condition."""
        conditions = _several(condition)
        if len(conditions) != 1:
            raise invalid(f"_.not_ takes one condition, got {len(conditions)}: use _.nor(…) for several")
        return Logic("not_", "$not", conditions)

    # changes

    def set(self, value: Any) -> Change:
        """Replace the field with `value`; an object is replaced as a whole."""
        return Change("set", "$set", (value,))

    def remove(self) -> Change:
        """Remove the field."""
        return Change("remove", "$unset", ("",))

    def inc(self, value: float) -> Change:
        """Add `value` in the database."""
        return Change("inc", "$inc", (value,))

    def mul(self, value: float) -> Change:
        """Multiply by `value` in the database."""
        return Change("mul", "$mul", (value,))

    def push(self, *values: Any, **options: Any) -> Change:
        """Append values to a list: arguments, one list, or ``each=[…]`` with ``position``, ``sort`` and ``slice``."""
        if options and not values:
            return Change("push", "$push", (_modifiers(_options("push", None, options, _PUSH_OPTIONS)),))
        if len(values) == 1 and isinstance(values[0], Mapping) and "each" in values[0]:
            return Change("push", "$push", (_modifiers(_options("push", values[0], options, _PUSH_OPTIONS)),))
        if options:
            raise invalid("_.push takes values, or each=[…] with options, not both")
        return Change("push", "$push", ({"$each": list(_several(values))},))

    def pull(self, value: Any) -> Change:
        """Remove the elements that equal `value` or match the condition."""
        return Change("pull", "$pull", (value,))

    def pullAll(self, values: Sequence[Any]) -> Change:
        """Remove the elements that equal one of `values`."""
        return Change("pullAll", "$pullAll", (values,))

    def pop(self) -> Change:
        """Remove the last element."""
        return Change("pop", "$pop", (1,))

    def shift(self) -> Change:
        """Remove the first element."""
        return Change("shift", "$pop", (-1,))

    def unshift(self, *values: Any) -> Change:
        """Insert values at the start: arguments, or one list."""
        return Change("unshift", "$push", ({"$each": list(_several(values)), "$position": 0},))

    def addToSet(self, value: Any) -> Change:
        """Append `value` unless the list contains it; several values as ``{"$each": […]}``."""
        return Change("addToSet", "$addToSet", (value,))

    def rename(self, name: str) -> Change:
        """Rename the field."""
        return Change("rename", "$rename", (name,))

    def bit(self, operations: Mapping[str, int]) -> Change:
        """Apply ``{"and": …}``, ``{"or": …}`` or ``{"xor": …}`` to an integer."""
        return Change("bit", "$bit", (operations,))

    def max(self, value: Any) -> Change:
        """Set the field to `value` if `value` is greater."""
        return Change("max", "$max", (value,))

    def min(self, value: Any) -> Change:
        """Set the field to `value` if `value` is less."""
        return Change("min", "$min", (value,))

    # parts of a condition: ``{"done": False, **_.expr(…)}``

    def expr(self, expression: Any) -> dict[str, Any]:
        """Return the condition that an expression of ``_.aggregate`` is true."""
        return {"$expr": expression}

    def jsonSchema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the condition that documents match this JSON Schema."""
        return {"$jsonSchema": schema}

    def text(self, options: Mapping[str, Any] | str) -> dict[str, Any]:
        """Return the value of ``$text``: ``{"$text": _.text({"search": "tea"})}``."""
        settings = {"search": options} if isinstance(options, str) else options
        if not isinstance(settings, Mapping):
            raise invalid(f"_.text takes a string, or a dict with search, got {shown(options)}")
        names = ("search", "language", "caseSensitive", "diacriticSensitive")
        return {f"${name}": settings[name] for name in names if settings.get(name) is not None}


_commands = Commands()


def _several(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values, passed as arguments or as one list."""
    return tuple(values[0]) if values and isinstance(values[0], (list, tuple)) else values


def _options(
    name: str, options: Mapping[str, Any] | None, keywords: dict[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    if options is not None and not isinstance(options, Mapping):
        raise invalid(f"_.{name} takes one dict, or keywords, got {typeof(options)}")
    settings = {**(options or {}), **keywords}
    for key in settings:
        if key not in names:
            raise invalid(f"_.{name} has no option {key!r}; {did_you_mean(key, names)}")
    return settings


def _received(settings: Mapping[str, Any], name: str) -> str:
    return typeof(settings[name]) if name in settings else "undefined"


def _modifiers(settings: Mapping[str, Any]) -> dict[str, Any]:
    raw = ejson.nulls_in_lists(settings)
    return {f"${name}": raw[name] for name in _PUSH_OPTIONS if raw.get(name) is not None}


def _center_sphere(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)) and len(value) == 2:
        center, radius = value
        if not isinstance(radius, bool) and isinstance(radius, (int, float)):
            if isinstance(center, Point):
                return [center.coordinates, radius]
            if isinstance(center, (list, tuple)) and len(center) == 2:
                return [Point(*center).coordinates, radius]
    raise invalid(
        f"centersPhere结构不合法: centerSphere is [Point or [longitude, latitude], radians], got {shown(value)}"
    )
