"""What `help()` and completion show of the names under ``openapi``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .catalog import Contract, Schema, index
from .descriptions import described, namespace_description


def members(name: str) -> dict[str, bool]:
    """Return the words that may follow a name: ``{"getUnlimited": True}`` for `wxacode`; for all APIs, pass "".

    The value says whether the word completes the name of an API.
    """
    start = f"{name}." if name else ""
    found: dict[str, bool] = {}
    for api in index():
        if api.startswith(start):
            word, _, rest = api.removeprefix(start).partition(".")
            found[word] = found.get(word, False) or not rest
    return found


def parameters(name: str) -> dict[str, bool] | None:
    """Return the parameters of an API, and whether each is required; None when no contract knows any."""
    contract = described(name)
    if contract is None or not contract.known:
        return None
    return {each.name: each.required for each in contract.parameters}


def help_text(name: str) -> str | None:
    """Return the help on an API or a namespace in both languages, or None when neither has this name."""
    contract = described(name)
    if contract is not None:
        return "\n".join(_api(contract))
    inside = members(name)
    if not inside or not name:
        return None
    about = namespace_description(name)
    head = f"{about.zh} — {about.en}." if about else f"{name}.*"
    return "\n".join([head, "", *(f"    {name}.{word}{_summary(f'{name}.{word}')}" for word in inside)])


def _summary(name: str) -> str:
    brief = index().get(name)
    return f"  {brief['summary_zh']} — {brief['summary']}" if brief else ".*"


def _api(contract: Contract) -> Iterator[str]:
    yield f"{contract.summary_zh} — {contract.summary}."
    yield ""
    yield f"HTTPS: {contract.method or ''} {contract.path}".replace("  ", " ")
    yield f"{contract.docs}"
    if contract.status != "current":
        yield f"Status: {contract.status}"
    required = contract.params.get("required", ())
    for title, schema in (("Parameters", contract.params), ("Result", contract.result)):
        rows = list(_fields(schema, required if title == "Parameters" else (), "    "))
        if title == "Result" and contract.binary != "no":
            rows = [f"    contentType, buffer: {contract.content_type or 'the file'}", *rows]
        if rows:
            yield ""
            yield f"{title}:"
            yield from rows
    yield ""
    yield f'config.json: {{"permissions": {{"openapi": ["{contract.name}"]}}}}'


def _fields(schema: Schema, required: Any, indent: str) -> Iterator[str]:
    """Yield a line for each field, those of nested objects below it."""
    for name, spec in schema.get("properties", {}).items():
        need = ", required" if name in required else ""
        words = f": {spec['description_zh']} — {spec['description']}" if "description_zh" in spec else ""
        yield f"{indent}{name} ({_type(spec)}{need}){words}"
        inner = spec.get("items", spec)
        free = inner.get("additionalProperties")
        if isinstance(free, Mapping):
            inner = free
        yield from _fields(inner, inner.get("required", ()) if required != () else (), indent + "    ")


def _type(spec: Schema) -> str:
    if spec.get("in") == "file":
        return "file"
    kinds = spec.get("type", "any")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
