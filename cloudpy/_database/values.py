"""Values of documents beside plain ones: geometries (``db.Geo``), the server's date, regular expressions."""

from __future__ import annotations

from .._wire.suggest import did_you_mean
from .base import Frozen, Helpful, invalid, shown, typeof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class ServerDate(Frozen):
    """The time at which the database processes the request, plus an offset in milliseconds."""

    __slots__ = ("offset",)
    _fields = ("offset",)
    _shown = "serverDate"
    offset: int

    def __init__(self, offset: int = 0) -> None:
        if isinstance(offset, bool) or not isinstance(offset, (int, float)):
            raise invalid(f"serverDate: offset must be a number of milliseconds, got {shown(offset)}")
        self._set(offset=offset)

    def __repr__(self) -> str:
        return f"serverDate(offset={self.offset!r})" if self.offset else "serverDate()"

    def toJSON(self) -> dict[str, Any]:
        """Return ``{"offset": …}``, as in Node: a result does not hold the time itself."""
        return {"offset": self.offset}


class RegExp(Frozen):
    """A regular expression of the database, with the options ``i``, ``m`` and ``s``."""

    __slots__ = ("options", "regexp")
    _fields = ("regexp", "options")
    _shown = "RegExp"
    regexp: str
    options: str

    def __init__(self, regexp: str, options: str = "", *, checked: bool = True) -> None:
        if not regexp or (checked and not isinstance(regexp, str)):
            raise invalid("regexp must be a string", f", got {shown(regexp)}")
        if checked and not isinstance(options, str):
            raise invalid(f"RegExp: options must be a string such as 'i', got {shown(options)}")
        self._set(regexp=regexp, options=options)

    def __repr__(self) -> str:
        return f"RegExp(regexp={self.regexp!r}, options={self.options!r})"


def server_date(options: Mapping[str, Any] | None = None, /, *, offset: int = 0) -> ServerDate:
    """Return the value of ``db.serverDate()``: the database's time plus `offset` milliseconds."""
    if options is not None:
        offset = options.get("offset", 0)
    return ServerDate(offset or 0)


def regexp(
    params: Mapping[str, Any] | None = None, /, *, regexp: str = "", options: str = "", checked: bool = True
) -> RegExp:
    """Return the value of ``db.RegExp(regexp=…, options=…)``, from one dict or keywords.

    Unless `checked`, what is no string is left to the database to reject, as in Node.
    """
    if params is not None:
        regexp, options = params.get("regexp", ""), params.get("options") or ""
    return RegExp(regexp, options, checked=checked)


class Geometry(Frozen):
    """A geometry, compared by value."""

    __slots__ = ()

    @property
    def coordinates(self) -> list[Any]:
        """The coordinates of GeoJSON: longitude first."""
        raise NotImplementedError

    def toJSON(self) -> dict[str, Any]:
        """Return the geometry as GeoJSON: ``{"type": …, "coordinates": …}``."""
        return {"type": type(self).__name__, "coordinates": self.coordinates}


class Point(Geometry):
    """A point: longitude and latitude in degrees, in this order."""

    __slots__ = ("latitude", "longitude")
    _fields = ("longitude", "latitude")
    _shown = "Point"
    longitude: float
    latitude: float

    def __init__(self, longitude: float, latitude: float) -> None:
        for name, value, limit in (("longitude", longitude, 180), ("latitude", latitude, 90)):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise invalid("Geo Point must be number type", f": {name} is {shown(value)}")
            if not abs(value) <= limit:  # rejects NaN too, which Node accepts and the query fails on
                raise invalid(f"{name} should be a number ranges from -{limit} to {limit}, got {shown(value)}")
        self._set(longitude=longitude, latitude=latitude)

    @property
    def coordinates(self) -> list[Any]:
        return [self.longitude, self.latitude]


class LineString(Geometry):
    """A line through at least two points."""

    __slots__ = ("points",)
    _fields = ("points",)
    _shown = "LineString"
    points: tuple[Point, ...]

    def __init__(self, points: Sequence[Point]) -> None:
        self._set(points=_items(points, Point, "points"))
        if len(self.points) < 2:
            raise invalid('"points" must contain 2 points at least')

    @property
    def coordinates(self) -> list[Any]:
        return [point.coordinates for point in self.points]


