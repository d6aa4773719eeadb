"""Descriptions: in both languages, of fields that exist, and never read by a call."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cloudpy import contracts
from cloudpy.contracts import Contract

FOLDER = Path(contracts.__file__).parent
FILES = sorted((FOLDER / "descriptions").glob("*.yaml"))
META = json.loads((FOLDER / "descriptions.schema.json").read_text("utf-8"))


# The files of other namespaces only say what the namespace is for.
COMPLETE = [path.stem for path in FILES if len(path.read_text("utf-8").split("\n\n")) > 2]


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def described(name: str) -> Contract:
    contract = contracts.described(name)
    assert contract is not None
    return contract


def all_fields(contract: Contract) -> dict[str, dict[str, Any]]:
    sides = {"params": contract.params, "result": contract.result}
    return {f"{side} {path}": dict(spec) for side, schema in sides.items() for path, spec in contracts.fields(schema)}


@pytest.mark.once(sample=5)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_obeys_the_schema_and_describes_what_there_is(path: Path) -> None:
    file = load(path)
    assert [] == [each.message for each in jsonschema.Draft202012Validator(META).iter_errors(file)]
    names = [name for name in contracts.names() if described(name).namespace == path.stem]
    known = {name: all_fields(described(name)) for name in names}
    last_keys = {field.rpartition(" ")[2].rpartition(".")[2] for each in known.values() for field in each}
    assert set() == file.get("shared", {}).keys() - last_keys, "shared by nothing"
    for name in file.keys() - {"namespace", "shared"}:
        paths = {f"{side} {path}" for side, entries in file[name].items() for path in entries}
        assert set() == paths - known[name].keys(), "no such field"


def test_the_apis_that_people_use_have_a_file() -> None:
    used = (
        "subscribeMessage wxacode phonenumber security customerServiceMessage cloudbase urllink urlscheme ocr logistics"
    )
    assert set(used.split()) <= set(COMPLETE)
    assert 170 <= len([name for name in contracts.names() if described(name).namespace in COMPLETE])
    assert [] == [name for name in contracts.namespaces() if contracts.namespace_description(name) is None]
    assert contracts.namespace_description("noSuchNamespace") is None


@pytest.mark.once(sample=5)
@pytest.mark.parametrize("namespace", COMPLETE)
def test_each_field_of_a_file_is_described_in_both_languages(namespace: str) -> None:
    for name in contracts.names():
        if described(name).namespace != namespace:
            continue
        for field, spec in all_fields(described(name)).items():
            assert spec.keys() >= {"description", "description_zh"}, f"{name} {field}"
            words = re.sub(r"\W", "", spec["description"]).lower()
            assert words != re.sub(r"\W", "", field.rpartition(".")[2].rpartition(" ")[2]).lower(), field


def test_a_list_and_a_map_have_the_path_of_the_whole() -> None:
    paths = [path for path, _ in contracts.fields(described("subscribeMessage.send").params)]
    assert "data.*.value" in paths
    listed = described("subscribeMessage.getTemplateList").result["properties"]["data"]["items"]["properties"]
    assert listed["title"]["description_zh"] == "模板标题"


def test_the_words_are_all_that_is_added() -> None:
    def without_words(value: Any) -> Any:
        if isinstance(value, list):
            return [without_words(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {key: without_words(each) for key, each in value.items() if key not in ("description", "description_zh")}

    for name in ("wxacode.get", "subscribeMessage.send", "logistics.addOrder"):
        plain = contracts.get(name)
        assert plain is not None
        assert without_words(plain.params) == without_words(described(name).params)
        assert without_words(plain.result) == without_words(described(name).result)
    assert contracts.described("no.such") is None


def test_every_api_has_a_link() -> None:
    pattern = r"https://developers\.weixin\.qq\.com/(miniprogram|minigame|doc)/[\w./-]+"
    assert [] == [name for name in contracts.names() if not re.fullmatch(pattern, described(name).docs)]
