"""What parameters and result fields mean, in English and Chinese; read on request, never by a call.

The files in `descriptions` are beside those in `data`, and are not deployed. `descriptions.schema.json` describes them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .catalog import Contract, Schema, get, namespace_of, parse

FOLDER = Path(__file__).with_name("descriptions")


@dataclass(frozen=True, slots=True)
class Description:
    """One line in English and one in Chinese."""

    en: str
    zh: str


def described(name: str) -> Contract | None:
    """Return the contract of an API, with descriptions in its schemas, or None when the API is unknown.

    It is as `get()` returns it, but every parameter and result field that has a description has two more keys:
    ``description`` (English) and ``description_zh`` (Chinese), at any depth.
    """
    contract = get(name)
    if contract is None:
        return None
    file = _file(contract.namespace)
    own: Mapping[str, Any] = file.get(name, {})
    shared: Mapping[str, Any] = file.get("shared", {})
    return replace(
        contract,
        params=_Describer(own.get("params", {}), shared).schema(contract.params),
        result=_Describer(own.get("result", {}), shared).schema(contract.result),
    )


def namespace_description(namespace: str) -> Description | None:
    """Return what a namespace (`wxacode`, `officialAccount.user`) is for, or None."""
    found = _file(namespace_of(f"{namespace}.any")).get("namespace")
    return Description(**found) if found else None


def fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield the path and the schema of each field at any depth: `dataList`, `dataList.json`, `data.*.value`.

    The elements of a list have the path of the list; `*` is any key of a map.
    """
    for key, spec in schema.get("properties", {}).items():
        where = f"{path}.{key}" if path else key
        yield where, spec
        yield from fields(spec, where)
    if "items" in schema:
        yield from fields(schema["items"], path)
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from fields(schema["additionalProperties"], f"{path}.*" if path else "*")


class _Describer:
    """Adds descriptions to the schemas of one API; a shape that is used twice is described where it is first."""

    def __init__(self, own: Mapping[str, Any], shared: Mapping[str, Any]) -> None:
        self._own = own
        self._shared = shared
        self._seen: dict[int, Schema] = {}

    def schema(self, schema: Schema, path: str = "") -> Schema:
        """Return a schema with the descriptions of the fields below `path`."""
        if id(schema) not in self._seen:
            self._seen[id(schema)] = self._inside(schema, path)
        return self._seen[id(schema)]

    def _inside(self, schema: Schema, path: str) -> Schema:
        described: dict[str, Any] = dict(schema)
        if "properties" in schema:
            described["properties"] = {
                key: self._field(spec, f"{path}.{key}" if path else key) for key, spec in schema["properties"].items()
            }
        if "items" in schema:
            described["items"] = self.schema(schema["items"], path)
        free = schema.get("additionalProperties")
        if isinstance(free, Mapping):
            described["additionalProperties"] = self.schema(free, f"{path}.*" if path else "*")
        return described

    def _field(self, spec: Schema, path: str) -> Schema:
        found = self._own.get(path) or self._shared.get(path.rpartition(".")[2])
        words = {"description": found["en"], "description_zh": found["zh"]} if found else {}
        return {**self.schema(spec, path), **words}


@functools.cache
def _file(namespace: str) -> Mapping[str, Any]:
    """Return the parsed file of a namespace, or an empty one when it does not exist."""
    path = FOLDER / f"{namespace}.yaml"
    return parse(path.read_text("utf-8")) or {} if path.exists() else {}
