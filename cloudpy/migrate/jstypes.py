"""Types of JavaScript values, as far as the source shows them: sets of words, and the types of what is called.

``lit`` is an integer from 0 to 2**31, such as a literal, a length or an index; ``nat`` is a sum of such integers;
``int`` the same with a sign, -0 among them, which only a division by it tells from 0; ``real`` a finite number;
``dec`` a number from outside, of which NaN is false in Python, too; ``num`` any number, including NaN and -0.
``ascii`` is a string of ASCII characters; ``strs`` a list of strings. ``obj`` is an object; ``rec`` one from outside
(the event, a document), in which a missing key reads as undefined; ``recs`` a list of those, ``data`` a list of
anything from outside. Unlike ``obj`` and ``arr``, these three are true in Python even when they are empty; ``docs``
and ``items`` are lists of the same that the program has made. ``inst`` is an instance of a class of the program.
``db``, ``cmd`` (a command, or what creates commands), ``query`` (also a collection), ``doc``, ``stages`` and ``tx``
are the objects of the database; ``next`` is the function that calls the next handler of a router.
"""

from __future__ import annotations

JsType = frozenset[str]
# What a program hands to functions: the text of their file, the byte where one begins, the place of a parameter
Handed = frozenset[tuple[str, int, int, JsType]]


def js_type(words: str) -> JsType:
    """Return the type with these words."""
    return frozenset(words.split())


def math_type(name: str, kinds: list[JsType]) -> JsType:
    """Return what a function of ``Math`` gives for arguments of these types."""
    if not kinds or not all(kind <= js_type("lit nat int real") for kind in kinds):
        return js_type("num")
    if name in ("Math.floor", "Math.ceil", "Math.trunc", "Math.round"):
        return js_type("int")
    if name not in ("Math.abs", "Math.max", "Math.min"):
        return js_type("num")
    return js_type("real" if any("real" in kind for kind in kinds) else "int") if all(kinds) else NOTHING


NOTHING: JsType = frozenset()
NUMBERS = js_type("lit nat int real dec num")
WHOLE = js_type("lit nat int")
TEXTS = js_type("ascii str")
# Python calculates with them as JavaScript does
COUNTED = NUMBERS | {"bool"}
# Python's text of them is JavaScript's
SHOWN = TEXTS | WHOLE | {"undef"}
NIL = js_type("undef null")
LISTS = js_type("arr strs recs docs data items")
OBJECTS = js_type("obj rec")
# Python's ``for`` goes through them as ``forEach`` and ``of``, or raises a TypeError as JavaScript does
LOOPED = LISTS | NIL | NUMBERS | js_type("bool date err fn regex promise")
# What a record holds, where the program has put nothing into it
JSON = js_type("undef null bool dec str rec data")
# Of these values only strings have methods of strings, in JavaScript as in Python: the others raise in both
TEXT_OWNERS = JSON | LISTS | NUMBERS | js_type("ascii obj fn err date")
RECS = js_type("recs docs")
ITEMS = js_type("data items")
# What filter() and slice() make of a list
PART_OF = {"recs": "docs", "data": "items"}
# Brackets read them as in JavaScript; of nothing they raise a TypeError in both
RECORD = js_type("rec undef null")
# A key of them is undefined, or an error in both; brackets raise a TypeError
READABLE = NIL | NUMBERS | TEXTS | LISTS | js_type("bool rec date bytes regex")
# Python's truth of them is JavaScript's
PLAIN_TRUTH = js_type("undef null bool lit nat int real dec ascii str fn err inst rec recs data date")
DATABASE = js_type("db cmd query doc stages tx")
# Objects that Node and npm packages make: packages/tables.py has their methods
HOSTS = js_type("hash cipher signature request reply url params stats words sealed redis pipeline book bookfile")
HOSTS |= js_type("sheet row cell mailer xml sqlpool sqlconn picture pictureinfo dom nodes node pagevalues")
# Days of date packages, those that may be none, and those that were moved to another zone
DAYS = js_type("dayjs moment invalid zoned")
ALWAYS_TRUE = LISTS | DATABASE | HOSTS | DAYS | js_type("obj rec fn err inst date bytes regex map set promise router")
# Without promises: nobody keeps those in data
ANY = NIL | NUMBERS | TEXTS | LISTS | DAYS | js_type("bool obj rec fn err inst date bytes regex map set module")
CALLED = ANY | HOSTS | {"promise"}
# They go into JSON as they are, whatever is inside them
METHOD_RESULTS: dict[str, JsType] = {
    **dict.fromkeys(
        ["trim", "trimStart", "trimEnd", "toUpperCase", "toLowerCase", "substring", "substr", "charAt", "padStart"],
        js_type("str"),
    ),
    **dict.fromkeys(
        ["padEnd", "repeat", "join", "replace", "replaceAll", "normalize", "toLocaleUpperCase"], js_type("str")
    ),
    **dict.fromkeys(["toFixed", "toISOString", "toPrecision"], js_type("ascii")),
    **dict.fromkeys(["map", "filter", "flat", "flatMap", "splice", "reverse", "sort", "fill"], js_type("arr")),
    **dict.fromkeys(["toSorted", "toReversed", "toSpliced", "with"], js_type("arr")),
    **dict.fromkeys(["startsWith", "endsWith", "some", "every", "test", "includes", "hasOwnProperty"], js_type("bool")),
    **dict.fromkeys(["indexOf", "lastIndexOf", "findIndex", "findLastIndex", "search"], js_type("int")),
    **dict.fromkeys(
        ["getTime", "getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getSeconds"],
        js_type("num"),
    ),
    **dict.fromkeys(["charCodeAt", "getMilliseconds", "getTimezoneOffset", "valueOf"], js_type("num")),
    "localeCompare": js_type("int"),
    "split": js_type("strs"),
    "forEach": js_type("undef"),
    "push": js_type("nat"),
    "unshift": js_type("nat"),
    "match": js_type("arr null"),
    "exec": js_type("arr null"),
}
COLLECTIONS = js_type("map set")
COLLECTION_RESULTS = {"has": js_type("bool"), "delete": js_type("bool"), "clear": js_type("undef")}
FUNCTION_RESULTS: dict[str, JsType] = {
    **dict.fromkeys(["Error", "TypeError", "RangeError"], js_type("err")),
    "String": js_type("str"),
    "Number": js_type("num"),
    "Boolean": js_type("bool"),
    "parseInt": js_type("num"),
    "parseFloat": js_type("num"),
    "isNaN": js_type("bool"),
    "isFinite": js_type("bool"),
    "encodeURIComponent": js_type("ascii"),
    "encodeURI": js_type("ascii"),
    "decodeURIComponent": js_type("str"),
    "Object.keys": js_type("strs"),
    "Object.values": js_type("arr"),
    "Object.entries": js_type("arr"),
    "Object.fromEntries": js_type("obj"),
    "Array.isArray": js_type("bool"),
    "Array.from": js_type("arr"),
    "Array": js_type("arr"),
    "Array.of": js_type("arr"),
    "JSON.stringify": js_type("str undef"),
    "JSON.parse": js_type("null bool dec str rec data"),
    "Date.now": js_type("nat"),
    "Date.today": js_type("date"),
    "Date.UTC": js_type("num"),
    "Date.parse": js_type("num"),
    "Number.isInteger": js_type("bool"),
    "Number.isNaN": js_type("bool"),
    "Number.isFinite": js_type("bool"),
    "Number.isSafeInteger": js_type("bool"),
    "crypto.randomUUID": js_type("ascii"),
    "Buffer.from": js_type("bytes"),
    "Buffer.alloc": js_type("bytes"),
    "Buffer.concat": js_type("bytes"),
    "atob": js_type("str"),
    "btoa": js_type("ascii"),
    "Buffer.isBuffer": js_type("bool"),
    "Math.random": js_type("real"),
    "String.fromCharCode": js_type("str"),
}


