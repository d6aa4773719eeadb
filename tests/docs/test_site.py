"""The documentation site: what is generated is complete in both languages, and the check of links finds broken ones."""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import cloudpy
from cloudpy import contracts, errors
from cloudpy.check import ConfigFile
from cloudpy.check.triggers import trigger_findings
from tests.docs.page import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import build_site
from docsite import api_pages, cli_pages, error_pages, navigation, python_pages, schema_pages, source

LANGUAGES = ("zh", "en")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
pytestmark = pytest.mark.once()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_api_has_its_page_with_every_parameter(language: str) -> None:
    pages = api_pages.pages(language)
    for name in contracts.names():
        contract = contracts.get(name)
        assert contract
        page = pages[api_pages.file_of(contract.namespace)]
        section = page.partition(f"## {name} ")[2].partition("\n## ")[0]
        summary = contract.summary_zh if language == "zh" else contract.summary
        assert summary in section
        assert f'"openapi": ["{name}"]' in section and f"cloud.openapi.{name}(" in section
        assert [] == [each.name for each in contract.parameters if f"| `{each.name}` |" not in section], name
        assert [] == [each.code for each in contract.errors if f"| `{each.code}` |" not in section], name
        assert f"]({contract.namespace}.md#{api_pages.anchor(name)})" in pages[api_pages.INDEX]


def test_the_call_of_every_api_has_its_example() -> None:
    page = "\n".join(api_pages.pages("en").values())
    calls = re.findall(r"(?m)^    result = await cloud\.openapi\.([\w.]+)\((.*(?:\n    +.*)*)\)\n    ```", page)
    known = {name: found for name in contracts.names() if (found := contracts.get(name))}
    assert sorted(known) == sorted(name for name, _ in calls)
    for name, literal in calls:
        value = (
            ast.literal_eval(literal.replace('open("photo.png", "rb").read()', "b'photo'"))
            if "…" not in literal and literal
            else None
        )
        assert json.dumps(value, default=lambda _: "bytes") == json.dumps(
            known[name].example_params or None, default=lambda _: "bytes"
        )


@pytest.mark.parametrize("module", ["cloudpy", "cloudpy.testing", "cloudpy.tokens", "cloudpy.push", "cloudpy.stores"])
def test_every_public_name_is_in_the_python_api(module: str) -> None:
    shown = {name for page in python_pages.PAGES for names in page.groups.values() for name in names}
    shown |= {"version", "StoreError"}
    assert [] == [name for name in importlib.import_module(module).__all__ if name not in shown]


def test_every_command_and_option_is_on_the_page_of_the_command() -> None:
    page = cli_pages.pages("en")[cli_pages.PATH]
    for words, command in cli_pages.commands():
        section = page.partition(f"# {words}\n")[2].partition("\n## ")[0]
        assert section, words
        options = [name for param in command.params if not getattr(param, "hidden", True) for name in param.opts]
        assert [] == [option for option in options if option not in section], words


def test_every_code_has_a_cause_and_a_cure_in_both_languages() -> None:
    groups = error_pages.load()
    codes = [entry["code"] for group in groups for entry in group["codes"]]
    assert len(codes) == len(set(codes))
    assert set() == errors._TEXTS.keys() - set(codes)
    for entry in (entry for group in groups for entry in group["codes"]):
        for part in ("cause", "fix"):
            assert CHINESE.search(entry[part]["zh"]) and re.match(r"[\x00-\x7f]{10}", entry[part]["en"]), entry["code"]
        for name in entry.get("class", "CloudSDKError").split(", "):
            assert issubclass(getattr(cloudpy, name), cloudpy.CloudSDKError)


def test_every_error_of_a_contract_is_there_in_chinese() -> None:
    known = [found for name in contracts.names() if (found := contracts.get(name))]
    texts = {each.meaning for contract in known for each in contract.errors}
    texts |= {contract.account for contract in known} | {contract.status for contract in known} - {"current"}
    assert set() == texts - api_pages.meanings().keys(), "add the Chinese to docs/meanings.yaml"
    assert set() == api_pages.meanings().keys() - texts, "no contract has these any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_table_is_read_as_attributes(language: str) -> None:
    lines = [line for page in source.site(language).values() for line in page.splitlines() if line.startswith("| ")]
    assert len(lines) > 3000
    assert [] == [line for line in lines if "{" in "".join(line.split("`")[::2])]


