"""The figures of docs/en/packaging.md come from its command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ..cli.command import ROOT, cloudpy
from . import stand_in

BYTES = {"B": 1, "kB": 1_000, "MB": 1_000_000}


def sizes(text: str) -> dict[str, float]:
    """Return total, zip, bytecode and parts in bytes."""
    first, *lines = text[text.index("dist/steps-scf.zip: ") :].splitlines()
    found = dict(zip(("total", "zip", "bytecode"), re.findall(r"([\d.]+ [kM]?B)", first), strict=True))
    for line in lines:
        part = re.fullmatch(r" +([\d.]+ [kM]?B)  (cloudpy|httptools)", line)
        if part:
            found[part[2]] = part[1]
    return {name: float(size.split()[0]) * BYTES[size.split()[1]] for name, size in found.items()}


@pytest.mark.once
def test_the_sizes_of_the_page_are_those_of_its_command(tmp_path: Path) -> None:
    stand_in.python()
    page = (ROOT / "docs" / "en" / "packaging.md").read_text("utf-8")
    assert 0 == cloudpy("new", "functions/steps", cwd=tmp_path).returncode
    (command,) = re.findall(r"^\$ cloudpy (.+)$", page, re.MULTILINE)
    done = cloudpy(*command.split(), cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    shown, actual = sizes(page), sizes(done.stdout)
    assert {"total", "zip", "bytecode", "cloudpy", "httptools"} == shown.keys() == actual.keys()
    for name, size in actual.items():
        assert size == pytest.approx(shown[name], rel=0.25), f"{name}: update docs/en/packaging.md\n{done.stdout}"
    pattern = re.compile(r"^cold start: (\d+) ms \((\d+) ms without bytecode\)", re.MULTILINE)
    with_bytecode, without = map(int, pattern.findall(page)[0])
    assert with_bytecode < without < 10 * with_bytecode
    assert pattern.search(done.stdout)
