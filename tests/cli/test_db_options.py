"""The options of ``cloudpy db`` mean the same before and after the command's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cloudpy.cli import main

WHERE = ["--database", "kept", "--env", "e-1"]


@pytest.mark.once()
@pytest.mark.parametrize("command", [["list"], ["show", "a"], ["export", "a"], ["drop", "a"], ["reset", "--yes"]])
def test_options_on_either_side(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text('{"_id": "x", "n": 1}\n', "utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        for again in (["reset", "--yes"], ["import", "a", "a.jsonl"]):
            assert 0 == CliRunner().invoke(main, ["db", *WHERE, *again]).exit_code
        done = CliRunner().invoke(main, ["db", *arguments], input="y\n")
        return done.exit_code, done.output

    before = run(*WHERE, *command)
    assert 0 == before[0], before[1]
    assert before == run(*command, *WHERE)
    # the one after the name counts
    assert before == run("--database", "other", "--env", "e-2", *command, *WHERE)
    assert not Path("other").exists()
