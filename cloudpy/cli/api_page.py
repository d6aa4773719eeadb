"""The pages of ``cloudpy api``: plain text, at most 100 columns wide where words allow it."""

from __future__ import annotations

import json
import pprint
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .columns import width

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
    """Return the page of one API."""
    sections = [
        [contract.name, contract.summary_zh, contract.summary],
        list(table(_facts(contract))),
        ["Parameters", *(table(_parameters(contract)) if contract.params.get("properties") else [_none(contract)])],
        ["Result (beside errCode and errMsg)", *_result(contract)],
        ["Errors (common codes such as -1, 40001, 45009 can come from any API)", *_errors(contract)],
        ["Permission, in the function's config.json", f'  {{"permissions": {{"openapi": ["{contract.name}"]}}}}'],
        ["Call, async (import cloudpy as cloud)", *_call(contract, "await ")],
        ["Call, blocking (import cloudpy.sync as cloud)", *_call(contract, "")],
    ]
    if contract.notes:
        sections.append(
            ["Notes", *textwrap.wrap(contract.notes, COLUMNS - 2, initial_indent="  ", subsequent_indent="  ")]
        )
    return "\n\n".join("\n".join(section) for section in sections)


def _facts(contract: Contract) -> Iterator[tuple[str, str]]:
    yield "HTTPS", f"{contract.method or '(method not known)'} {contract.path}"
    yield "Account", contract.account
    if contract.status != "current":
        yield "Status", contract.status
    yield "Known", _trust(contract)
    yield "Repeatable", "yes, calling twice does no more than calling once" if contract.repeatable else "no"
    if contract.wire_camel_case:
        yield "Case", "HTTPS names have capitals; convertCase=False and the names in brackets is the sure way"


def _trust(contract: Contract) -> str:
    if contract.certain:
        return "in full, from an official page"
    if not contract.known:
        return "name and path only; parameters are passed on as they are"
    if contract.shape == "from_other_sdk":
        return "name and path officially, the shape from another SDK; not enforced"
    return "in full, but not from an official page; not enforced"


def _none(contract: Contract) -> str:
    return "  none" if contract.certain else "  none known"


def _parameters(contract: Contract) -> Iterator[tuple[str, str, str, str]]:
    seen: dict[int, str] = {}
    for each in contract.parameters:
        need = "required" if each.required else "said required" if each.said_required else "optional"
        wire = f" ({each.wire})" if contract.wire_camel_case or "wire" in each.schema else ""
        default = f", default {json.dumps(each.schema['default'])}" if "default" in each.schema else ""
        note = f": {each.schema['description']}" if "description" in each.schema else ""
        yield each.name, kind(each.schema), need, f"{each.place}{wire}{default}{note}"
        yield from _members(each.schema, each.name, "  ", seen)


def _result(contract: Contract) -> Iterator[str]:
    if contract.binary != "no":
        rows = [("contentType", "string", contract.content_type or ""), ("buffer", "bytes", "the file")]
        yield from table(rows)
    if contract.binary == "maybe":
        yield "  or, in other cases:" if contract.result.get("properties") else "  or, in other cases, an object"
    properties = contract.result.get("properties", {})
    seen: dict[int, str] = {}
    rows = []
    for name, spec in properties.items():
        rows.append((name, kind(spec), spec.get("description", "")))
        rows += [(inner, type_, note) for inner, type_, _, note in _members(spec, name, "  ", seen)]
    yield from table(rows)
    if not properties and contract.binary == "no":
        yield "  nothing" if contract.known else "  not known"


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


def _members(
    spec: Mapping[str, Any], path: str, indent: str, seen: dict[int, str]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the members of a value; a shape that was shown before is only named."""
    inner = spec.get("items", spec)
    free = inner.get("additionalProperties")
    if isinstance(free, Mapping):
        yield f"{indent}(each key)", kind(free), "", ""
        inner, indent = free, indent + "  "
    properties = inner.get("properties")
    if not properties:
        return
    if id(properties) in seen:
        yield f"{indent}(as in {seen[id(properties)]})", "", "", ""
        return
    seen[id(properties)] = path
    required, said = inner.get("required", ()), inner.get("saidRequired", ())
    for name, member in properties.items():
        need = "required" if name in required else "said required" if name in said else ""
        yield f"{indent}{name}", kind(member), need, member.get("description", "")
        yield from _members(member, f"{path}.{name}", indent + "  ", seen)


def _errors(contract: Contract) -> Iterator[str]:
    if not contract.errors:
        yield "  none listed"
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
