"""Aggregation: the stages of a pipeline, and the operators of expressions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .._wire import jsontext
from .._wire.suggest import did_you_mean
from . import ejson
from .base import Helpful, invalid, public_names, shown
from .query import encode_condition
from .values import Point, from_geojson

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, TypeVar

    S = TypeVar("S")

    class _Stages(Generic[S]): ...

    _Operator = Callable[[Any], dict[str, Any]]
else:

    class _Stages:
        """Takes a type as parameter without `typing`, which costs a cold start."""

        def __class_getitem__(cls, _):
            return cls


_OPERATORS = frozenset(
    """
    abs add ceil divide exp floor ln log log10 mod multiply pow sqrt subtract trunc arrayElemAt arrayToObject
    concatArrays filter in_ indexOfArray isArray map range reduce reverseArray size slice zip and_ not_ or_ cmp eq
    gt gte lt lte neq cond ifNull switch dateFromParts dateFromString dayOfMonth dayOfWeek dayOfYear isoDayOfWeek
    isoWeek isoWeekYear millisecond minute month second hour week year literal mergeObjects objectToArray
    allElementsTrue anyElementTrue setDifference setEquals setIntersection setIsSubset setUnion concat dateToString
    indexOfBytes indexOfCP split strLenBytes strLenCP strcasecmp substr substrBytes substrCP toLower toUpper meta
    addToSet avg first last max min push stdDevPop stdDevSamp sum let
    """.split()
)
# Declared in the Node package's types, but missing at run time.
_RAW_ONLY = frozenset(
    """
    convert dateToParts ltrim rtrim trim toBool toDate toDecimal toDouble toInt toLong toObjectId toString type
    """.split()
)
_MISSING_STAGES = frozenset("collStats facet graphLookup indexStats out redact".split())


class AggregateCommand:
    """``db.command.aggregate``: each operator returns ``{"$name": argument}``; Python keywords end in ``_``."""

    __slots__ = ()

    if TYPE_CHECKING:
        abs: _Operator
        add: _Operator
        addToSet: _Operator
        allElementsTrue: _Operator
        and_: _Operator
        anyElementTrue: _Operator
        arrayElemAt: _Operator
        arrayToObject: _Operator
        avg: _Operator
        ceil: _Operator
        cmp: _Operator
        concat: _Operator
        concatArrays: _Operator
        cond: _Operator
        dateFromParts: _Operator
        dateFromString: _Operator
        dateToString: _Operator
        dayOfMonth: _Operator
        dayOfWeek: _Operator
        dayOfYear: _Operator
        divide: _Operator
        eq: _Operator
        exp: _Operator
        filter: _Operator
        first: _Operator
        floor: _Operator
        gt: _Operator
        gte: _Operator
        hour: _Operator
        ifNull: _Operator
        in_: _Operator
        indexOfArray: _Operator
        indexOfBytes: _Operator
        indexOfCP: _Operator
        isArray: _Operator
        isoDayOfWeek: _Operator
        isoWeek: _Operator
        isoWeekYear: _Operator
        last: _Operator
        let: _Operator
        literal: _Operator
        ln: _Operator
        log: _Operator
        log10: _Operator
        lt: _Operator
        lte: _Operator
        map: _Operator
        max: _Operator
        mergeObjects: _Operator
        meta: _Operator
        millisecond: _Operator
        min: _Operator
        minute: _Operator
        mod: _Operator
        month: _Operator
        multiply: _Operator
        neq: _Operator
        not_: _Operator
        objectToArray: _Operator
        or_: _Operator
        pow: _Operator
        push: _Operator
        range: _Operator
        reduce: _Operator
        reverseArray: _Operator
        second: _Operator
        setDifference: _Operator
        setEquals: _Operator
        setIntersection: _Operator
        setIsSubset: _Operator
        setUnion: _Operator
        size: _Operator
        slice: _Operator
        split: _Operator
        sqrt: _Operator
        stdDevPop: _Operator
        stdDevSamp: _Operator
        strLenBytes: _Operator
        strLenCP: _Operator
        strcasecmp: _Operator
        substr: _Operator
        substrBytes: _Operator
        substrCP: _Operator
        subtract: _Operator
        sum: _Operator
        switch: _Operator
        toLower: _Operator
        toUpper: _Operator
        trunc: _Operator
        week: _Operator
        year: _Operator
        zip: _Operator
    else:

        def __getattr__(self, name):
            if name in _OPERATORS:
                return _operator(name)
            raise AttributeError(_no_operator(name))

    def pipeline(self) -> Pipeline:
        """Return an empty pipeline, for ``lookup``: add stages to it, and end with ``done()``."""
        return Pipeline()

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *_OPERATORS]

    def __repr__(self) -> str:
        return "db.command.aggregate"


def _operator(name: str) -> Callable[[Any], dict[str, Any]]:
    operator = "$ne" if name == "neq" else f"${name.rstrip('_')}"

    def expression(argument: Any, /) -> dict[str, Any]:
        return {operator: argument}

    expression.__name__ = expression.__qualname__ = name
    return expression


def _no_operator(name: str) -> str:
    if f"{name}_" in _OPERATORS:
        return f"{name!r} is a Python keyword: use {name}_"
    if name in _RAW_ONLY:
        return f"the Node package has no {name!r} at run time: write {{'${name}': …}}"
    return f"db.command.aggregate has no {name!r}; {did_you_mean(name, _OPERATORS)}"


class Stages(Helpful, _Stages["S"]):
    """The stages of a pipeline. Each method returns a new pipeline with one more stage."""

    _stages: tuple[tuple[str, str], ...] = ()
    _drops_empty = False  # as in `Selection`

    if TYPE_CHECKING:

        def _with(self, stages: tuple[tuple[str, str], ...]) -> S: ...

    def addFields(self, fields: Mapping[str, Any]) -> S:
        """Add fields: ``{"total": agg.sum("$prices")}``."""
        return self._plain("addFields", fields)

    def bucket(self, options: Mapping[str, Any]) -> S:
        """Group by ranges: ``groupBy``, ``boundaries``, ``default``, ``output``."""
        return self._plain("bucket", options)

    def bucketAuto(self, options: Mapping[str, Any]) -> S:
        """Group into a number of ranges: ``groupBy``, ``buckets``, ``granularity``, ``output``."""
        return self._plain("bucketAuto", options)

    def count(self, name: str) -> S:
        """Count the documents; the result is one document with the count under this name."""
        return self._plain("count", name)

    def geoNear(self, options: Mapping[str, Any]) -> S:
        """Sort by distance, as the first stage: ``near`` (a Point), ``distanceField``, ``query`` and others."""
        if not isinstance(options, Mapping):
            raise invalid(f"geoNear takes a dict with near and distanceField, got {shown(options)}")
        stage = dict(options)
        if stage.get("query") is not None:
            stage["query"] = encode_condition(stage["query"], drops_empty=self._drops_empty)
        if stage.get("near") is not None:
            stage["near"] = _near(stage["near"])
        return self._plain("geoNear", stage)

    def group(self, options: Mapping[str, Any]) -> S:
        """Group by ``_id``; the other keys are accumulators: ``{"_id": "$owner", "n": agg.sum(1)}``."""
        return self._plain("group", options)

    def limit(self, count: int) -> S:
        """Keep the first `count` documents."""
        return self._plain("limit", count)

    def lookup(self, options: Mapping[str, Any] | None = None, /, *, from_: str = "", as_: str = "", **more: Any) -> S:
        """Join another collection: ``from``, ``localField``, ``foreignField``, ``as``; or ``let`` and ``pipeline``.

        One dict, or keywords with ``from_`` and ``as_``.
        """
        stage = dict(options or {})
        for name, value in (("from", from_), *more.items(), ("as", as_)):
            if value != "":
                stage[name] = value  # noqa: PERF403  a loop is as fast here, and plainer
        if isinstance(stage.get("pipeline"), Stages):
            stage["pipeline"] = stage["pipeline"]._tree()
        return self._plain("lookup", stage)

    def match(self, condition: Any) -> S:
        """Keep the documents that match a condition, as in ``where()``."""
        return self._plain("match", encode_condition(condition, drops_empty=self._drops_empty))

    def project(self, fields: Mapping[str, Any]) -> S:
        """Choose and compute fields: ``{"name": 1, "year": agg.year("$born")}``."""
        return self._plain("project", fields)

    def replaceRoot(self, options: Mapping[str, Any]) -> S:
        """Replace each document by ``newRoot``."""
        return self._plain("replaceRoot", options)

    def sample(self, options: Mapping[str, Any]) -> S:
        """Keep ``size`` random documents."""
        return self._plain("sample", options)

    def skip(self, count: int) -> S:
        """Skip the first `count` documents."""
        return self._plain("skip", count)

    def sort(self, fields: Mapping[str, int]) -> S:
        """Sort: ``{"due": 1, "priority": -1}``."""
        return self._plain("sort", fields)

    def sortByCount(self, expression: Any) -> S:
        """Group by an expression, the largest group first."""
        return self._plain("sortByCount", expression)

    def unwind(self, path: str | Mapping[str, Any]) -> S:
        """Return one document for each element of a list: ``"$tags"``."""
        return self._plain("unwind", path)

    def _plain(self, name: str, value: Any) -> S:
        return self._with((*self._stages, (f"${name}", _text(name, value))))

    def _tree(self) -> list[dict[str, Any]]:
        return [{key: json.loads(value)} for key, value in self._stages]

    def _missing(self, name: str) -> str:
        if name in _MISSING_STAGES:
            return f"the stage {name!r} is missing in the service's SDK, in Node too"
        return f"aggregate() has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(key for key, _ in self._stages) or 'no stages'}>"


class Pipeline(Stages["Pipeline"]):
    """A pipeline inside another one, for ``lookup``."""

    def __init__(self, stages: tuple[tuple[str, str], ...] = ()) -> None:
        self._stages = stages

    def _with(self, stages: tuple[tuple[str, str], ...]) -> Pipeline:
        return Pipeline(stages)

    def done(self) -> list[dict[str, Any]]:
        """Return the stages for ``lookup``."""
        return self._tree()

    def unwrap(self) -> list[dict[str, str]]:
        """Return the stages as they are sent."""
        return [{"stageKey": key, "stageValue": value} for key, value in self._stages]

    def end(self) -> None:
        """Raise an error: a pipeline in ``lookup`` ends with ``done()``."""
        raise invalid("Aggregation pipeline cannot send request: end it with done()")


def _text(stage: str, value: Any) -> str:
    if value is not None and not isinstance(value, (str, int, float)):
        return ejson.dumps(ejson.encode(value, stage))
    try:  # numbers and strings are sent as plain JSON
        return jsontext.stringify(value, stage, jsontext.quote_plainly)
    except jsontext.NotJSONError as error:
        raise invalid(str(error)) from None


def _near(value: Any) -> Any:
    if isinstance(value, Point):
        return value
    if isinstance(value, Mapping):
        if "longitude" in value and "latitude" in value:
            return Point(value["longitude"], value["latitude"])
        point = from_geojson(dict(value))
        if isinstance(point, Point):
            return point
    raise invalid(f"geoNear: near must be a db.Geo.Point, got {shown(value)}")
