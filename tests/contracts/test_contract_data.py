"""The data files: each obeys the meta-schema, and what is looked up is what the files say."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import yaml

from cloudpy import contracts
from cloudpy._wire.case import snake

FOLDER = Path(contracts.__file__).parent
FILES = sorted(path for path in (FOLDER / "data").glob("*.yaml") if path.stem != "not_callable")
META = json.loads((FOLDER / "schema.json").read_text("utf-8"))


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def test_the_meta_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(META)


@pytest.mark.once(sample=5)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_obeys_the_meta_schema(path: Path) -> None:
    errors = [
        f"{list(each.absolute_path)}: {each.message}"
        for each in jsonschema.Draft202012Validator(META).iter_errors(load(path))
    ]
    assert [] == errors


@pytest.mark.parametrize(
    "damage",
    [
        {"sumary": "x"},
        {"summary_zh": "no Chinese"},
        {"https": {"method": "PUT", "path": "/a"}},
        {"params": {"type": "object", "properties": {"a": {"type": "integer"}}}},
        {"params": {"type": "object", "properties": {"a": {"type": "string", "in": "header"}}}},
        {"errors": [{"code": 0, "meaning": "ok"}]},
        {"repeatable": "yes"},
        {"shape": "name_and_path_only"},
    ],
)
def test_the_meta_schema_refuses_damage(damage: dict[str, Any]) -> None:
    entry = {**load(FOLDER / "data" / "phonenumber.yaml")["phonenumber.getPhoneNumber"], **damage}
    assert not jsonschema.Draft202012Validator(META).is_valid({"phonenumber.getPhoneNumber": entry})


def test_there_are_336_names() -> None:
    in_files = [name for path in FILES for name in load(path)]
    assert 336 == len(in_files) == len(set(in_files))
    assert sorted(in_files) == sorted(contracts.names())


def test_every_api_is_in_the_file_of_its_namespace() -> None:
    assert sorted(path.stem for path in FILES) == sorted(contracts.namespaces())
    for path in FILES:
        for name in load(path):
            found = contracts.get(name)
            assert found is not None
            assert path.stem == found.namespace


@pytest.mark.once(sample=5)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_block_read_by_itself_says_what_the_whole_file_says(path: Path) -> None:
    for name, entry in load(path).items():
        found = contracts.get(name)
        assert found is not None
        assert (entry.get("params", {}), entry.get("result", {})) == (found.params, found.result)
        assert (entry["https"]["method"], entry["https"]["path"]) == (found.method, found.path)


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", contracts.names())
def test_what_is_required_is_described(name: str) -> None:
    found = contracts.get(name)
    assert found is not None

    def look(schema: dict[str, Any]) -> None:
        known = set(schema.get("properties", {}))
        options = [each for option in schema.get("anyOf", ()) for each in option["required"]]
        assert {*schema.get("required", ()), *schema.get("saidRequired", ()), *options} <= known
        for key, member in schema.get("properties", {}).items():
            assert member.get("wire") != snake(key), "a wire name that the rule gives anyway is noise"
            look(member)
        if "items" in schema:
            look(schema["items"])
        if isinstance(schema.get("additionalProperties"), dict):
            look(schema["additionalProperties"])

    look(dict(found.params))
    look(dict(found.result))
    if not found.certain:
        assert not any(parameter.required for parameter in found.parameters)


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", contracts.names())
def test_wire_names_are_told_apart(name: str) -> None:
    found = contracts.get(name)
    assert found is not None
    wires = [parameter.wire for parameter in found.parameters]
    assert len(wires) == len(set(wires))
    assert {parameter.name for parameter in found.parameters if parameter.wire != snake(parameter.name)} == set(
        found.wire_camel_case
    ) & set(found.params.get("properties", {}))


def test_files_are_placed_as_files() -> None:
    upload = contracts.get("customerServiceMessage.uploadTempMedia")
    assert upload is not None
    assert {"type": "query", "media": "file"} == {each.name: each.place for each in upload.parameters}
    get = contracts.get("officialAccount.user.getInfo")
    assert get is not None
    assert {"query"} == {each.place for each in get.parameters}


def test_nothing_that_acts_is_called_repeatable() -> None:
    acting = (
        "send",
        "pay",
        "create",
        "add",
        "delete",
        "update",
        "set",
        "upload",
        "generate",
        "bind",
        "cancel",
        "refund",
    )
    for name in contracts.names():
        found = contracts.get(name)
        assert found is not None
        if found.repeatable:
            assert not name.rpartition(".")[2].lower().startswith(acting), name


def test_the_not_callable_ones() -> None:
    entries = yaml.safe_load((FOLDER / "data" / "not_callable.yaml").read_text("utf-8"))
    assert 308 == len(entries)
    for entry in entries:
        assert {"api", "method", "path"} <= set(entry) <= {"api", "method", "path", "hint"}
        reason = contracts.refusal(entry["api"])
        assert reason is not None or entry["api"] in contracts.names()


def test_a_refusal_gives_the_reason_for_bare_and_dotted_names() -> None:
    for name in ("code2Session", "auth.code2Session"):
        reason = contracts.refusal(name)
        assert reason is not None
        assert "GET /sns/jscode2session" in reason
    assert contracts.refusal("logistics.getOrder") is None
    assert contracts.refusal("no.such.name") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cloudbase.getOpendata", ["cloudbase.getOpenData"]),
        ("getOpenData", ["cloudbase.getOpenData"]),
        ("wxacode.get_unlimited", ["wxacode.getUnlimited"]),
        ("security.msgSecChek", ["security.msgSecCheck"]),
        ("zzzzzz", []),
    ],
)
def test_the_nearest_names(typed: str, meant: list[str]) -> None:
    assert meant == contracts.nearest(typed)[: max(1, len(meant))]


def test_an_unknown_name_has_no_contract() -> None:
    assert contracts.get("cloudbase.getOpendata") is None
    assert contracts.get("") is None
    assert contracts.get("../../etc.passwd") is None


def test_the_public_names() -> None:
    values = vars(contracts).items()
    public = {name for name, value in values if not name.startswith(("_", "@")) and not isinstance(value, ModuleType)}
    assert sorted(contracts.__all__) == contracts.__all__
    assert public == set(contracts.__all__)
