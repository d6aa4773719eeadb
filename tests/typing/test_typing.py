"""An editor's view: mypy --strict and pyright over a user's program report the wrong lines and no other."""

from __future__ import annotations

import json
import re
import shutil
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


# What each of twelve users writes; `# wrong: WORD` is what the message has to say.
USERS = sorted(path.relative_to(HERE).as_posix() for path in (HERE / "programs").glob("*.py"))
UNNAMED = "(unnamed by mypy)"


def wrong_words(program: str) -> dict[int, str]:
    """Line -> the rest of its mark."""
    lines = (HERE / program).read_text("utf-8").splitlines()
    return {number: line.partition("# wrong: ")[2] for number, line in enumerate(lines, 1) if "# wrong: " in line}


def test_there_are_thirty_right_and_thirty_wrong_uses_of_twelve_users() -> None:
    assert 12 == len(USERS)
    assert 30 <= sum(len(marked("# right", program)) for program in USERS)
    assert 30 <= sum(len(wrong_words(program)) for program in USERS)


@pytest.mark.once()
@pytest.mark.parametrize("mode", [[], ["--strict"]], ids=["default", "strict"])
def test_mypy_reports_the_wrong_lines_and_no_other(mode: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", *mode, "--config-file=", f"--cache-dir={tmp_path}", *PROGRAMS, *USERS]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    told: dict[tuple[str, int], str] = {}
    for program, line, text in re.findall(r"^(\S+?):(\d+): (?:error|note): (.*)$", done.stdout, re.MULTILINE):
        told[program, int(line)] = told.get((program, int(line)), "") + text
    for program in [*PROGRAMS, *USERS]:
        lines = sorted(line for where, line in told if where == program)
        assert marked(r"# wrong: ", program) == lines, done.stdout + done.stderr
    for program in USERS:
        for line, word in wrong_words(program).items():
            assert UNNAMED in word or word in told[program, line], told[program, line]


@pytest.mark.once()
@pytest.mark.parametrize("mode", ["standard", "strict"])
def test_pyright_names_what_is_wrong_and_reports_nothing_else(mode: str, tmp_path: Path) -> None:
    assert PYRIGHT.exists(), "pyright is not installed: run `make peer`"
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": mode}))
    (tmp_path / "programs").mkdir()
    for program in [*PROGRAMS, *USERS]:
        shutil.copy(HERE / program, tmp_path / program)
    command = [str(PYRIGHT), "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    told: dict[tuple[str, int], str] = {}
    for each in json.loads(done.stdout)["generalDiagnostics"]:
        if each["severity"] == "error":
            where = Path(each["file"]).relative_to(tmp_path).as_posix(), each["range"]["start"]["line"] + 1
            told[where] = told.get(where, "") + each["message"]
    for program in [*PROGRAMS, *USERS]:
        assert marked(r"# wrong: ", program) == sorted(line for where, line in told if where == program), told
    for program in USERS:
        for line, word in wrong_words(program).items():
            assert word.removesuffix(UNNAMED).strip() in told[program, line], told[program, line]


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
