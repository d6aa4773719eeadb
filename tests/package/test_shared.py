"""Modules in ``_shared`` beside the functions: found locally, checked, and packed with each function that uses them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cloudpy.check import check, functions_in
from cloudpy.check.folder import Folder
from cloudpy.package import archive, user_files
from cloudpy.runner.discovery import FunctionFolder, code_folders, find_functions, fingerprint
from cloudpy.runtime import FunctionDir, Runner, load, make_context

from ..check.folders import function, write
from ..cli.command import cloudpy

SHARED = {
    "_shared/money.py": "import json\nfrom pathlib import Path\n\nfrom lib import words\n\n"
    'RATES = json.loads((Path(__file__).parent / "rates.json").read_text())\ncalls = []\n\n\n'
    "def price(n):\n    calls.append(n)\n    return words.said(n * RATES['eur'], len(calls))\n",
    "_shared/rates.json": {"eur": 2},
    "_shared/lib/words.py": "def said(n, calls):\n    return f'{n} in call {calls}'\n",
    "_shared/lib/unused.py": "raise SystemExit('nobody imports it')\n",
    "_shared/other/own.json": {},
    "_shared/other/more.py": "",
    "_shared/test_money.py": "",
    "_shared/index.py": "def main(event, context):\n    return 'this is no function'\n",
    "_shared/names.py": "WHOSE = 'of all'\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two functions that share modules; one has a module of its own with the name of a shared one."""
    write(tmp_path, SHARED)
    code = (
        "import money\nimport names\n\n\ndef main(event, context):\n    return money.price(event['n']), names.WHOSE\n"
    )
    function(tmp_path / "shop", code, [])
    function(tmp_path / "cart", code, [], names__py="WHOSE = 'of the cart'\n")
    return tmp_path


def test_each_function_has_its_own_state_in_a_shared_module(project: Path) -> None:
    shop, cart = FunctionDir(project / "shop"), FunctionDir(project / "cart")
    runner = Runner()
    with shop:
        handler = load(shop)
        assert runner.invoke(handler, {"n": 1}, make_context()) == ("2 in call 1", "of all")
        assert runner.invoke(handler, {"n": 2}, make_context()) == ("4 in call 2", "of all")
    with cart:
        assert runner.invoke(load(cart), {"n": 3}, make_context()) == ("6 in call 1", "of the cart")
    with shop:
        assert runner.invoke(load(shop), {"n": 1}, make_context())[0] == "2 in call 3"


def test_the_package_has_what_is_imported_and_runs_alone(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = tmp_path_factory.mktemp("package") / "shop"
    user_files.copy(Folder(project / "shop"), stage, project / "made.zip")
    assert set(archive.names(stage)) - {"config.json", "requirements.txt"} == {
        "index.py", "money.py", "rates.json", "lib/words.py", "names.py",
    }  # fmt: skip
    with FunctionDir(stage) as alone:
        assert Runner().invoke(load(alone), {"n": 1}, make_context()) == ("2 in call 1", "of all")
    other = stage.with_name("cart")
    user_files.copy(Folder(project / "cart"), other, project / "made.zip")
    assert (other / "names.py").read_text() == "WHOSE = 'of the cart'\n"


def test_the_command_runs_it_and_finds_two_functions(project: Path) -> None:
    done = cloudpy("run", project / "shop", "--event", '{"n": 4}')
    assert json.loads(done.stdout) == ["8 in call 1", "of all"], done.stderr
    assert set(find_functions([str(project)], "index.main")[0]) == {"cart", "shop"}
    assert [os.path.basename(path) for path in functions_in(project)] == ["cart", "shop"]


def test_check_reads_shared_code_where_it_is_imported(project: Path) -> None:
    write(
        project,
        {"_shared/names.py": "import cloudpy.sync as cloud\n\nWHOSE = cloud.openapi.wxacode.gett()\nimport nowhere\n"},
    )
    report = check(project / "shop")
    assert {(each.file, each.line) for each in report.findings if each.severity == "error"} >= {
        ("../_shared/names.py", 3), ("../_shared/names.py", 4),
    }  # fmt: skip
    assert not any("_shared" in each.file for each in check(project / "cart").findings)
    function(project / "third", "import names\n\n\ndef main(event, context):\n    return names.WHOSE\n", [])
    done = cloudpy("check", project)
    assert done.stdout.count("_shared/names.py:4: error") == 1, done.stdout


def test_a_change_of_a_shared_module_is_a_change_of_the_function(project: Path) -> None:
    folder = FunctionFolder("shop", str(project / "shop"), str(project))
    before = fingerprint(folder)
    assert str(project / "_shared" / "lib") in code_folders(folder.path)
    (project / "_shared/lib/words.py").write_text("def said(n, calls):\n    return 'other words'\n")
    assert fingerprint(folder) != before


def test_config_json_of_the_function_counts_for_shared_code(project: Path) -> None:
    write(project, {"_shared/names.py": "import cloudpy as cloud\n\nsdk = cloud.init()\nWHOSE = repr(sdk)\n"})
    done = cloudpy("run", project / "shop", "--event", '{"n": 1}')
    assert done.returncode == 0 and "no config.json" not in done.stderr, done
    (project / "shop/config.json").unlink()
    assert "no config.json" in cloudpy("run", project / "shop", "--event", '{"n": 1}').stderr
