"""The port of a function equals it, mistakes in the port are found, and no function differs from itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cloudpy.compare import scenario
from cloudpy.compare.comparator import compare_functions
from cloudpy.compare.report import Report
from cloudpy.compare.rules import Rules
from cloudpy.compare.scenario import from_mapping
from tests.once import part

from .harness import EVENTS, NODE, PYTHON, desk, function, pair
from .planted import PLANTED, patched

FUZZED = part(1000, 50)
_DISPATCH = """\
from importlib import import_module


async def main(event, context):
    return await import_module(event["port"]).main(event, context)
"""


def test_the_port_equals_the_function() -> None:
    report = Report(function(NODE), function(PYTHON))
    with pair(NODE, PYTHON, base=desk()) as running:
        compare_functions(running, report, scenario.read(str(EVENTS)))
        assert running.starts == 1
    assert [] == [(one.scenario.name, one.differences) for one in report.different]
    kinds = {one.left.outcome.kind for one in report.events}
    assert {"result", "error", "raised"} == kinds
    assert max(len(one.left.calls) for one in report.events) == 3


@pytest.mark.once()
def test_every_planted_mistake_is_found(tmp_path: Path) -> None:
    # All ports are modules of one function, so that one pair of processes runs them: event.port says which is meant.
    source = (PYTHON / "index.py").read_text("utf-8")
    (tmp_path / "index.py").write_text(_DISPATCH)
    shutil.copy(PYTHON / "config.json", tmp_path)
    (tmp_path / "right.py").write_text(source)
    names = {f"port{number}": name for number, name in enumerate(PLANTED)}
    for module, name in names.items():
        (tmp_path / f"{module}.py").write_text(patched(source, *PLANTED[name]))
    found: dict[str, list[str]] = {}
    cases = scenario.read(str(EVENTS))
    with pair(NODE, tmp_path, Rules().ignoring(["$.served"]), desk()) as running:
        for module in ["right", *names]:
            for case in cases:
                raw = {**case.raw, "event": {**case.raw["event"], "port": module}}
                one = running.compare(from_mapping(case.name, raw))
                if not one.equal:
                    found.setdefault(module, []).append(case.name)
        assert running.starts == 1
    assert "right" not in found
    assert [] == [name for module, name in names.items() if module not in found]
    assert len(names) >= 20


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(("folder", "number"), [(PYTHON, FUZZED), (NODE, 100)], ids=["python", "node"])
def test_a_function_does_not_differ_from_itself(folder: Path, number: int) -> None:
    report = Report(function(folder), function(folder))
    with pair(folder, folder, base=desk()) as running:
        compare_functions(running, report, scenario.read(str(EVENTS)), fuzz=number, seed=7)
    assert [] == [(one.scenario.name, one.scenario.raw, one.differences) for one in report.different]
    assert number == report.fuzzed


def test_a_fuzzed_event_that_fails_is_made_small_and_can_be_replayed(tmp_path: Path) -> None:
    from cloudpy.compare.files import save_failing

    source = (PYTHON / "index.py").read_text("utf-8")
    shutil.copytree(PYTHON, tmp_path / "port")
    (tmp_path / "port" / "index.py").write_text(patched(source, *PLANTED["off by one at the end"]))
    given = [one for one in scenario.read(str(EVENTS)) if one.name == "a page in the middle"]
    report = Report(function(PYTHON), function(tmp_path / "port"))
    with pair(PYTHON, tmp_path / "port", base=desk()) as running:
        compare_functions(running, report, given, fuzz=60, seed=1)
        (one,) = (one for one in report.failing if [d.place for d in one.differences] == ["$.more"])
        assert set(one.scenario.raw["event"]) == {"action", "number", "items"}
        paths = save_failing(report, str(tmp_path / "saved"))
        again = [running.compare(case) for path in paths for case in scenario.read(path)]
    assert len(paths) == len(report.failing)
    assert [one.scenario.name for one in again] == [one.scenario.name for one in report.failing]
    assert not any(one.equal for one in again)
