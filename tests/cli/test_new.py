"""``cloudpy new``: what it makes runs at once, passes the check, and its tests pass."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy.cli import function_template
from cloudpy.cli.function_template import TEMPLATES
from cloudpy.devserver import wechat
from cloudpy.runner.discovery import find_functions

from .command import cloudpy, environment

EDITOR = {".gitignore", ".vscode/launch.json"}
FILES = {"index.py", "config.json", "requirements.txt", "local.yaml", "test_index.py", "README.md"}
# What the run command of a README prints
PRINTS = {
    "hello": '"step": 1234',
    "subscribe": '{"ok": true}',
    "pay": '"package": "prepay_id=',
    "database-crud": '"text": "buy tea"',
    "push": '"success"',
    "http": '"statusCode": 200',
    "timer": '{"sent": 1, "failed": 0}',
    "phone": '"phone": "138****1234"',
    "qrcode": '"fileID": "cloud://',
}


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a function from each template: async, and one that is not."""
    root = tmp_path_factory.mktemp("new") / "shop"
    assert 0 == cloudpy("new", "--project", root, "hello").returncode
    for template in [*TEMPLATES][1:]:
        assert 0 == cloudpy("new", f"cloudfunctions/{template}", "--template", template, cwd=root).returncode
    assert 0 == cloudpy("new", "cloudfunctions/plain", "--template", "timer", "--sync", cwd=root).returncode
    return root


@pytest.mark.once
def test_a_project_passes_the_check_and_its_tests(project: Path) -> None:
    assert {*EDITOR, "README.md", "pyproject.toml", "cloudbaserc.json"} == {
        name for name in names_in(project) if not name.startswith("cloudfunctions/")
    }
    for folder in (project / "cloudfunctions").iterdir():
        assert FILES == names_in(folder)  # the editor's files are those of the project
        assert ".vscode" not in (folder / "README.md").read_text("utf-8")
    done = cloudpy("check", "cloudfunctions", cwd=project)
    assert f"{len(TEMPLATES) + 1} functions: 0 errors, 0 warnings, 0 hints" == done.stdout.splitlines()[-1], done.stdout
    types = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "."], cwd=project, capture_output=True, encoding="utf-8"
    )
    assert 0 == types.returncode, types.stdout
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error"]
    tests = subprocess.run(
        command, cwd=project, capture_output=True, encoding="utf-8", env=environment(PYTEST_ADDOPTS="")
    )
    assert 0 == tests.returncode, tests.stdout
    assert f"{2 + 2 + 3 + 3 + 4 + 2 + 3 + 4 + 4 + 3} passed" in tests.stdout


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_command_of_its_readme_runs_it(project: Path, template: str) -> None:
    folder = project / "cloudfunctions" / template
    readme = (folder / "README.md").read_text("utf-8")
    assert f"# {template}\n" in readme and TEMPLATES[template].summary in readme
    assert TEMPLATES[template].run in readme.splitlines()
    text, commands = None, TEMPLATES[template].run.split(" | ")
    for command in commands:
        program, *words = shlex.split(command)
        assert "cloudpy" == program
        limit = ["--timeout", "60"] if words[0] == "run" else []  # the machine may be busy
        done = cloudpy(*words, *limit, cwd=folder, input=text)
        assert 0 == done.returncode, done.stderr
        text = done.stdout
    assert PRINTS[template] in (text or "")


@pytest.mark.once
def test_functions_of_a_project_do_not_collide(tmp_path: Path) -> None:
    """One local WeChat has the CloudIDs and collections of all."""
    for template in TEMPLATES:
        for name in (f"{template}_one", f"{template}_two"):
            (tmp_path / name).mkdir()
            for file, text in function_template.files(name, template).items():
                (tmp_path / name / file).write_text(text, "utf-8")
    functions, _ = find_functions([str(tmp_path)], "index.main")
    assert 2 * len(TEMPLATES) == len(functions)
    together = wechat.create(list(functions.values()), [str(tmp_path)])
    assert [] == together.problems


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("template", TEMPLATES)
def test_without_await(template: str) -> None:
    code = function_template.files("steps", template, sync=True)["index.py"]
    assert "import cloudpy.sync as cloud" in code and "await" not in code and "async" not in code
    compile(code, "index.py", "exec")


@pytest.mark.once
def test_the_debugger_of_vs_code(tmp_path: Path) -> None:
    assert 0 == cloudpy("new", "steps", "--template", "timer", cwd=tmp_path).returncode
    assert FILES | EDITOR == names_in(tmp_path / "steps")
    run, attach, _ = json.loads((tmp_path / "steps/.vscode/launch.json").read_text("utf-8"))["configurations"]
    assert 5678 == attach["connect"]["port"]  # that of cloudpy dev --debugpy
    done = cloudpy(*run["args"], "--timeout", "60", cwd=tmp_path / "steps")  # as the debugger starts it
    assert 0 == done.returncode and "sent" in done.stdout


@pytest.mark.once
def test_the_readme_is_in_the_users_language(tmp_path: Path) -> None:
    done = cloudpy("--lang", "zh", "new", "--project", "shop", "order", "--template", "pay", cwd=tmp_path)
    assert 0 == done.returncode and "试运行" in done.stderr
    assert "微信支付：下单" in (tmp_path / "shop/cloudfunctions/order/README.md").read_text("utf-8")
    assert "用 Python 写的微信云函数" in (tmp_path / "shop/README.md").read_text("utf-8")


def test_http_is_short_for_its_template(tmp_path: Path) -> None:
    assert 0 == cloudpy("new", "web", "--http", cwd=tmp_path).returncode
    assert function_template.files("web", "http")["index.py"] == (tmp_path / "web/index.py").read_text("utf-8")


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    assert 0 == cloudpy("new", "steps", cwd=tmp_path).returncode


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["full"], "exists and is not empty"),
        (["1steps"], "invalid function name"),
        (["a b"], "invalid function name"),
        (["步数"], "invalid function name"),
        ([], "name the function"),
        (["--project", "full"], "exists and is not empty"),
        (["--project", "shop", "fine", "1st"], "invalid function name '1st'"),
    ],
)
def test_what_it_refuses(words: list[str], text: str, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine")
    done = cloudpy("new", *words, cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert text in done.stderr
    assert ["full"] == [path.name for path in tmp_path.iterdir()]
    assert "mine" == (tmp_path / "full/notes.txt").read_text()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "steps").write_text("mine")
    done = cloudpy("new", "steps/inner", cwd=tmp_path)
    assert 1 == done.returncode
    assert "cannot be created" in done.stderr
    assert "Traceback" not in done.stderr
