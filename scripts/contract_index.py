"""Writes cloudpy/contracts/data/index.json, which names every API without a data file being parsed.

With --check nothing is written; the exit status is 1 when the file on disk is not what would be written.
"""

from __future__ import annotations

import json
import sys

from generated import settle

from cloudpy.contracts import catalog

INDEX = catalog.DATA / "index.json"


def text() -> str:
    """Return the index as JSON, one API per line."""
    lines = []
    for file in sorted(catalog.DATA.glob("*.yaml"), key=lambda path: path.stem.lower()):
        if file.stem == "not_callable":
            continue
        for name, entry in catalog.parse(file.read_text("utf-8")).items():
            brief = {"path": entry["https"]["path"], "summary": entry["summary"], "summary_zh": entry["summary_zh"]}
            lines.append(f"{json.dumps(name)}: {json.dumps(brief, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(settle({INDEX: text()}, check="--check" in sys.argv[1:]))
