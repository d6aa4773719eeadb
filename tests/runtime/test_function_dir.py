"""Several functions take turns in one process, and none sees what is another's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cloudpy.runtime import FunctionDir, Runner, load, make_context

from .program import PROGRAMS


def test_each_function_has_its_own_modules_and_keeps_its_state() -> None:
    counter, other = FunctionDir(PROGRAMS / "counter"), FunctionDir(PROGRAMS / "late_import")
    runner = Runner()
    with counter:
        count = load(counter)
        assert {"calls": 1, "helper": "of counter", "folder": "counter"} == runner.invoke(count, {}, make_context())
    with other:
        assert {"helper": "of late_import"} == runner.invoke(load(other), {}, make_context())
    with counter:
        assert 2 == runner.invoke(load(counter), {}, make_context())["calls"]
    with other:
        assert {"helper": "of late_import"} == runner.invoke(load(other), {}, make_context())
    with FunctionDir(PROGRAMS / "counter") as fresh:
        assert 1 == runner.invoke(load(fresh), {}, make_context())["calls"]


def test_the_process_is_as_before_afterwards() -> None:
    path, folder, modules = list(sys.path), os.getcwd(), set(sys.modules)
    with FunctionDir(PROGRAMS / "counter") as directory:
        load(directory)
        assert directory.folder == sys.path[0] == os.getcwd()
        assert {"index", "helpers"} <= set(sys.modules)
    assert path == sys.path
    assert folder == os.getcwd()
    assert modules == set(sys.modules)


def test_it_leaves_when_the_code_fails() -> None:
    path = list(sys.path)
    with pytest.raises(ModuleNotFoundError), FunctionDir(PROGRAMS / "missing_library") as directory:
        load(directory)
    assert path == sys.path
    assert "index" not in sys.modules


def test_a_module_of_the_tests_does_not_stand_in_for_the_functions_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "helpers.py").write_text("NAME = 'of the tests'")
    monkeypatch.syspath_prepend(str(tmp_path))
    import helpers  # type: ignore[import-not-found]

    try:
        with FunctionDir(PROGRAMS / "late_import") as directory, Runner() as runner:
            assert {"helper": "of late_import"} == runner.invoke(load(directory), {}, make_context())
        assert helpers is sys.modules["helpers"]
    finally:
        del sys.modules["helpers"]


def test_a_place_is_entered_once() -> None:
    with FunctionDir(PROGRAMS / "counter") as directory, pytest.raises(RuntimeError, match="entered already"):
        directory.__enter__()


def test_packages_of_the_function_are_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        package = tmp_path / name / "lib" / "deep"
        package.mkdir(parents=True)
        (tmp_path / name / "lib" / "__init__.py").write_text("")
        (package / "__init__.py").write_text(f"NAME = {name!r}")
        (tmp_path / name / "index.py").write_text("from lib.deep import NAME\ndef main(event, context): return NAME\n")
    runner = Runner()
    for name in ("one", "two"):
        with FunctionDir(tmp_path / name) as directory:
            assert name == runner.invoke(load(directory), {}, make_context())
    assert "lib" not in sys.modules