def test_chinese_lines_are_joined_without_a_space() -> None:
    page = "# 标题\n\n第一行，\n第二行 x\n第三行。\n- 一\n  二\n\n```text\n云\n云\n```\n"
    assert "# 标题\n\n第一行，第二行 x\n第三行。\n- 一二\n\n```text\n云\n云\n```\n" == source.prepared(
        page, "a.md", "zh", set()
    )


@pytest.mark.parametrize("file", [schema_pages.LOCAL, schema_pages.CONFIG], ids=lambda path: path.name)
def test_every_description_of_a_schema_is_there_in_chinese(file: Path) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("description"), str):
                assert CHINESE.search(value["description_zh"]), value
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(json.loads(file.read_text("utf-8")))


@pytest.mark.parametrize(
    ("triggers", "right"),
    [
        ([{"name": "nightly", "type": "timer", "config": "0 0 2 * * * *"}], True),
        ([{"name": "1st", "type": "timer", "config": "0 0 2 * * * *"}], False),
        ([{"name": "a", "type": "cron", "config": "0 0 2 * * * *"}], False),
        ([{"name": "a", "type": "timer"}], False),
        ([{"name": name, "type": "timer", "config": "0 0 2 * * * *"} for name in "ab"], False),
        ({"name": "a"}, False),
    ],
)
def test_the_schema_of_config_json_agrees_with_check(triggers: Any, right: bool, tmp_path: Path) -> None:
    import jsonschema

    value = {"permissions": {"openapi": ["a.b"]}, "timeout": 10, "triggers": triggers}
    (tmp_path / "config.json").write_text(json.dumps(value), "utf-8")
    validator = jsonschema.Draft202012Validator(json.loads(schema_pages.CONFIG.read_text("utf-8")))
    assert validator.is_valid(value) is right
    assert (list(trigger_findings(ConfigFile(tmp_path))) == []) is right


def test_the_schema_of_config_json_is_that_of_the_examples() -> None:
    import jsonschema

    schema = json.loads(schema_pages.CONFIG.read_text("utf-8"))
    files = [*(ROOT / "examples").rglob("config.json"), ROOT / "config.json.example"]
    assert len(files) > 5
    for value in [*schema["examples"], *(json.loads(file.read_text("utf-8")) for file in files)]:
        jsonschema.validate(value, schema)


def test_a_written_page_is_shown_without_the_comments_for_tests() -> None:
    page = "# A\n\nSee [b](b.md), [c](../../README.md) and [x](../../examples/timer/index.py).\n\n"
    page += "<!-- file: f/index.py -->\n```python\n<!-- output -->\n```\n\n<!-- output -->\n```text\n[d](e.md)\n```\n"
    shown = source.prepared(page, "a.md", "en", {"a.md", "b.md", "index.md", "examples/timer.md"})
    assert shown == (
        "# A\n\nSee [b](b.md), [c](index.md) and [x](examples/timer.md).\n\n"
        '```python title="f/index.py"\n<!-- output -->\n```\n\n```text\n[d](e.md)\n```\n'
    )


def test_every_page_has_its_place_in_the_navigation() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2])
    names = sorted(source.site("zh"))
    found = list(navigation.pages(navigation.expanded(nav, names)))
    assert [] == sorted(set(names) - set(found)), "add the page to `nav` in mkdocs.yml"
    assert len(found) == len(set(found))
    assert [] == [name for name in navigation.pages(nav) if not name.endswith("/*") and name not in names]


def test_every_page_is_there_in_both_languages() -> None:
    assert [] == source.without_twin()


def test_broken_links_and_other_hosts_are_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text('<h1 id="x">A</h1><a href="../#y">b</a>', "utf-8")
    (tmp_path / "index.html").write_text(
        '<a href="a/">1</a><a href="a/#x">2</a><a href="a/#z">3</a><a href=c.css>4</a><a href="https://x.org">5</a>'
        '<script src="https://cdn.example.com/a.js"></script><a href="../out/">6</a><a href="mailto:a@b.c">7</a>',
        "utf-8",
    )
    assert [
        "a/index.html: ../#y has no such anchor",
        "index.html: a/#z has no such anchor",
        "index.html: c.css leads nowhere",
        "index.html: <script> loads https://cdn.example.com/a.js from another host",
        "index.html: ../out/ leads nowhere",
    ] == list(build_site.broken(tmp_path))
