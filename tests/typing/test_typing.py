"""An editor's view: mypy --strict and pyright over a user's program report the wrong lines and no other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy.cli import function_template

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = ["uses.py", "database_uses.py", "event_uses.py", "function_uses.py"]
PYRIGHT = ROOT / "tests" / "peer" / "node_modules" / ".bin" / "pyright"


def marked(pattern: str, program: str = "uses.py") -> list[int]:
    lines = (HERE / program).read_text("utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if re.search(pattern, line)]


def test_the_program_has_twenty_uses_of_each_kind() -> None:
    assert 20 <= len(marked(r"# wrong: "))
    assert 20 == len(marked(r"# \d+$"))


@pytest.mark.once()
@pytest.mark.parametrize("mode", [[], ["--strict"]], ids=["default", "strict"])
def test_mypy_reports_the_wrong_lines_and_no_other(mode: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", *mode, "--config-file=", f"--cache-dir={tmp_path}", *PROGRAMS]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    for program in PROGRAMS:
        found = re.findall(rf"^{re.escape(program)}:(\d+): error", done.stdout, re.MULTILINE)
        assert marked(r"# wrong: ", program) == sorted({int(line) for line in found}), done.stdout + done.stderr


@pytest.mark.once()
def test_pyright_reports_the_wrong_lines_and_no_other() -> None:
    assert PYRIGHT.exists(), "pyright is not installed: run `make peer`"
    command = [str(PYRIGHT), "--outputjson", "--pythonpath", sys.executable, *PROGRAMS]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    errors = [each for each in json.loads(done.stdout)["generalDiagnostics"] if each["severity"] == "error"]
    texts = "\n".join(each["message"] for each in errors)
    assert '"triggerName" is not a defined key in "TimerEvent"' in texts
    assert '"OPEN_ID" is not a defined key in "WXContext"' in texts
    for program in PROGRAMS:
        here = [each for each in errors if Path(each["file"]).name == program]
        reported = {each["range"]["start"]["line"] + 1 for each in here}
        assert marked(r"# wrong: ", program) == sorted(reported), here


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a function from each template, with and without await."""
    root = tmp_path_factory.mktemp("functions")
    for template in function_template.TEMPLATES:
        for sync in (False, True):
            folder = root / f"{template}{'_sync' if sync else ''}".replace("-", "_")
            folder.mkdir()
            for name, text in function_template.files(folder.name, template, sync=sync).items():
                (folder / name).write_text(text, "utf-8")
    return root


@pytest.mark.once()
def test_mypy_finds_nothing_in_new_functions(functions: Path, tmp_path: Path) -> None:
    options = ["--strict", "--explicit-package-bases", "--config-file=", f"--cache-dir={tmp_path}"]
    done = subprocess.run([sys.executable, "-m", "mypy", *options, "."], cwd=functions, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert f"in {4 * len(function_template.TEMPLATES)} source files" in done.stdout


@pytest.mark.once()
def test_pyright_finds_nothing_in_new_functions(functions: Path) -> None:
    assert PYRIGHT.exists(), "pyright is not installed: run `make peer`"
    (functions / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    command = [str(PYRIGHT), "--pythonpath", sys.executable, "-p", str(functions)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (0, "0 errors, 0 warnings, 0 informations") == (done.returncode, done.stdout.strip().splitlines()[-1])


@pytest.mark.once()
def test_mypy_checks_a_new_function_by_default(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "cloudpy", "new", str(tmp_path / "f")], check=True, capture_output=True)
    path = tmp_path / "f" / "index.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"cloudidList"', '"cloudIdList"').replace('.get("OPENID")', '["OPEN_ID"]'), "utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={tmp_path}", "index.py"]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    assert 'TypedDict "WXContext" has no key "OPEN_ID"' in done.stdout
    assert "index.py:10: error" in done.stdout  # the wrong key of getOpenData
