"""Progress and colours: on a terminal only."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cloudpy.cli import main
from cloudpy.cli.progress import Progress

from .command import cloudpy, environment
from .terminal import on_terminal

pytestmark = pytest.mark.once()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_is_written_over_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "20")
    with pytest.raises(ValueError), Progress() as progress:
        progress.step("a text that is too long for the line \x1b]0;title\x07")
        progress.count(3, 3, "名字")
        raise ValueError
    *steps, last = terminal.getvalue().split("\r\x1b[K")
    assert ["", "a text that is too ", "3/3  名字"] == steps
    assert "" == last


def test_nothing_is_written_to_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "many.json").write_text("".join(f'{{"_id": "{n}", "text": "{"x" * 200}"}}\n' for n in range(5_000)))
    done = cloudpy("db", "import", "todos", "many.json", cwd=tmp_path)
    assert "5000 documents imported into todos\n" == done.stderr
    shown = on_terminal("db", "import", "more", "many.json", cwd=tmp_path)
    assert " % of " in shown
    assert shown.split("\r\x1b[K")[-1].strip() == "5000 documents imported into more"


TRANSFERS = """\
import cloudpy.sync as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
def main(event, context):
    file = cloud.uploadFile(cloudPath="large.bin", fileContent=bytes(6_000_000))
    return len(cloud.downloadFile(fileID=file["fileID"])["fileContent"])
"""


def test_transfers_of_large_files(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(TRANSFERS)
    (tmp_path / "config.json").write_text("{}")
    shown = on_terminal("run", tmp_path, "--timeout", "60")
    assert " % of 5.7 MB  large.bin" in shown
    assert "6000000" == shown.split("\r\x1b[K")[-1].strip()
    piped = cloudpy("run", tmp_path, "--timeout", "60")
    assert ("6000000\n", "") == (piped.stdout, piped.stderr)


def test_colours_of_check(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def main(event, context):\n    return undefined_name\n")
    (tmp_path / "config.json").write_text("{")
    plain = cloudpy("check", tmp_path).stdout
    assert "error[" in plain and "\x1b" not in plain
    assert "\x1b[31m\x1b[1merror[" in on_terminal("check", tmp_path)
    assert "\x1b[" not in on_terminal("check", tmp_path, env=environment(NO_COLOR="1"))


def test_the_environment_of_no_color_may_be_empty(tmp_path: Path) -> None:
    """https://no-color.org: an empty variable does not count."""
    (tmp_path / "index.py").write_text("def main(event, context): pass\n")
    assert "\x1b[" in on_terminal("check", tmp_path, env={**os.environ, "NO_COLOR": ""})
    assert 0 == CliRunner().invoke(main, ["check", str(tmp_path)]).exit_code
