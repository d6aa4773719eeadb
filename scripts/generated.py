"""Writes generated files, or tells which of them have drifted from their source."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def settle(texts: Mapping[Path, str], *, check: bool) -> int:
    """Write each text to its path; with `check` only compare. Returns the exit status: 1 when something drifted."""
    drifted = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in drifted:
        if check:
            print(f"{path.name} is not what {Path(sys.argv[0]).name} makes; run it without --check", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], "utf-8")
            print(f"wrote {path.name}")
    return 1 if check and drifted else 0
