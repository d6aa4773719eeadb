"""The quick check of a schema agrees with jsonschema, which is imported only for files that do not fit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy import local
from cloudpy.contracts.schema import is_surely_valid

PACKAGE = Path(local.__file__).parents[1]
SCHEMAS = {
    path.name: json.loads(path.read_text("utf-8"))
    for path in (
        PACKAGE / "local" / "local.schema.json",
        PACKAGE / "compare" / "events.schema.json",
        PACKAGE / "compare" / "compare.schema.json",
    )
}
SCALARS = st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([1.0, 2.5, 1e400, -0.5, "", "x" * 150])


def words(schema: Any) -> set[str]:
    """Return every key and string of a schema."""
    if isinstance(schema, dict):
        return {word for key, value in schema.items() for word in {key} | words(value)}
    if isinstance(schema, list):
        return {word for value in schema for word in words(value)}
    return {schema} if isinstance(schema, str) else set()


def documents(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = sorted(words(schema))
    keys = st.sampled_from(known) | st.text(max_size=3)
    return st.recursive(
        SCALARS | keys,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


def examples(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that mostly fit a schema."""
    if "$ref" in schema:
        return examples(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if "anyOf" in schema:
        return st.one_of([examples(part, definitions) for part in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    types = schema.get("type", "string")
    kind = types if isinstance(types, str) else types[0]
    if kind == "object":
        properties = schema.get("properties", {})
        parts = {key: examples(part, definitions) for key, part in properties.items() if "anyOf" not in part}
        required = {key: parts.pop(key) for key in schema.get("required", ()) if key in parts}
        return st.fixed_dictionaries(required, optional=parts)
    if kind == "array":
        return st.lists(examples(schema.get("items", {}), definitions), max_size=2)
    return {"string": st.text(max_size=4), "boolean": st.booleans()}.get(kind, st.integers(-1, 9) | st.just(1.0))


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(SCHEMAS))
@settings(deadline=None)
@given(data=st.data())
def test_it_agrees_with_jsonschema(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    definitions = schema.get("$defs", {})
    value = data.draw(documents(schema) | examples(schema, definitions))
    valid = jsonschema.Draft202012Validator(schema).is_valid(value)
    quick = is_surely_valid(value, schema, definitions)
    assert valid or not quick, value
    assert quick or not valid or "1.0" in json.dumps(value), value


def test_an_unknown_keyword_is_left_to_jsonschema() -> None:
    assert is_surely_valid("a", {"type": "string", "description": "…"}, {})
    assert not is_surely_valid("a", {"type": "string", "pattern": "a"}, {})


def test_a_valid_file_needs_no_jsonschema() -> None:
    file = Path(__file__).parents[2] / "examples" / "get_open_data" / "local.yaml"
    program = f"import sys; from cloudpy.local import load; load({str(file)!r}); print('jsonschema' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert "False\n" == done.stdout
