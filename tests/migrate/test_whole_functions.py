"""Whole functions: the draft is checked, its own test runs, and it does over all events what its Node original does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy.check import check
from cloudpy.compare import rules, scenario
from cloudpy.local import data as local
from cloudpy.migrate import draft, write, write_all
from tests.compare.harness import MODULES, PROGRAMS, case, pair

from .patches import applied, marked_lines

FUNCTIONS = Path(__file__).parent / "functions"
SOURCES = Path(__file__).parent / "sources"
STREET = PROGRAMS / "street" / "node"
# TypeScript, whose original is the same without types, and ES modules.
OTHERS = {"typed": "typed_plain", "levels": "levels_plain", "module": "module"}
NAMES = sorted(path.name for path in FUNCTIONS.iterdir())
# `make test` repeats the suite on further Pythons: there a part is enough.
COMPARED = ["export_files", "open_data", "router"] if os.environ.get("CLOUDPY_SUITE_REPEATED") else NAMES
EDITED = {"export_files"}


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All drafts as `cloudpy migrate` leaves them, each in a folder of the function's name."""
    root = tmp_path_factory.mktemp("drafts")
    sources = [*(FUNCTIONS / name for name in NAMES), *(SOURCES / name for name in OTHERS)]
    write_all([(draft(source), root / source.name) for source in sources])
    return root


@pytest.fixture
def finished(drafts: Path, tmp_path: Path) -> Iterator[Path]:
    """The drafts, their marked places filled."""
    shutil.copytree(drafts, tmp_path / "functions")
    for name in EDITED:
        index = tmp_path / "functions" / name / "index.py"
        patch = (FUNCTIONS / name / "edits.patch").read_text("utf-8")
        index.write_text(applied(patch, index.read_text("utf-8")).text, "utf-8")
    yield tmp_path / "functions"


def test_no_more_than_four_functions_need_edits() -> None:
    assert {path.parent.name for path in FUNCTIONS.glob("*/edits.patch")} == EDITED
    assert len(NAMES) - len(EDITED) >= 8


@pytest.mark.parametrize("name", sorted(EDITED))
def test_edits_touch_marked_places_only(name: str, drafts: Path) -> None:
    text = (drafts / name / "index.py").read_text("utf-8")
    edited = applied((FUNCTIONS / name / "edits.patch").read_text("utf-8"), text)
    marked = marked_lines(text)
    assert edited.removed
    assert set(edited.removed) == marked, "and every marked place is filled"
    elsewhere = [line for at, line in edited.added if at not in marked]
    assert [] == [line for line in elsewhere if not line.startswith(("import ", "from "))]
    assert "TODO(migrate)" not in edited.text


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_passes_the_check(name: str, drafts: Path) -> None:
    assert [] == [one for one in check(drafts / name).findings if one.severity == "error"]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
@pytest.mark.parametrize("name", COMPARED)
def test_a_function_equals_its_original(name: str, finished: Path) -> None:
    if name == "export_files" and not (MODULES / "adm-zip").is_dir():
        pytest.skip("tests/peer/node_modules has no adm-zip: run `make peer`")
    ruled = FUNCTIONS / name / rules.NAME
    settled = rules.read(str(ruled)) if ruled.exists() else None
    known = local.read(finished / name / "local.yaml")
    with pair(FUNCTIONS / name, finished / name, settled, known) as running:
        compared = [running.compare(one) for one in scenario.read(str(FUNCTIONS / name / "events"))]
        assert running.starts == 1
    assert [] == [(one.scenario.name, one.differences) for one in compared if not one.equal]
    assert len(compared) >= 5


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
@pytest.mark.parametrize("name", [] if os.environ.get("CLOUDPY_SUITE_REPEATED") else OTHERS)
def test_typescript_and_es_modules_equal_their_originals(name: str, drafts: Path) -> None:
    assert "TODO(migrate)" not in (drafts / name / "index.py").read_text("utf-8")
    with pair(SOURCES / OTHERS[name], drafts / name) as running:
        compared = [running.compare(one) for one in scenario.read(str(SOURCES / f"{name}.yaml"))]
    assert [] == [(one.scenario.name, one.differences) for one in compared if not one.equal]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_a_main_of_another_file_gives_the_program_what_it_returns(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "lib.js").write_text("exports.main = async event => ({ n: 0 / event.zero, u: event.none })")
    (tmp_path / "node" / "index.js").write_text(
        "const lib = require('./lib')\n"
        "exports.main = async event => {\n"
        "  const made = await lib.main(event)\n"
        "  return ['u' in made, typeof made.n, made.n > 0]\n"
        "}\n"
    )
    write(draft(tmp_path / "node"), tmp_path / "port")
    with pair(tmp_path / "node", tmp_path / "port") as running:
        compared = [running.compare(case(event)) for event in ({}, {"zero": 1})]
    assert [] == [(one.scenario.name, one.differences) for one in compared if not one.equal]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_functions_that_call_each_other_equal_their_originals(tmp_path: Path) -> None:
    for name in ("shop", "stock"):
        write(draft(STREET / name), tmp_path / name)
    with pair(STREET / "shop", tmp_path / "shop") as running:
        compared = [running.compare(case(event)) for event in ({"item": "jam"}, {"item": "glass"}, {})]
    assert [] == [(one.scenario.name, one.differences) for one in compared if not one.equal]
    assert 7 == compared[0].right.calls[0]["answer"]["result"]["left"]


def test_the_tests_that_are_written_beside_the_drafts_run(finished: Path) -> None:
    files = [str(finished / name / "test_index.py") for name in [*NAMES, *OTHERS]]
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-n",
        "0",
        "--rootdir",
        str(finished),
        "--import-mode=importlib",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, *options, *files],
        cwd=finished, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "34 passed" in done.stdout
