"""The SDK while the code is read: database, caller, and the routers that people use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .shape import Shape, kind_of_value
from .values import (
    Condition,
    Dict,
    Function,
    Known,
    List,
    Reading,
    Several,
    Special,
    Value,
    one_of,
    shapes_in,
)

_ENDS = ("get", "count", "update", "remove", "end", "set")
_SAME = ("orderBy", "skip", "limit", "field", "project", "sort", "sample", "unwind", "addFields", "option")
_CALLER = ("OPENID", "FROM_OPENID")
_NUMERIC = ("gt", "gte", "lt", "lte", "mod", "inc", "mul", "min", "max")
_COMPARED = ("eq", "neq", "gt", "gte", "lt", "lte")


def member(reader: Reading, of: Special, key: str) -> Value:
    """Return a property of something of the SDK."""
    kind = of.kind
    if kind == "context event":
        return reader.caller if key in _CALLER else Shape(key)
    if kind == "result":
        collection, single = of.data["collection"], of.data["single"]
        if key in ("data", "list"):
            document = of.data["document"] or reader.document(collection)
            return document if single else List(document)
        return Special("number")
    if kind == "router context":
        if key in ("_req", "req"):
            return Special("router context", of.data)
        return reader.event if key == "event" else None
    if key == "default" and kind in ("cloud", "module"):
        return of
    return Special("member", {"of": of, "key": key})


def called(reader: Reading, target: Special, args: list[Value], named: dict[str, Value]) -> Value:
    """Return what a call of the SDK returns, and note queries."""
    of, key = target.data.get("of"), target.data.get("key", "")
    if not isinstance(of, Special):
        return _of_module(reader, target, args)
    first = args[0] if args else None
    if of.kind == "cloud":
        if key in ("init", "database"):
            env = reader.get(first, "env") if isinstance(first, Dict) else named.get("env")
            for each in env.values if isinstance(env, Several) else (env,):
                if isinstance(each, Known) and isinstance(each.value, str):
                    reader.env = reader.env or each.value
            return of if key == "init" else Special("db")
        if key in ("getWXContext", "get_wx_context"):
            return Special("context event")
        return Special("member", {"of": of, "key": "reply"})
    if of.kind == "db" or (of.kind == "member" and of.data.get("key") == "transaction"):
        return _of_database(reader, key, args, first)
    if of.kind == "member" and of.data.get("key") in ("command", "aggregate"):
        return Condition(key, tuple(args))
    if of.kind == "member" and of.data.get("key") == "Geo":
        return None
    if of.kind == "query":
        return _of_query(reader, of.data, key, args, named)
    if of.kind == "router" and key in ("router", "use"):
        return _route(reader, of, args)
    if of.kind == "module":
        return _of_module(reader, of, args)
    for each in args:
        if isinstance(each, Function):
            reader.call(each, [])
    return None


def _of_module(reader: Reading, target: Special, args: list[Value]) -> Value:
    if target.kind == "module" and "router" in target.data["name"]:
        return Special("router", {"contexts": []})
    for each in args:
        if isinstance(each, Function):
            reader.call(each, [])
    return None


def _of_database(reader: Reading, key: str, args: list[Value], first: Value) -> Value:
    if key == "collection":
        names = first.values if isinstance(first, Several) else (first,)
        for name in names:
            if isinstance(name, Known) and isinstance(name.value, str):
                return _query(name.value)
            if isinstance(name, Shape):
                name.vote("string")
                return _query(name)
        return None
    if key in ("startTransaction", "start_transaction"):
        return Special("db")
    if key in ("runTransaction", "run_transaction"):
        return reader.call(first, [Special("db")])
    if key == "RegExp":
        return Condition("RegExp", tuple(args))
    return Condition("date", ()) if key == "serverDate" else None


def _query(collection: str | Shape) -> Special:
    return Special("query", {"collection": collection, "where": (), "single": False, "document": None})


def _of_query(reader: Reading, data: dict[str, Any], key: str, args: list[Value], named: dict[str, Value]) -> Value:
    first = args[0] if args else None
    if key in ("where", "match"):
        return Special("query", {**data, "where": (*data["where"], first)})
    if key == "doc":
        return Special("query", {**data, "where": (Dict({"_id": first}),), "single": True})
    if key in ("limit", "skip"):
        for shape in shapes_in(first):
            shape.vote("number")
        return Special("query", data)
    if key == "aggregate":
        return Special("query", data)
    if key == "lookup" and isinstance(first, Dict):
        return _lookup(reader, data, first)
    if key in ("group", "replaceRoot", "bucket"):
        return Special("query", {**data, "document": Shape("row")})
    if key in _SAME:
        for value in args:
            for shape in shapes_in(value):
                shape.vote("string" if key == "orderBy" else "object", 1)
        return Special("query", data)
    if key == "add":
        _stored(reader, data["collection"], _data(first, named, reader))
        reader.add_query(data["collection"], ())
        return Dict({"_id": None})
    if key in _ENDS:
        reader.add_query(data["collection"], data["where"])
        if key in ("update", "set"):
            _stored(reader, data["collection"], _data(first, named, reader))
        if data["document"] is None:
            reader.document(data["collection"])
        return Special("result", data)
    return Special("query", data)


def _data(first: Value, named: dict[str, Value], reader: Reading) -> Value:
    return named.get("data") if "data" in named else reader.get(first, "data") if isinstance(first, Dict) else None


def _stored(reader: Reading, collection: str | Shape, value: Value) -> None:
    """Note the kinds of the values that are stored in documents."""
    for shape in shapes_in(value):
        shape.vote("object")
    if not isinstance(value, Dict):
        return
    document = reader.document(collection)
    for name, item in value.items.items():
        field = _field(document, name)
        for each in item.values if isinstance(item, Several) else (item,):
            if isinstance(each, Known) and each.value is not None:
                field.vote(kind_of_value(each.value), 1)
            elif isinstance(each, Condition):
                _operator(field, each)
            elif isinstance(each, Special) and each.kind in ("number", "date"):
                field.vote(each.kind)
            elif isinstance(each, (List, Dict)):
                field.vote("list" if isinstance(each, List) else "object")
            elif each is reader.caller:
                field.is_with(reader.caller)


def _operator(field: Shape, condition: Condition) -> None:
    name = condition.name
    if name in ("inc", "mul", "min", "max"):
        field.vote("number")
        for shape in (each for arg in condition.args for each in shapes_in(arg)):
            shape.vote("number")
    elif name in ("push", "pull", "addToSet", "unshift", "pop", "shift", "pullAll"):
        field.vote("list")
    elif name == "date":
        field.vote("date")
    elif name == "set":
        field.vote("object", 1)


def _lookup(reader: Reading, data: dict[str, Any], stage: Dict) -> Value:
    names = {key: value.value for key, value in stage.items.items() if isinstance(value, Known)}
    other, local, foreign = names.get("from"), names.get("localField"), names.get("foreignField")
    if isinstance(other, str):
        document = reader.document(other)
        reader.add_query(other, ())
        if isinstance(local, str) and isinstance(foreign, str):
            here = _field(reader.document(data["collection"]), local)
            _field(document, foreign).is_with(here)
    return Special("query", data)


def link(reader: Reading, document: Shape, condition: Dict) -> None:
    """Note what the conditions of a query tell about fields, and about the values that they are compared with."""
    for name, value in condition.items.items():
        field = _field(document, name)
        for each in value.values if isinstance(value, Several) else (value,):
            _link(reader, field, each)


def conditions_in(value: Value) -> list[Dict]:
    """Return the conditions by field in what a query is called with: the first one of alternatives."""
    if isinstance(value, Dict):
        return [value]
    if isinstance(value, Several):
        return [each for one in value.values for each in conditions_in(one)]
    if isinstance(value, Condition) and value.name in ("and", "or"):
        items = [one for arg in value.args for one in (arg.items if isinstance(arg, List) else (arg,))]
        found = [each for one in items for each in conditions_in(one)]
        return found if value.name == "and" else found[:1]
    return []


def _link(reader: Reading, field: Shape, value: Value) -> None:
    if isinstance(value, Shape):
        field.is_with(value)
    elif isinstance(value, Known):
        field.vote(kind_of_value(value.value) if value.value is not None else "string", 1)
    elif isinstance(value, Condition):
        if value.name in ("and", "or"):
            for arg in value.args:
                for each in (arg.element,) if isinstance(arg, List) else (arg,):
                    _link(reader, field, each)
        for arg in value.args:
            for shape in shapes_in(arg):
                if value.name in ("in", "nin", "all"):
                    shape.vote("list")
                    shape.item().is_with(field)
                elif value.name in _COMPARED:
                    shape.is_with(field)
                    if value.name in _NUMERIC:
                        field.vote("number", 1)
                elif value.name == "RegExp":
                    shape.vote("string")
            if value.name == "RegExp":
                field.vote("string")
                for shape in shapes_in(reader.get(arg, "regexp")):
                    shape.vote("string")


def _field(document: Shape, path: str) -> Shape:
    at = document
    for step in path.split("."):
        at = at.item() if step.isdigit() else at.key(step)
    return at


def _route(reader: Reading, router: Special, args: Sequence[Value]) -> Value:
    """A route of tcb-router: the event's `$url` selects it."""
    context = Special("router context", router.data)
    handlers = [each for each in args if isinstance(each, Function)]
    names = args[0]
    url = reader.event.key("$url")
    url.reads.add(())
    routes = [each for each in (names.element.values if isinstance(names, List) and isinstance(names.element, Several)
              else (names.element,) if isinstance(names, List) else (names,)) if isinstance(each, Known)]  # fmt: skip
    if not routes:
        return one_of(*(reader.call(handler, [context]) for handler in handlers))
    results: list[Value] = []
    for handler in handlers:
        for route in routes:
            with reader.under(url, route.value):
                results.append(reader.call(handler, [context]))
    return one_of(*results)