class Polygon(Geometry):
    """An area inside a closed line; further lines are holes."""

    __slots__ = ("lines",)
    _fields = ("lines",)
    _shown = "Polygon"
    lines: tuple[LineString, ...]

    def __init__(self, lines: Sequence[LineString]) -> None:
        self._set(lines=_items(lines, LineString, "lines"))
        if not self.lines:
            raise invalid("Polygon must contain 1 linestring at least")
        for line in self.lines:
            if line.points[0] != line.points[-1]:
                points = ",".join(f"[{point.longitude},{point.latitude}]" for point in line.points)
                raise invalid(f"LineString {points} is not a closed cycle: the last point must be the first one again")

    @property
    def coordinates(self) -> list[Any]:
        return [line.coordinates for line in self.lines]


class MultiPoint(Geometry):
    """Several points."""

    __slots__ = ("points",)
    _fields = ("points",)
    _shown = "MultiPoint"
    points: tuple[Point, ...]

    def __init__(self, points: Sequence[Point]) -> None:
        self._set(points=_items(points, Point, "points"))
        if not self.points:
            raise invalid('"points" must contain 1 point at least')

    @property
    def coordinates(self) -> list[Any]:
        return [point.coordinates for point in self.points]


class MultiLineString(Geometry):
    """Several lines."""

    __slots__ = ("lines",)
    _fields = ("lines",)
    _shown = "MultiLineString"
    lines: tuple[LineString, ...]

    def __init__(self, lines: Sequence[LineString]) -> None:
        self._set(lines=_items(lines, LineString, "lines"))
        if not self.lines:
            raise invalid("Polygon must contain 1 linestring at least")

    @property
    def coordinates(self) -> list[Any]:
        return [line.coordinates for line in self.lines]


class MultiPolygon(Geometry):
    """Several areas."""

    __slots__ = ("polygons",)
    _fields = ("polygons",)
    _shown = "MultiPolygon"
    polygons: tuple[Polygon, ...]

    def __init__(self, polygons: Sequence[Polygon]) -> None:
        self._set(polygons=_items(polygons, Polygon, "polygons"))
        if not self.polygons:
            raise invalid("MultiPolygon must contain 1 polygon at least")

    @property
    def coordinates(self) -> list[Any]:
        return [polygon.coordinates for polygon in self.polygons]


class Geo(Helpful):
    """``db.Geo``: the constructors of the geometries."""

    Point = Point
    LineString = LineString
    Polygon = Polygon
    MultiPoint = MultiPoint
    MultiLineString = MultiLineString
    MultiPolygon = MultiPolygon

    def _missing(self, name: str) -> str:
        return f"db.Geo has no {name!r}; {did_you_mean(name, _READ)}"


def from_geojson(value: dict[str, Any]) -> Geometry | None:
    """Return the geometry of a stored object, or None when it is not a valid one.

    A point off the globe or an open polygon stays an object.
    """
    read = _READ.get(value["type"]) if isinstance(value.get("type"), str) else None
    coordinates = value.get("coordinates")
    if read is None or not isinstance(coordinates, list):
        return None
    try:
        geometry: Geometry = read(coordinates)
    except Exception:  # invalid: the document is returned as it is stored
        return None
    return geometry


def _point(position: Any) -> Point:
    return Point(position[0], position[1])


def _line(positions: Any) -> LineString:
    return LineString([_point(position) for position in positions])


def _polygon(lines: Any) -> Polygon:
    return Polygon([_line(line) for line in lines])


_READ: dict[str, Any] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": lambda positions: MultiPoint([_point(position) for position in positions]),
    "MultiLineString": lambda lines: MultiLineString([_line(line) for line in lines]),
    "MultiPolygon": lambda polygons: MultiPolygon([_polygon(polygon) for polygon in polygons]),
}


def _items(items: Any, of: type, name: str) -> tuple[Any, ...]:
    if not isinstance(items, (list, tuple)):
        raise invalid(f'"{name}" must be of type {of.__name__}[]. Received type {typeof(items)}')
    for item in items:
        if not isinstance(item, of):
            raise invalid(f'"{name}" must be of type {of.__name__}[]. Received type {typeof(item)}[]')
    return tuple(items)
