"""The real Node package, unchanged, and its database in `cloudpy gateway`; and what is there after a restart."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PEER = Path(__file__).parent.parent / "peer"
PROGRAM = Path(__file__).with_name("node_database.js")


def run(folder: Path, step: str, version: str) -> list[dict[str, Any]]:
    node = shutil.which("node")
    package = PEER / "node_modules" / ("wx-server-sdk" if version == "4.0.2" else f"wx-server-sdk-{version}")
    if not node or not package.is_dir():
        pytest.fail("the Node package is not there: install Node.js, then run `make peer`")
    gateway = subprocess.Popen(
        [sys.executable, "-m", "cloudpy", "gateway", "--json"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        assert gateway.stdout is not None
        variables = json.loads(gateway.stdout.readline())["env"]
        command = [node, str(PROGRAM), step, str(package)]
        done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)
    finally:
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait() == 0
        gateway.stdout.close()
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.once
@pytest.mark.parametrize("version", ["4.0.2", "3.0.4", "2.6.3"])
def test_the_node_package_and_a_restart(tmp_path: Path, version: str) -> None:
    checks = run(tmp_path, "first", version)
    assert len(checks) >= 60
    assert [check for check in checks if check["error"]] == []
    assert (tmp_path / ".cloudpy" / "database" / "local" / "documents.sqlite").exists()
    assert [check for check in run(tmp_path, "again", version) if check["error"]] == []
