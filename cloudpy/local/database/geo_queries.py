"""Geo conditions of a query, and the distances that sort their answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import geo
from .errors import DatabaseError, UnsupportedError
from .geo import RADIUS_M, Geometry, Vector
from .paths import Test, ends
from .values import MISSING, is_number, type_name


class Center:
    """The point that distances are measured from, and the limits of these.

    Attributes:
        unit: what one radian is, in the unit of the limits and of `measure`.
    """

    __slots__ = ("least", "most", "point", "unit")

    def __init__(self, point: Vector, unit: float, least: Any, most: Any) -> None:
        for name, value in (("minimum", least), ("maximum", most)):
            if value is not None and (not is_number(value) or value != value or value < 0):
                raise DatabaseError(f"the {name} distance must be a number, not negative; got {value!r}")
        self.point, self.unit = point, unit
        self.least = 0.0 if least is None else float(least)
        self.most = math.inf if most is None else float(most)

    def measure(self, value: Any) -> float | None:
        """Return the distance of a stored value; None if it is not a geometry, or is out of the limits."""
        geometry = stored(value)
        if geometry is None:
            return None
        found = geo.distance(self.point, geometry) * self.unit
        return found if self.least <= found <= self.most else None

    def nearest(self, document: Any, path: str) -> tuple[float, Any] | None:
        """Return the least distance at a path, with the value it is that of."""
        found = None
        for end in ends(document, tuple(path.split("."))):
            several = end if type(end) is list and geo.legacy_position(end) is None else [end]
            for value in several:
                length = self.measure(value)
                if length is not None and (found is None or length < found[0]):
                    found = (length, value)
        return found


def stored(value: Any) -> Geometry | None:
    """Return the geometry of a stored value, GeoJSON or a legacy pair; None for anything else."""
    if value is MISSING or value is None:
        return None
    try:
        if geo.is_geometry(value):
            return geo.read(value)
        point = geo.legacy_position(value)
    except DatabaseError:
        return None  # a 2dsphere index would not have taken it
    return None if point is None else Geometry(points=[point])


def center_of(near: Any, least: Any, most: Any) -> Center:
    """Return the center of ``$nearSphere`` or ``$geoNear``: GeoJSON measures in metres, a legacy pair in radians."""
    if geo.is_geometry(near):
        geometry = geo.read(near)
        if len(geometry.points) != 1 or geometry.lines or geometry.polygons:
            raise DatabaseError("near must be a Point")
        return Center(geometry.points[0], RADIUS_M, least, most)
    point = geo.legacy_position(near)
    if point is None:
        raise DatabaseError(f"near requires a point, given {type_name(near)}: {str(near)[:80]}")
    return Center(point, 1.0, least, most)


def near_condition(value: Any, siblings: dict[str, Any]) -> Center:
    """Return the center of a condition ``{$nearSphere: …}``."""
    if type(value) is dict and "$geometry" in value:
        for name in value:
            if name not in ("$geometry", "$maxDistance", "$minDistance"):
                raise DatabaseError(f"invalid argument in geo near query: {name}")
        return center_of(value["$geometry"], value.get("$minDistance"), value.get("$maxDistance"))
    if "$near" in siblings:
        raise UnsupportedError("$near with a legacy pair (distances on a plane)")
    return center_of(value, siblings.get("$minDistance"), siblings.get("$maxDistance"))


def near(value: Any, siblings: dict[str, Any]) -> Test:
    """Return the test of ``$nearSphere``: a geometry within the limits."""
    center = near_condition(value, siblings)
    return lambda item: center.nearest({"": item}, "") is not None


def near_sort(query: Any) -> Callable[[Any], float] | None:
    """Return the distance by which the answers of a query are sorted, or None when it has no ``$nearSphere``.

    Raises:
        DatabaseError: there are two, or one is inside ``$or`` or ``$nor``.
    """
    found: list[tuple[str, Center]] = []
    _collect(query, found, top=True)
    if not found:
        return None
    if len(found) > 1:
        raise DatabaseError("Too many geoNear expressions")
    [(path, center)] = found

    def measured(document: Any) -> float:
        nearest = center.nearest(document, path)
        return math.inf if nearest is None else nearest[0]

    return measured


def _collect(query: Any, found: list[tuple[str, Center]], top: bool) -> None:
    for name, value in query.items() if type(query) is dict else ():
        if name in ("$and", "$or", "$nor") and type(value) is list:
            for item in value:
                _collect(item, found, top and name == "$and")
        elif type(value) is dict and ("$nearSphere" in value or "$near" in value):
            if not top:
                raise DatabaseError("geo $near must be top-level expr")
            operand = value.get("$nearSphere", value.get("$near"))
            found.append((name, near_condition(operand, value)))


def _any_geometry(test: Callable[[Geometry], bool]) -> Test:
    def of(item: Any) -> bool:
        geometry = stored(item)
        if geometry is not None:
            return test(geometry)
        return type(item) is list and any(test(found) for one in item if (found := stored(one)) is not None)

    return of


def within(value: Any) -> Test:
    """Return the test of ``$geoWithin``."""
    if type(value) is not dict or len(value) != 1:
        raise DatabaseError("$geoWithin needs an object with $geometry or $centerSphere")
    [(name, operand)] = value.items()
    if name == "$centerSphere":
        if type(operand) is not list or len(operand) != 2 or not is_number(operand[1]) or not operand[1] >= 0:
            raise DatabaseError("$centerSphere needs [[longitude, latitude], radius in radians]")
        center = geo.legacy_position(operand[0])
        if center is None:
            raise DatabaseError(f"$centerSphere: expected [longitude, latitude], got {str(operand[0])[:80]}")
        radius = float(operand[1])
        return _any_geometry(lambda geometry: geo.within_circle(geometry, center, radius))
    if name != "$geometry":
        raise UnsupportedError(f"{name} in $geoWithin; use $geometry or $centerSphere")
    region = geo.read(operand)
    if not region.polygons or region.points or region.lines:
        raise DatabaseError("$geoWithin not supported with provided geometry: expected a Polygon or a MultiPolygon")
    return _any_geometry(lambda geometry: geo.within(geometry, region))


def intersecting(value: Any) -> Test:
    """Return the test of ``$geoIntersects``."""
    if type(value) is not dict or value.keys() != {"$geometry"}:
        raise DatabaseError("$geoIntersects needs an object with $geometry")
    wanted = geo.read(value["$geometry"])
    return _any_geometry(lambda geometry: geo.intersects(geometry, wanted))
