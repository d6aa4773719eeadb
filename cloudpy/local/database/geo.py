"""Geometry on a sphere: distances, containment, intersection."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .errors import DatabaseError
from .values import is_number, type_name

RADIUS_M = 6_378_100.0
_EDGE = 1e-11  # radians: a point this near to an edge lies on it
TYPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")

Vector = tuple[float, float, float]
Ring = tuple[Vector, ...]


@dataclass(slots=True)
class Geometry:
    """Points, lines and polygons (rings, the first one outside) as unit vectors."""

    points: list[Vector] = field(default_factory=list)
    lines: list[Ring] = field(default_factory=list)
    polygons: list[list[Ring]] = field(default_factory=list)

    def segments(self) -> Iterator[tuple[Vector, Vector]]:
        """Yield each stretch of a line and each edge of a polygon."""
        for line in self.lines:
            yield from pairwise(line)
        yield from self.edges()

    def edges(self) -> Iterator[tuple[Vector, Vector]]:
        for rings in self.polygons:
            for ring in rings:
                yield from pairwise(ring)

    def vertices(self) -> Iterator[Vector]:
        yield from self.points
        for line in self.lines:
            yield from line
        for rings in self.polygons:
            for ring in rings:
                yield from ring


def vector(longitude: float, latitude: float) -> Vector:
    """Return the unit vector of a position in degrees."""
    lng, lat = math.radians(longitude), math.radians(latitude)
    return math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat)


def position(value: Any) -> Vector:
    """Read ``[longitude, latitude]``.

    Raises:
        DatabaseError: not two numbers, or out of bounds.
    """
    if type(value) is not list or len(value) < 2 or not all(map(is_number, value[:2])):
        raise DatabaseError(f"a position must be an array of longitude and latitude, got {str(value)[:80]}")
    lng, lat = float(value[0]), float(value[1])
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):
        raise DatabaseError(f"longitude/latitude is out of bounds, lng: {lng} lat: {lat}")
    return vector(lng, lat)


def legacy_position(value: Any) -> Vector | None:
    """Read a legacy pair: ``[lng, lat]`` or an object whose first two fields are numbers; None for anything else."""
    pair = list(value.values())[:2] if type(value) is dict else value
    if type(pair) is list and len(pair) == 2 and all(map(is_number, pair)):
        return position([*pair])
    return None


def is_geometry(value: Any) -> bool:
    """Whether a value looks like GeoJSON."""
    return type(value) is dict and value.get("type") in TYPES and ("coordinates" in value or "geometries" in value)


def read(value: Any) -> Geometry:
    """Read GeoJSON.

    Raises:
        DatabaseError: an unknown type, or coordinates of another shape.
    """
    if type(value) is not dict or type(value.get("type")) is not str:
        raise DatabaseError(f"expected GeoJSON with type and coordinates, got {type_name(value)}")
    kind, coordinates = value["type"], value.get("coordinates")
    geometry = Geometry()
    if kind == "GeometryCollection":
        for inner in _items(value.get("geometries"), "geometries"):
            part = read(inner)
            geometry.points += part.points
            geometry.lines += part.lines
            geometry.polygons += part.polygons
        return geometry
    if "crs" in value:
        raise DatabaseError("cloudpy's local database does not know crs in GeoJSON")
    if kind == "Point":
        geometry.points.append(position(coordinates))
    elif kind == "MultiPoint":
        geometry.points += map(position, _items(coordinates, kind))
    elif kind == "LineString":
        geometry.lines.append(_line(coordinates))
    elif kind == "MultiLineString":
        geometry.lines += map(_line, _items(coordinates, kind))
    elif kind == "Polygon":
        geometry.polygons.append(_rings(coordinates))
    elif kind == "MultiPolygon":
        geometry.polygons += map(_rings, _items(coordinates, kind))
    else:
        raise DatabaseError(f"unknown GeoJSON type: {kind}")
    return geometry


def _items(value: Any, what: str) -> list[Any]:
    if type(value) is not list or not value:
        raise DatabaseError(f"{what} must have a nonempty array, got {type_name(value)}")
    return value


def _line(value: Any) -> Ring:
    points = tuple(map(position, _items(value, "LineString")))
    if len(points) < 2:
        raise DatabaseError("GeoJSON LineString must have at least 2 vertices")
    return points


def _rings(value: Any) -> list[Ring]:
    rings = [tuple(map(position, _items(ring, "Polygon"))) for ring in _items(value, "Polygon")]
    for ring in rings:
        if ring[0] != ring[-1]:
            raise DatabaseError("Loop is not closed: the last position of a polygon's ring must be its first")
        if len(ring) < 4:
            raise DatabaseError("Loop must have at least 3 different vertices")
    return rings


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def angle(a: Vector, b: Vector) -> float:
    """Return the angle between two unit vectors, in radians."""
    cross = _cross(a, b)
    return math.atan2(math.sqrt(_dot(cross, cross)), _dot(a, b))


def distance(point: Vector, geometry: Geometry) -> float:
    """Return the angle from a point to the nearest part of a geometry."""
    if any(_inside(point, rings) for rings in geometry.polygons):
        return 0.0
    nearest = min((angle(point, other) for other in geometry.vertices()), default=math.inf)
    for a, b in geometry.segments():
        nearest = min(nearest, _to_segment(point, a, b))
    return nearest


def _to_segment(point: Vector, a: Vector, b: Vector) -> float:
    normal = _cross(a, b)
    length = math.sqrt(_dot(normal, normal))
    if length < 1e-15:
        return angle(point, a)
    normal = normal[0] / length, normal[1] / length, normal[2] / length
    # the nearest point of the great circle counts when it lies between the two ends
    if _dot(_cross(normal, a), point) > 0 and _dot(_cross(b, normal), point) > 0:
        return abs(math.asin(max(-1.0, min(1.0, _dot(normal, point)))))
    return min(angle(point, a), angle(point, b))


def _inside(point: Vector, rings: list[Ring]) -> bool:
    """Whether a point lies in a polygon or on its edge; the polygon is the smaller side of its ring."""
    if any(_to_segment(point, a, b) < _EDGE for ring in rings for a, b in pairwise(ring)):
        return True
    return _within_ring(point, rings[0]) and not any(_within_ring(point, hole) for hole in rings[1:])


def _within_ring(point: Vector, ring: Ring) -> bool:
    center = _sum(ring[1:])
    if _dot(point, center) <= 0:  # on the other side of the globe, where directions look the same
        return False
    turned = 0.0
    for a, b in pairwise(ring):
        u, v = _tangent(point, a), _tangent(point, b)
        turned += math.atan2(_dot(point, _cross(u, v)), _dot(u, v))
    return abs(turned) > math.pi


def _sum(points: Iterable[Vector]) -> Vector:
    x = y = z = 0.0
    for point in points:
        x, y, z = x + point[0], y + point[1], z + point[2]
    return x, y, z


def _tangent(point: Vector, other: Vector) -> Vector:
    along = _dot(point, other)
    return other[0] - along * point[0], other[1] - along * point[1], other[2] - along * point[2]


def _crosses(a: Vector, b: Vector, c: Vector, d: Vector) -> bool:
    """Whether two segments cross within both; touching ends do not count."""
    first, second = _cross(a, b), _cross(c, d)
    line = _cross(first, second)
    if _dot(line, line) < 1e-30:
        return False
    if _dot(line, _sum((a, b, c, d))) < 0:
        line = -line[0], -line[1], -line[2]
    return all(
        _dot(_cross(normal, start), line) > 1e-15 and _dot(_cross(end, normal), line) > 1e-15
        for normal, start, end in ((first, a, b), (second, c, d))
    )


def within(inner: Geometry, region: Geometry) -> bool:
    """Whether all of a geometry lies in the polygons of a region."""
    if not all(any(_inside(point, rings) for rings in region.polygons) for point in inner.vertices()):
        return False
    edges = [*region.edges()]
    if any(_crosses(a, b, c, d) for a, b in inner.segments() for c, d in edges):
        return False
    # a hole of the region that lies inside a polygon of the geometry
    holes = [ring[0] for rings in region.polygons for ring in rings[1:]]
    return not any(_inside(point, rings) for point in holes for rings in inner.polygons)


def within_circle(inner: Geometry, center: Vector, radius: float) -> bool:
    """Whether all of a geometry lies within an angle of a point."""
    return all(angle(center, point) <= radius for point in inner.vertices())


def intersects(one: Geometry, other: Geometry) -> bool:
    """Whether two geometries have a point in common."""
    for first, second in ((one, other), (other, one)):
        for point in first.vertices():
            if any(_inside(point, rings) for rings in second.polygons):
                return True
            if any(_to_segment(point, a, b) < _EDGE for a, b in second.segments()):
                return True
            if any(angle(point, spot) < _EDGE for spot in second.points):
                return True
    edges = [*other.segments()]
    return any(_crosses(a, b, c, d) for a, b in one.segments() for c, d in edges)