# Steps of a query that give another, and calls that are sent: their results, key by key
QUERY_STEPS: dict[str, dict[str, JsType]] = {
    "db": {"collection": js_type("query"), "serverDate": js_type("cmd"), "RegExp": js_type("cmd")},
    "tx": {"collection": js_type("query")},
    "query": {
        "doc": js_type("doc"),
        "aggregate": js_type("stages"),
        **dict.fromkeys(["where", "orderBy", "limit", "skip", "field"], js_type("query")),
    },
    "doc": {"field": js_type("doc")},
}
_UPDATED = {"stats": js_type("rec"), "stats.updated": js_type("lit")}
_REMOVED = {"stats": js_type("rec"), "stats.removed": js_type("lit")}
SENT: dict[str, dict[str, dict[str, JsType]]] = {
    "db": {"createCollection": {}, "startTransaction": {}, "runTransaction": {}},
    "tx": {"commit": {}, "rollback": {}},
    "query": {
        "get": {"data": js_type("recs")},
        "count": {"total": js_type("lit")},
        "add": {"_id": js_type("str")},
        "update": _UPDATED,
        "remove": _REMOVED,
    },
    "doc": {"get": {"data": js_type("rec null")}, "set": {}, "update": _UPDATED, "remove": _REMOVED},
    "stages": {"end": {"list": js_type("recs")}},
}


def handed_to(file: str, handed: Handed) -> dict[tuple[int, int], JsType]:
    """Return what is handed to the functions of the file with this text: where a function begins, and the place."""
    result: dict[tuple[int, int], JsType] = {}
    for text, start, place, type_ in handed:
        if text == file:
            result[start, place] = result.get((start, place), NOTHING) | type_
    return result


_COMPARED_ALIKE = NIL | NUMBERS | TEXTS | {"bool", "fn"}
_MAYBE_NAN = js_type("num dec")


def is_open(type_: JsType) -> bool:
    """Whether a value may be anything: it is from outside, or nothing is known of it."""
    return bool(type_ & NUMBERS and type_ & TEXTS and type_ & OBJECTS)


def may_be_own_bool(type_: JsType) -> bool:
    """Whether the program itself gives `false` for an object; from outside a number or a string may come, too."""
    return "bool" in type_ and not type_ & (NUMBERS | TEXTS)


# Array methods that call what they are given at once, with (item, index, array)
EACH = {"map", "filter", "forEach", "some", "every", "find", "findIndex", "flatMap"}


def are_compared_alike(one: JsType, other: JsType) -> bool:
    """Whether Python finds a value among others as JavaScript does: no object by its content, no True as 1, no NaN."""
    if not one or not other or not (one <= _COMPARED_ALIKE or other <= _COMPARED_ALIKE):
        return False
    is_mixed = (one & {"bool"} and other & NUMBERS) or (other & {"bool"} and one & NUMBERS)
    return not is_mixed and not (one & _MAYBE_NAN and other & _MAYBE_NAN)
