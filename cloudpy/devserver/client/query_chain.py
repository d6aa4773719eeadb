"""Chains of ``wx.cloud.database()``, as data: ``[["collection", ["todos"]], ["where", [{…}]], ["get", []]]``.

A step is a property, ``[name]``, or a call, ``[name, arguments]``. An argument may be a chain, ``{"$chain": […]}``, as
``_.gt(5)`` is, or Extended JSON. The builders of ``cloud.database()`` do the work, so that every check is theirs.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..._client.services.database_base import BaseDatabase
from ..._client.services.database_sync import Aggregate, Collection
from ..._database import ejson_reader, operation
from ..._database.aggregate import AggregateCommand
from ..._database.base import Helpful, invalid, public_names, shown
from ..._database.command import Commands, Condition
from ..._database.operation import Operation
from ..._database.selection import Selection
from ..._database.values import Geometry, RegExp
from ..._wire import answer, jsontext
from ..._wire.suggest import did_you_mean
from ...errors import database_error_for_code, from_gateway
from ...local.backend import Backend
from ...local.http import database as gateway
from ...local.users import Caller

MAX_LIMIT = 20  # documents that a mini program reads at once
_MAX_STEPS = 100
_BUILDERS = (Helpful, Condition, Commands, AggregateCommand, Aggregate)
_READS = ("get", "count", "end", "add", "set", "update", "remove")


def run(backend: Backend, caller: Caller, steps: Any) -> dict[str, Any]:
    """Run a chain for a user and return its result as JSON.

    Raises:
        CloudSDKError: the chain is invalid, or the database rejects it.
    """
    result = _evaluate(_Database(_Session(backend, caller)), steps)
    if not isinstance(result, dict) or "errMsg" not in result:
        raise invalid(f"the chain does not end in a call that reads or writes: end it with {', '.join(_READS)}")
    plain: dict[str, Any] = _plain(result)
    return plain


class _Session:
    """Sends operations to the local WeChat, as the gateway would."""

    throw_on_not_found = True
    options: Mapping[str, Any] = {}

    def __init__(self, backend: Backend, caller: Caller) -> None:
        self._backend = backend
        self._caller = caller

    def send(self, request: Operation) -> Any:
        fields = {**request.params, "action": request.action}
        if request.name == "collection.get":
            fields["limit"] = min(fields["limit"], MAX_LIMIT)
        elif request.name == "collection.add":
            fields["data"] = [self._owned(request.name, text) for text in fields["data"]]
        elif request.name == "document.set":
            fields["data"] = self._owned(request.name, fields["data"])
        env = self._backend.env
        common = {"action": request.action, "envName": env}
        reply, _ = gateway.perform(self._backend, fields, env, self._caller, common)
        if reply.gateway_code:
            details = answer.failure(request.name, from_gateway(reply.gateway_code), reply.message, "")
            raise database_error_for_code(code=reply.gateway_code, api="database", **details)
        if reply.fault:
            raise invalid(f"{request.name}:fail the connection was lost (fault {reply.fault} of local.yaml)")
        value = dict(reply.value or {})
        return request.read(value if request.whole else value.get("data") or {})

    def _owned(self, name: str, document: str) -> str:
        """Return a document with the caller's ``_openid``, which WeChat adds."""
        value = jsontext.parse(document)
        if "_openid" in value:
            raise invalid(f"{name}:fail a mini program must not write _openid: WeChat sets it to the user's openid")
        user = self._caller.user
        return jsontext.stringify({**value, "_openid": user.openid} if user else value)


class _Values(BaseDatabase):
    """What may be an argument: commands and values, not documents."""

    def __init__(self, session: Any = None) -> None:
        self._session = session

    def _missing(self, name: str) -> str:
        return f"a mini program's database has no {name!r} here; {did_you_mean(name, public_names(type(self)))}"


class _Database(_Values):
    """``wx.cloud.database()``."""

    def collection(self, name: str) -> Collection:
        return Collection(self._session, Selection(operation.collection_name(name)))


def _evaluate(value: Any, steps: Any) -> Any:
    if not isinstance(steps, list) or not steps or len(steps) > _MAX_STEPS:
        raise invalid(f"the chain must be a list of 1 to {_MAX_STEPS} steps, got {shown(steps)}")
    for step in steps:
        if not isinstance(step, list) or len(step) not in (1, 2) or not isinstance(step[0], str):
            raise invalid('a step of the chain must be ["property"] or ["method", [arguments]]')
        name, *arguments = step
        value = _attribute(value, name)
        if arguments:
            if not isinstance(arguments[0], list) or not callable(value):
                raise invalid(f"{name} cannot be called with {shown(arguments[0])}")
            given = [_argument(each) for each in arguments[0]]
            try:
                value = value(*given)
            except TypeError as error:
                raise invalid(f"{name}: {error}") from None
    return value


def _attribute(value: Any, name: str) -> Any:
    if not isinstance(value, _BUILDERS):
        raise invalid(f"the chain has ended before {name[:50]!r}")
    if name.startswith("_"):
        raise invalid(f"{name[:50]!r} is not a name of the database")
    try:
        return getattr(value, name)
    except AttributeError as error:
        try:
            return getattr(value, f"{name}_")  # Python's own words: in_, and_, or_, not_
        except AttributeError:
            raise invalid(str(error)) from None


def _argument(value: Any) -> Any:
    if isinstance(value, list):
        return [_argument(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$chain"}:
        return _evaluate(_Values(), value["$chain"])
    if any(key.startswith("$") for key in value):
        return ejson_reader.loads(jsontext.stringify(value), geometries=True)
    return {key: _argument(item) for key, item in value.items()}


def _plain(value: Any) -> Any:
    """Return a result as JSON: dates as ``{"$date": milliseconds}``, places as GeoJSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return {"$date": round(value.timestamp() * 1000)}
    if isinstance(value, Geometry):
        return value.toJSON()
    if isinstance(value, RegExp):
        return {"$regex": value.regexp, "$options": value.options}
    if isinstance(value, (bytes, bytearray)):
        return {"$binary": base64.b64encode(value).decode()}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return str(value)  # a Decimal128, an ObjectId
