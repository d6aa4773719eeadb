"""breakpoint() in a function: its process has no terminal, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import cloudpy, environment


@pytest.mark.parametrize("how", ["breakpoint()", "import pdb; pdb.set_trace()"])
def test_it_points_to_the_debugger_that_works(tmp_path: Path, how: str) -> None:
    (tmp_path / "index.py").write_text(
        f"def main(event, context):\n    found = 42\n    {how}\n    return found\n", "utf-8"
    )
    (tmp_path / "config.json").write_text("{}", "utf-8")
    ran = cloudpy("run", tmp_path)
    assert ran.returncode == 1
    assert "in main" in ran.stderr
    assert "cloudpy dev --debugpy" in ran.stderr
    assert "runtime/worker.py" not in ran.stderr


def test_a_hook_of_the_users_own_is_called(tmp_path: Path) -> None:
    code = "def hook():\n    print('stopped')\n\ndef main(event, context):\n    breakpoint()\n    return 1\n"
    (tmp_path / "index.py").write_text(code, "utf-8")
    (tmp_path / "config.json").write_text("{}", "utf-8")
    ran = cloudpy("run", tmp_path, env=environment(PYTHONBREAKPOINT="index.hook"))
    assert (ran.returncode, ran.stdout) == (0, "1\n")
    assert "stopped" in ran.stderr
    assert cloudpy("run", tmp_path, env=environment(PYTHONBREAKPOINT="0")).returncode == 0
