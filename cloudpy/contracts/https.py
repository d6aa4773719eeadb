"""The HTTPS form of an API: place and name of each parameter, in both directions.

Values are passed on unchanged; the transport encodes them as query, JSON or multipart form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._wire.case import camel, snake
from .catalog import Schema, get, placement

_NONE: Schema = {}


@dataclass(frozen=True, slots=True)
class HttpsRequest:
    """A call in its HTTPS form, with the HTTPS names; without `access_token`.

    `query`, `body` (JSON), `form` (text fields of a multipart form) and `files` (its files, each as it was passed:
    `{"contentType": str, "value": bytes}`) are empty where nothing goes there. With `files`, `body` is empty: its
    parameters are in `form`.
    """

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def https_request(name: str, params: Mapping[str, Any], *, convert_case: bool = True) -> HttpsRequest | None:
    """Return the HTTPS form of a call of the API `name`, or None when no contract has its path.

    `params` are as for `check_params`. A parameter that the contract does not list goes to the query of a GET or
    the body of a POST.
    """
    contract = get(name)
    if contract is None:
        return None
    request = HttpsRequest(contract.method or "POST", contract.path)
    properties: Mapping[str, Schema] = contract.params.get("properties", {})
    by_fold = {(snake(key) if convert_case else _wire(key, spec)): (key, spec) for key, spec in properties.items()}
    places = {"query": request.query, "body": request.body, "form": request.form}
    for given, value in params.items():
        key, spec = by_fold.get(snake(given) if convert_case else given, (given, _NONE))
        wire = (_wire(key, spec) if spec else snake(given)) if convert_case else given
        if is_file(value):
            request.files[wire] = value
        else:
            sent = _to_wire(spec, value) if convert_case else value
            places.get(placement(contract.method, spec), request.body)[wire] = sent
    if request.files:
        request.form.update(request.body)
        request.body.clear()
    return request


def camel_params(name: str, wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters in HTTPS form (query, body, form and files together) as a program passes them to cloud call."""
    contract = get(name)
    made: dict[str, Any] = _from_wire(contract.params if contract else _NONE, wire)
    return made


def wire_reply(name: str, reply: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON result in its HTTPS form; errCode and errMsg become errcode and errmsg."""
    contract = get(name)
    made: dict[str, Any] = _to_wire(contract.result if contract else _NONE, reply)
    return {{"err_code": "errcode", "err_msg": "errmsg"}.get(key, key): value for key, value in made.items()}


def is_file(value: Any) -> bool:
    """Whether a parameter's value is a file; cloud call recognises files by their shape."""
    return (
        isinstance(value, Mapping)
        and ("contentType" in value or "content_type" in value)
        and isinstance(value.get("value"), bytes | bytearray | memoryview)
    )


def _wire(key: str, spec: Schema) -> str:
    said: str = spec.get("wire", snake(key))
    return said


def _to_wire(spec: Schema, value: Any) -> Any:
    properties: Mapping[str, Schema] = spec.get("properties", _NONE)
    by_fold = {snake(key): _wire(key, member) for key, member in properties.items()}
    by_wire = {snake(key): member for key, member in properties.items()}

    def rename(key: str) -> tuple[str, Schema]:
        return by_fold.get(snake(key), snake(key)), by_wire.get(snake(key), _NONE)

    return _renamed(spec, value, rename, _to_wire)


def _from_wire(spec: Schema, value: Any) -> Any:
    properties: Mapping[str, Schema] = spec.get("properties", _NONE)
    by_wire = {_wire(key, member): key for key, member in properties.items()}

    def rename(key: str) -> tuple[str, Schema]:
        name = by_wire.get(key, camel(key))
        return name, properties.get(name, _NONE)

    return _renamed(spec, value, rename, _from_wire)


def _renamed(
    spec: Schema, value: Any, rename: Callable[[str], tuple[str, Schema]], deeper: Callable[[Schema, Any], Any]
) -> Any:
    """Return `value` with the keys of its objects renamed; files are unchanged."""
    if isinstance(value, Mapping) and not is_file(value):
        free = spec.get("additionalProperties")
        renamed = {}
        for key, each in value.items():
            name, member = rename(str(key))
            renamed[name] = deeper(member or (free if isinstance(free, Mapping) else _NONE), each)
        return renamed
    if isinstance(value, list | tuple):
        return [deeper(spec.get("items", _NONE), each) for each in value]
    return value
