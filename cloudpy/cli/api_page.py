"""The pages of ``cloudpy api``: plain text, at most 100 columns wide where words allow it."""

from __future__ import annotations

import json
import pprint
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import i18n
from ..i18n import translated
from .columns import fill, width

if TYPE_CHECKING:
    from cloudpy.contracts import Contract

COLUMNS = 100


def table(rows: Iterable[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """Yield the rows with aligned columns; the last column is cut where the line would be too long."""
    listed = [list(row) for row in rows]
    if not listed:
        return
    widths = [max(width(row[column]) for row in listed) for column in range(len(listed[0]))]
    for row in listed:
        cells = [cell + " " * (widths[column] - width(cell)) for column, cell in enumerate(row[:-1])]
        yield cut(indent + "  ".join([*cells, row[-1]])).rstrip()


def cut(line: str) -> str:
    """Return `line`, shortened to `COLUMNS`."""
    if width(line) <= COLUMNS:
        return line
    while width(line) > COLUMNS - 1:
        line = line[:-1]
    return line + "…"


def listing(rows: Sequence[Mapping[str, str]]) -> str:
    """Return a line for each API: name, Chinese and English summary."""
    return "\n".join(table(((row["name"], f"{row['summary_zh']} · {row['summary']}") for row in rows), indent=""))


def page(contract: Contract) -> str:
    """Return the page of one API, in the language of the user."""
    parameters = translated("Parameters"), *_parameters(contract)
    result = translated("Result (beside errCode and errMsg)"), *_result(contract)
    errors = translated("Errors (common codes such as -1, 40001, 45009 can come from any API)"), *_errors(contract)
    permission = {"permissions": {"openapi": [contract.name]}}
    sections: list[Iterable[str]] = [
        [contract.name, contract.summary_zh, contract.summary, contract.docs],
        list(table(_facts(contract))),
        parameters,
        result,
        errors,
        [translated("Permission, in the function's config.json"), f"  {json.dumps(permission)}"],
        [translated("Call, async (import cloudpy as cloud)"), *_call(contract, "await ")],
        [translated("Call, blocking (import cloudpy.sync as cloud)"), *_call(contract, "")],
    ]
    if contract.notes:
        notes = textwrap.wrap(contract.notes, COLUMNS - 2, initial_indent="  ", subsequent_indent="  ")
        sections.append([translated("Notes"), *notes])
    return "\n\n".join("\n".join(section) for section in sections)


def _facts(contract: Contract) -> Iterator[tuple[str, str]]:
    yield "HTTPS", f"{contract.method or translated('(method not known)')} {contract.path}"
    yield translated("Account"), contract.account
    if contract.status != "current":
        yield translated("Status"), contract.status
    yield translated("Known"), _trust(contract)
    again = "yes, calling twice does no more than calling once"
    yield translated("Repeatable"), translated(again) if contract.repeatable else translated("no")
    if contract.wire_camel_case:
        case = "HTTPS names have capitals; convertCase=False and the names in brackets is the sure way"
        yield translated("Case"), translated(case)


def _trust(contract: Contract) -> str:
    if contract.certain:
        return translated("in full, from an official page")
    if not contract.known:
        return translated("name and path only; parameters are passed on as they are")
    if contract.shape == "from_other_sdk":
        return translated("name and path officially, the shape from another SDK; not enforced")
    return translated("in full, but not from an official page; not enforced")


class _Row:
    """A parameter or a field: its columns, and what it means on the lines below."""

    def __init__(self, cells: Sequence[str], spec: Mapping[str, Any], depth: int) -> None:
        self.cells = cells
        self.spec = spec
        self.depth = depth
        indent = "    " + "  " * depth
        words = spec.get("description_zh" if i18n.current() == "zh" else "description") or spec.get("description", "")
        self.words = [f"{indent}{line}" for line in fill(words, COLUMNS - len(indent))]


def _lines(rows: Sequence[_Row]) -> Iterator[str]:
    for line, row in zip(table([row.cells for row in rows]), rows, strict=True):
        yield line
        yield from row.words


def _parameters(contract: Contract) -> Iterator[str]:
    if not contract.params.get("properties"):
        yield "  " + (translated("none") if contract.certain else translated("none known"))
    seen: dict[int, str] = {}
    rows = []
    for each in contract.parameters:
        need = _need(each.name, contract.params) or translated("optional")
        wire = f" ({each.wire})" if contract.wire_camel_case or "wire" in each.schema else ""
        default = f", default {json.dumps(each.schema['default'])}" if "default" in each.schema else ""
        rows.append(_Row((each.name, kind(each.schema), need, f"{each.place}{wire}{default}"), each.schema, 0))
        rows += _members(each.schema, each.name, 1, seen)
    yield from _lines(rows)


def _need(name: str, schema: Mapping[str, Any]) -> str:
    if name in schema.get("required", ()):
        return translated("required")
    return translated("said required") if name in schema.get("saidRequired", ()) else ""


def _result(contract: Contract) -> Iterator[str]:
    properties = contract.result.get("properties", {})
    if contract.binary != "no":
        rows = [("contentType", "string", contract.content_type or ""), ("buffer", "bytes", translated("the file"))]
        yield from table(rows)
    if contract.binary == "maybe":
        others = "or, in other cases:" if properties else "or, in other cases, an object"
        yield f"  {translated(others)}"
    seen: dict[int, str] = {}
    fields = []
    for name, spec in properties.items():
        fields.append(_Row((name, kind(spec)), spec, 0))
        fields += [_Row(row.cells[:2], row.spec, row.depth) for row in _members(spec, name, 1, seen)]
    yield from _lines(fields)
    if not properties and contract.binary == "no":
        yield "  " + (translated("nothing") if contract.known else translated("not known"))


def kind(spec: Mapping[str, Any]) -> str:
    """Return the type of a value in a few words."""
    if spec.get("in") == "file":
        return "file"
    types = spec.get("type", "any")
    if types == "array":
        return f"list of {kind(spec['items'])}" if spec.get("items") else "list"
    text = " or ".join(types) if isinstance(types, list) else types
    if "enum" in spec:
        text += f" ({', '.join(str(each) for each in spec['enum'])})"
    return f"{text} or JSON text" if spec.get("jsonText") else text


def _members(spec: Mapping[str, Any], path: str, depth: int, seen: dict[int, str]) -> Iterator[_Row]:
    """Yield the rows of the members of a value; a shape that was shown before is only named."""
    inner = spec.get("items", spec)
    free = inner.get("additionalProperties")
    indent = "  " * depth
    if isinstance(free, Mapping):
        yield _Row((f"{indent}(each key)", kind(free), "", ""), {}, depth)
        inner, depth = free, depth + 1
        indent = "  " * depth
    properties = inner.get("properties")
    if not properties:
        return
    if id(properties) in seen:
        yield _Row((f"{indent}(as in {seen[id(properties)]})", "", "", ""), {}, depth)
        return
    seen[id(properties)] = path
    for name, member in properties.items():
        yield _Row((f"{indent}{name}", kind(member), _need(name, inner), ""), member, depth)
        yield from _members(member, f"{path}.{name}", depth + 1, seen)


def _errors(contract: Contract) -> Iterator[str]:
    if not contract.errors:
        yield f"  {translated('none listed')}"
    yield from table((f"{error.code:>7}", error.meaning) for error in contract.errors)


def _call(contract: Contract, wait: str) -> list[str]:
    if contract.example_params is None:
        return [f"  result = {wait}cloud.openapi.{contract.name}({{…}})"]
    params = contract.example_params
    call = f"result = {wait}cloud.openapi.{contract.name}("
    one_line = f"  {call}{_literal(params)})" if params else f"  {call})"
    if width(one_line) <= COLUMNS:
        return [one_line]
    # pprint counts characters; Chinese ones are wide, so room is left for them.
    lines = pprint.pformat(_shown(params), width=COLUMNS - 16, sort_dicts=False).splitlines()
    return [f"  {call}", *(f"      {line}" for line in lines), "  )"]


class _Photo:
    """A placeholder for the bytes of a file in an example."""

    def __repr__(self) -> str:
        return 'open("photo.png", "rb").read()'


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return _Photo()
    if isinstance(value, Mapping):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return value


def _literal(value: Any) -> str:
    return repr(_shown(value))
