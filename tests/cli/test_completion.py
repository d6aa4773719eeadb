"""``cloudpy completion``, in a real bash where one is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .command import COMMAND, cloudpy, environment

pytestmark = pytest.mark.once()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("steps", "group/notify", "group/名字"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "index.py").write_text("def main(event, context): pass\n")
    (tmp_path / "steps" / "local.yaml").write_text("env: prod-1a2b\n")
    (tmp_path / "group" / "local.yaml").write_text("env: [broken\n")
    (tmp_path / "no_function").mkdir()
    return tmp_path


def completions(line: str, cwd: Path) -> list[str]:
    """What Tab at the end of a line would offer."""
    number = len(line.split()) - (not line.endswith(" "))
    variables = environment(_CLOUDPY_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(number))
    program = ["-c", "import sys; sys.argv[0] = 'cloudpy'; from cloudpy.cli import main; main(prog_name='cloudpy')"]
    done = subprocess.run(
        [COMMAND[0], *program], cwd=cwd, env=variables, capture_output=True, encoding="utf-8", check=True
    )
    assert "" == done.stderr
    return [value for kind, _, value in (each.partition(",") for each in done.stdout.splitlines()) if kind == "plain"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cloudpy api show subscribemessage.s", ["subscribeMessage.send"]),
        ("cloudpy run st", ["steps"]),
        ("cloudpy check gr", ["group", "group/notify", "group/名字"]),
        ("cloudpy package group/n", ["group/notify"]),
        ("cloudpy run nowhere/x", []),
        ("cloudpy dev --env ", ["prod-1a2b"]),
        ("cloudpy run steps --env p", ["prod-1a2b"]),
        ("cloudpy compl", ["completion"]),
        ("cloudpy completion f", ["fish"]),
        ("cloudpy run --fail", ["--fail-on-error"]),
    ],
)
def test_what_is_offered(line: str, offered: list[str], project: Path) -> None:
    assert offered == completions(line, project)


def test_all_apis_are_offered(tmp_path: Path) -> None:
    names = completions("cloudpy api show ", tmp_path)
    assert {"cloudbase.getOpenData", "wxacode.get"} <= set(names)
    assert len(names) > 300


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts(shell: str) -> None:
    done = cloudpy("completion", shell)
    assert 0 == done.returncode
    assert f"_CLOUDPY_COMPLETE={shell}_complete" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, encoding="utf-8", check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_tab_in_bash(project: Path) -> None:
    """The script, loaded by bash, fills in what bash would show."""
    (project / "cloudpy").write_text(
        f'#!/bin/sh\nexec {COMMAND[0]} -c "from cloudpy.cli import main; main(prog_name=\'cloudpy\')" "$@"\n'
    )
    (project / "cloudpy").chmod(0o755)
    program = (
        'eval "$(cloudpy completion bash)"\n'
        "COMP_WORDS=(cloudpy run st) COMP_CWORD=2\n_cloudpy_completion cloudpy\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    path = environment(PATH=f"{project}:/usr/bin:/bin")
    done = subprocess.run(["bash", "-c", program], cwd=project, env=path, capture_output=True, encoding="utf-8")
    assert ("steps\n", "") == (done.stdout, done.stderr)


def test_an_unknown_shell() -> None:
    done = cloudpy("completion", "tcsh")
    assert 2 == done.returncode
    assert "'tcsh' is not one of" in done.stderr
