"""The documented example, in both faces and in Node, gives the documented result."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import COMMAND, ROOT, cloudpy

EXAMPLES = ROOT / "examples"
PEER = ROOT / "tests" / "peer" / "node_modules"
RESULT = (
    '{"errCode": 0, "errMsg": "openapi.cloudbase.getOpenData:ok", "dataList": [{"json": {"cloudID": "xxx", "data":'
    ' {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}}, "cloudId": "xxx"}]}'
)
# What a Node runtime does around a handler: event and context in, JSON out.
CALLER = """
require(process.argv[1]).main({}, {}).then(result => console.log(JSON.stringify(result)))
"""


@pytest.mark.parametrize("name", ["get_open_data", "get_open_data_sync"])
def test_the_python_example(name: str) -> None:
    done = cloudpy("run", EXAMPLES / name)
    assert (0, RESULT + "\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("name", ["get_open_data", "get_open_data_sync"])
def test_from_the_root_of_the_repository_as_the_readme_says(name: str) -> None:
    assert RESULT + "\n" == cloudpy("run", f"examples/{name}", cwd=ROOT).stdout


@pytest.fixture
def gateway() -> Iterator[dict[str, Any]]:
    """A gateway that runs in the example's folder; what it printed."""
    process = subprocess.Popen(
        [*COMMAND, "gateway", "--json"],
        cwd=EXAMPLES / "get_open_data",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    with process:
        assert process.stdout
        yield json.loads(process.stdout.readline())
        process.terminate()


@pytest.mark.once()
def test_the_node_original_through_the_gateway(gateway: dict[str, Any], tmp_path: Path) -> None:
    assert (PEER / "wx-server-sdk").is_dir(), "the Node package is not there: run `make peer`"
    node = shutil.which("node")
    assert node, "Node is not there: install it, and run `make peer`"
    # a copy beside the installed package, as npm install would leave it; the function itself is not changed
    function = tmp_path / "get_open_data"
    shutil.copytree(EXAMPLES / "get_open_data", function)
    (tmp_path / "node_modules").symlink_to(PEER, target_is_directory=True)
    done = subprocess.run(
        [node, "-e", CALLER, str(function)],
        env={**os.environ, **gateway["env"]},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr
    ours, theirs = json.loads(RESULT), json.loads(done.stdout)
    assert ours == theirs


def test_the_python_example_through_the_same_gateway(gateway: dict[str, Any]) -> None:
    program = "import asyncio, json, index; print(json.dumps(asyncio.run(index.main({}, {}))))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=EXAMPLES / "get_open_data",
        env={**os.environ, **gateway["env"]},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert RESULT + "\n" == done.stdout, done.stderr


def test_the_sample_config_is_the_examples() -> None:
    sample = (ROOT / "config.json.example").read_text("utf-8")
    for name in ("get_open_data", "get_open_data_sync"):
        assert sample == (EXAMPLES / name / "config.json").read_text("utf-8")


def test_the_twins_have_the_same_tests() -> None:
    one, other = EXAMPLES / "get_open_data" / "test_index.py", EXAMPLES / "get_open_data_sync" / "test_index_sync.py"
    assert one.read_text("utf-8") == other.read_text("utf-8")
