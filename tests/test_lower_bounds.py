"""What users install has a lower bound, and the checks run with what the bounds allow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent


def test_each_dependency_has_one_and_the_checks_respect_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from lowest import constraints, lowest

    pinned: dict[str, list[str]] = {}
    for line in (ROOT / "constraints-dev.txt").read_text("utf-8").splitlines():
        requirement = Requirement(line)
        (one,) = requirement.specifier
        assert "==" == one.operator and not requirement.url, line
        pinned.setdefault(requirement.name, []).append(one.version)
    low = lowest()
    assert {"aiohttp", "click", "jsonschema", "pyyaml"} <= low.keys()
    for name, bound in low.items():
        assert pinned[name], f"{name} is missing in constraints-dev.txt: run make constraints"
        assert all(Version(bound) <= Version(version) for version in pinned[name]), name
    assert f"click=={low['click']}" in constraints()


def test_a_dependency_without_a_bound_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import lowest

    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["click"]\n[project.optional-dependencies]\n', "utf-8"
    )
    monkeypatch.setattr(lowest, "ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"click in pyproject\.toml needs one lower bound: click>=…"):
        lowest.lowest()


def test_what_a_package_installs_has_the_same_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from lowest import lowest

    bounds = re.findall(r'"([a-z]+)>=([\d.]+)"', (ROOT / "cloudpy/package/required.py").read_text("utf-8"))
    assert {"aiohttp", "httptools", "jsonschema", "pyyaml"} == {name for name, _ in bounds}
    low = lowest()
    assert bounds == [(name, low[name]) for name, _ in bounds]
