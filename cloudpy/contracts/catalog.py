"""The catalog of cloud-callable APIs: their contracts, read from one YAML file per namespace.

Only the block of an API is parsed, not the whole file: the largest file describes 48 APIs, of which a program calls two
or three. `index.json` (written by scripts/contract_index.py) has what needs no contract.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .._wire.case import snake

DATA = Path(__file__).with_name("data")

_TOP_KEY = re.compile(r"^([A-Za-z][\w.]*):", re.MULTILINE)

Schema = Mapping[str, Any]
Place = Literal["query", "body", "form", "file"]


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """An error code on the API's own page; common codes (-1, 40001, 45009 …) may come from any API."""

    code: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One top-level parameter.

    `name` is the camelCase name, `wire` the HTTPS name, `place` its place in an HTTPS request. `required` is True only
    where that is certain; `said_required` where a source says so that is not reliable enough to enforce it.
    """

    name: str
    wire: str
    place: Place
    required: bool
    said_required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of one API.

    - `name`: the dotted name after `openapi.`; `namespace`: the data file it is kept in
    - `summary`, `summary_zh`: one line each, English and Chinese
    - `account`: who may call; `status`: "current" or what became of it
    - `method`, `path`: of the HTTPS form; `method` is None where no source tells it. `access_token` is not a parameter
    - `docs`: WeChat's page about it, or the page of its namespace
    - `params`: JSON Schema of the parameters in camelCase. Beside the schema's own words a property may carry `in`
      (query, body, form, file), `wire` (when it is not the snake_case of its name), `saidRequired`, `jsonText`
    - `result`: JSON Schema of the result in camelCase, without errCode and errMsg
    - `binary`: "no" (JSON), "yes" ({contentType, buffer}) or "maybe" (either); `content_type` of a usual binary answer
    - `errors`: the codes its page lists
    - `repeatable`: True when calling twice does no more than calling once; False when in doubt
    - `example_params`, `example_reply`: an example of each, or None where no shape is known
    - `shape`: "full", "from_other_sdk" (nobody official described it) or "name_and_path_only"
    - `verified`: seen in an official page; `verified_parts` says which parts were, when not all
    - `wire_camel_case`: parameters whose HTTPS names have capitals; whether the gateway maps them back is unknown,
      so `convertCase=False` is the sure way. `convert_case_false_in_docs`: the official example does that
    - `min_sdk`: the lowest wx-server-sdk that has it; `notes`, `source`: what else is known, and from where
    """

    name: str
    namespace: str
    summary: str
    summary_zh: str
    account: str
    status: str
    method: str | None
    path: str
    docs: str
    params: Schema
    result: Schema
    binary: Literal["no", "yes", "maybe"]
    content_type: str | None
    errors: tuple[ErrorCode, ...]
    repeatable: bool
    example_params: Mapping[str, Any] | None
    example_reply: Mapping[str, Any] | None
    shape: Literal["full", "from_other_sdk", "name_and_path_only"]
    verified: bool
    verified_parts: tuple[str, ...]
    wire_camel_case: tuple[str, ...]
    convert_case_false_in_docs: bool
    min_sdk: str
    notes: str | None
    source: tuple[str, ...] = field(repr=False)

    @property
    def certain(self) -> bool:
        """Whether the shape is so certain that a deviation is the caller's mistake."""
        return self.shape == "full" and self.verified

    @property
    def known(self) -> bool:
        """Whether any shape is known at all."""
        return self.shape != "name_and_path_only"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The top-level parameters, in the order of the documentation."""
        required = self.params.get("required", ())
        said = self.params.get("saidRequired", ())
        return tuple(
            Parameter(
                name, spec.get("wire", snake(name)), placement(self.method, spec), name in required, name in said, spec
            )
            for name, spec in self.params.get("properties", {}).items()
        )


def placement(method: str | None, spec: Schema) -> Place:
    """Return the place of a parameter in an HTTPS request; by default the query of a GET, the JSON body of a POST."""
    said: Place | None = spec.get("in")
    return said or ("query" if method == "GET" else "body")


@functools.cache
def index() -> Mapping[str, Mapping[str, str]]:
    """Return ``{name: {"path", "summary", "summary_zh"}}`` of all APIs, by namespace and in the order of the file."""
    loaded: dict[str, dict[str, str]] = json.loads((DATA / "index.json").read_text("utf-8"))
    return loaded


def names() -> tuple[str, ...]:
    """Return the dotted names of all cloud-callable APIs, such as `cloudbase.getOpenData`."""
    return tuple(index())


def namespace_of(name: str) -> str:
    """Return the data file of an API: its first word, with the family for official accounts."""
    words = name.split(".")
    return ".".join(words[:2]) if words[0] == "officialAccount" and len(words) > 2 else words[0]


def namespaces() -> tuple[str, ...]:
    """Return the namespaces, in the order of `names()`."""
    return tuple(dict.fromkeys(namespace_of(name) for name in index()))


def at_path(path: str) -> tuple[str, ...]:
    """Return the names of the APIs at an HTTPS path such as `/wxa/getopendata`; some have aliases."""
    return tuple(name for name, brief in index().items() if brief["path"] == path)


def parse(text: str) -> Any:
    """Parse YAML, with libyaml where available (ten times faster)."""
    import yaml

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@functools.cache
def blocks(namespace: str) -> Mapping[str, str]:
    """Return the YAML of each API of one data file, by name."""
    text = (DATA / f"{namespace}.yaml").read_text("utf-8")
    starts = list(_TOP_KEY.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {start[1]: text[start.start() : end] for start, end in zip(starts, ends, strict=True)}


@functools.lru_cache(maxsize=512)
def get(name: str) -> Contract | None:
    """Return the contract of the API `name` (without `openapi.`), or None when unknown. Case matters."""
    if name not in index():
        return None
    return contract(name, parse(blocks(namespace_of(name))[name])[name])


def contract(name: str, entry: Mapping[str, Any]) -> Contract:
    """Return an entry of a data file, which obeys schema.json, as a Contract."""
    example = entry.get("example", {})
    binary = entry.get("binary", False)
    return Contract(
        name=name,
        namespace=namespace_of(name),
        summary=entry["summary"],
        summary_zh=entry["summary_zh"],
        account=entry["account"],
        status=entry.get("status", "current"),
        method=entry["https"]["method"],
        path=entry["https"]["path"],
        docs=entry["docs"],
        params=entry.get("params", {}),
        result=entry.get("result", {}),
        binary="yes" if binary is True else "maybe" if binary else "no",
        content_type=entry.get("content_type"),
        errors=tuple(ErrorCode(error["code"], error["meaning"]) for error in entry.get("errors", ())),
        repeatable=entry["repeatable"],
        example_params=example.get("params"),
        example_reply=example.get("reply"),
        shape=entry.get("shape", "full"),
        verified=entry["verified"],
        verified_parts=tuple(entry.get("verified_parts", ())),
        wire_camel_case=tuple(entry.get("wire_camel_case", ())),
        convert_case_false_in_docs=entry.get("convert_case_false_in_docs", False),
        min_sdk=entry.get("min_sdk", "0.4.0"),
        notes=entry.get("notes"),
        source=tuple(entry["source"]),
    )


@functools.cache
def refusals() -> Mapping[str, Mapping[str, str]]:
    """Return ``{api: {"method", "path", "hint"?}}`` of the server APIs that cloud call does not offer."""
    loaded: list[dict[str, str]] = parse((DATA / "not_callable.yaml").read_text("utf-8"))
    return {entry["api"]: entry for entry in reversed(loaded)}
