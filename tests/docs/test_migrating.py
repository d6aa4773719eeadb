"""docs/en/migrating.md names everything that the npm package exports, and what it says of each is so."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._client import config
from tests.docs.page import ROOT
from tests.docs.reader import PEER

PAGE = ROOT / "docs" / "en" / "migrating.md"
WORDS = {"same", "different", "missing"}
EXPORTS = """
const cloud = require('wx-server-sdk')
const before = Object.keys(cloud)
cloud.init({ env: 'e' })
const instance = cloud.createNewInstance({ env: 'e' })
const other = new cloud.Cloud({ resourceEnv: 'e' })
console.log(JSON.stringify({ package: [...new Set([...before, ...Object.keys(cloud)])], instance: Object.keys(instance),
  cloud: Object.keys(other) }))
"""


@cache
def exports() -> dict[str, list[str]]:
    done = subprocess.run(
        ["node", "-e", EXPORTS], cwd=PEER.parent, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def table(heading: str) -> dict[str, tuple[str, str]]:
    """Name -> what the page says of it, and why, out of the table under a heading."""
    section = PAGE.read_text("utf-8").partition(f"### {heading}\n")[2]
    section = re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) *\|$", section, re.MULTILINE)
    assert len(rows) == len({name for name, _, _ in rows})
    return {name: (word, why) for name, word, why in rows}


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("what", ["package", "instance", "cloud"])
def test_every_export_is_on_the_page(what: str) -> None:
    assert "openapi" in exports()[what]
    assert set() == set(exports()[what]) - table("The package and its instances").keys()


@pytest.mark.once()
def test_no_name_is_told_that_the_package_has_not() -> None:
    assert set() == table("The package and its instances").keys() - set(exports()["instance"])


@pytest.mark.parametrize("heading", ["The package and its instances", "Options of init", "Options of openapi"])
def test_what_differs_or_is_missing_says_why(heading: str) -> None:
    rows = table(heading)
    assert rows
    assert [] == [name for name, (word, why) in rows.items() if word not in WORDS or (word != "same" and len(why) < 12)]


@pytest.mark.parametrize("face", [cloudpy, cloudpy.sync])
def test_what_is_said_to_be_there_is(face: object) -> None:
    made = face.createNewInstance(env="e", config=None)  # type: ignore[attr-defined]
    for name, (word, _) in table("The package and its instances").items():
        assert hasattr(face, name) is (word != "missing"), name
        assert hasattr(made, name) or name in ("Cloud",) or word == "missing", name


def test_the_options_of_init() -> None:
    types = (PEER / "@cloudbase/node-sdk/types/index.d.ts").read_text("utf-8")
    body = types.partition("interface ICloudBaseConfig")[2].partition("\n}")[0]
    theirs = set(re.findall(r"^  (\w+)\?:", body, re.MULTILINE))
    own = (PEER / "wx-server-sdk/index.d.ts").read_text("utf-8").partition("interface ICloudConfig {")[2]
    theirs |= set(re.findall(r"^  (\w+)\??:", own.partition("\n}")[0], re.MULTILINE))
    assert {"secretId", "traceUser", "proxy"} <= theirs
    rows = table("Options of init")
    assert set() == theirs - rows.keys()
    taken = {*config.NAMES, *config._IGNORED}
    assert [] == [name for name, (word, _) in rows.items() if word == "same" and name not in taken]
    assert [] == [name for name, (word, _) in rows.items() if word == "missing" and name in taken]
    only = re.findall(r"`(\w+)`", PAGE.read_text("utf-8").partition("Only here: ")[2].partition(".")[0])
    assert set(only) == taken - rows.keys()


def test_the_options_of_openapi() -> None:
    source = (PEER / "wx-server-sdk/index.js").read_text("utf-8")
    rows = table("Options of openapi")
    assert set(rows) <= set(re.findall(r"\boptions\.(\w+)", source)) | set(re.findall(r"innerContext\.(\w+)", source))
    assert set(rows) <= set(config._OPENAPI_NAMES)
    assert {"timeout"} == set(config._OPENAPI_NAMES) - rows.keys()
