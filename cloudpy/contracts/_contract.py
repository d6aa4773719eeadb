"""What one cloud-callable API takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ._case import snake

Schema = Mapping[str, Any]
Place = Literal["query", "body", "form", "file"]


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One error code that the API's own page lists; the common codes (-1, 40001, 45009 …) can come from any API."""

    code: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One top-level parameter.

    `name` is what a user gives (camelCase), `wire` what HTTPS expects, `place` where HTTPS expects it. `required` is
    True only where that is sure; `said_required` where a source says so that is not trusted enough to enforce it.
    """

    name: str
    wire: str
    place: Place
    required: bool
    said_required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Contract:
    """All that is known of one API.

    - `name`: the dotted name after `openapi.`; `namespace`: the data file it is kept in
    - `summary`, `summary_zh`: one line each, English and Chinese
    - `account`: who may call; `status`: "current" or what became of it
    - `method`, `path`: of the HTTPS form; `method` is None where no source tells it. `access_token` is not a parameter
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
        """Whether the shape is sure enough that a deviation is a mistake of the caller."""
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
    """Where HTTPS expects the parameter: as said, else the query string of a GET and the JSON body of a POST."""
    said: Place | None = spec.get("in")
    return said or ("query" if method == "GET" else "body")
