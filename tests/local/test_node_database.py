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


def run(folder: Path, step: str) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if not node or not (PEER / "node_modules" / "wx-server-sdk").is_dir():
        pytest.fail("the Node package is not there: install Node.js, then run `make peer`")
    gateway = subprocess.Popen(
        [sys.executable, "-m", "cloudpy", "gateway", "--json"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        assert gateway.stdout is not None
        variables = json.loads(gateway.stdout.readline())["env"]
        environment = {**os.environ, "NODE_PATH": str(PEER / "node_modules"), **variables}
        done = subprocess.run([node, str(PROGRAM), step], env=environment, capture_output=True, text=True)
    finally:
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait() == 0
        gateway.stdout.close()
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.once
def test_the_node_package_and_a_restart(tmp_path: Path) -> None:
    checks = run(tmp_path, "first")
    assert len(checks) >= 60
    assert [check for check in checks if check["error"]] == []
    assert (tmp_path / ".cloudpy" / "database" / "local" / "documents.sqlite").exists()
    assert [check for check in run(tmp_path, "again") if check["error"]] == []
