"""The command itself: what it refuses, and with which words."""

from __future__ import annotations

import importlib.util
import signal
import socket
from pathlib import Path

import pytest

from ..cli.command import cloudpy
from .dev_process import Dev, eventually


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "no folder nowhere"),
        (("one/index.py",), "is a file: expected the function's folder"),
        (("--handler", "main"), "expected file.function"),
        (("--openid", ""), "--openid must not be empty"),
        (("--host", "0.0.0.0"), "lets other machines run your functions; pass --allow-remote"),
        (("--record", "nowhere/file"), "--record nowhere/file cannot be written"),
        (("--env-file", "nowhere/file"), "--env-file nowhere/file cannot be written: No such file"),
        (("--memory", "1"), "--memory"),
    ],
)
def test_what_it_refuses(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "index.py").write_text("def main(event, context): pass\n")
    done = cloudpy("dev", "--port", "0", *arguments, cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert words in done.stderr and "Traceback" not in done.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cloudpy("dev", tmp_path, "--port", taken.getsockname()[1])
    assert (2, True) == (done.returncode, "--port 0 uses any free port" in done.stderr)


@pytest.mark.skipif(importlib.util.find_spec("debugpy") is not None, reason="debugpy is installed")
def test_a_debugger_that_is_not_there(tmp_path: Path) -> None:
    done = cloudpy("dev", tmp_path, "--debugpy")
    assert (2, True) == (done.returncode, "pip install debugpy" in done.stderr)


def test_what_is_imported_before_the_functions_start() -> None:
    """They start up while their server is imported, so that next to nothing may come before them."""
    import subprocess
    import sys

    program = "import sys; import cloudpy.devserver.run; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    heavy = {"aiohttp", "asyncio", "rich", "watchfiles", "yaml", "jsonschema", "cloudpy.local", "cloudpy.contracts"}
    assert set() == heavy & set(done.stdout.split())


def test_a_browser_is_opened(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "index.py").write_text("def main(event, context): pass\n")
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$0.opened"\n')
    browser.chmod(0o755)
    opened = tmp_path / "browser.opened"
    with Dev(tmp_path, "--open", environment={"BROWSER": f"{browser} %s"}) as dev:
        assert eventually(lambda: opened.exists() and opened.read_text()).startswith(f"{dev.url}/")
        assert "did you mean 'f'?" in dev.post("ff").json()["errMsg"]
        assert 0 == dev.end(signal.SIGINT)
        assert "stopped" in dev.lines[-1]["text"]
