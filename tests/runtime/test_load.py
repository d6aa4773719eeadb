"""Handlers of every kind are found and called; what is none is refused in words that say what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cloudpy.runtime import FunctionDir, Handler, LoadError, load

from .program import PROGRAMS, call


@pytest.mark.parametrize(
    "program",
    [
        "async_main",
        "sync_main",
        "awaitable_from_sync",
        "partial_main",
        "callable_object",
        "bound_method",
        "decorated",
        "defaults",
    ],
)
def test_every_kind_of_handler_is_called(program: str) -> None:
    assert "小明" == call(program)["hello"]


@pytest.mark.parametrize(
    ("program", "is_async"),
    [
        ("async_main", True),
        ("sync_main", False),
        ("partial_main", True),
        ("callable_object", True),
        ("bound_method", False),
        ("awaitable_from_sync", False),
        ("decorated", False),
    ],
)
def test_whether_a_handler_is_async_is_known_once_it_is_loaded(program: str, is_async: bool) -> None:
    with FunctionDir(PROGRAMS / program) as directory:
        assert is_async is load(directory).is_async


def test_a_handler_by_another_name() -> None:
    assert "from app.py" == call("other_file", handler="app.handler")


def load_error(program: str | Path, handler: str = "index.main") -> str:
    with pytest.raises(LoadError) as caught, FunctionDir(PROGRAMS / program) as directory:
        load(directory, handler)
    return str(caught.value)


def test_no_folder() -> None:
    assert "no folder " in load_error("nowhere")
    assert "with the function's index.py" in load_error("nowhere")


def test_a_file_in_the_place_of_the_folder() -> None:
    message = load_error("sync_main/index.py")
    assert "expected the function's folder" in message
    assert message.endswith("sync_main")


def test_no_index_py_names_the_files_that_are_there() -> None:
    message = load_error("other_file")
    assert "no index.py in" in message
    assert "found app.py: rename one, or name the handler, as in app.main" in message


def test_capitals_count() -> None:
    assert "found Index.py: names are case-sensitive" in load_error("capital")
    assert "found app.py: names are case-sensitive" in load_error("other_file", "App.main")


def test_index_py_is_near_no_other_name() -> None:
    assert "found index.py: rename one, or name the handler, as in index.main" in load_error("sync_main", "app.main")


def test_no_python_at_all() -> None:
    assert "no .py file at all" in load_error("no_python")


def test_the_folder_above_the_function() -> None:
    assert "there is one in inner" in load_error("outer")


def test_no_main_names_the_functions_that_are_there() -> None:
    message = load_error("misspelt")
    assert "has no main; it defines mian, Helper: rename one, or name the handler, as in index.mian" in message


def test_no_function_at_all() -> None:
    assert "it defines no function at all; write: def main(event, context)" in load_error("nothing_defined")


def test_main_is_no_function() -> None:
    assert "index.main is a dict, not a function" in load_error("not_callable")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("one_parameter", "takes 1 parameter (event)"),
        ("three_parameters", "takes 3 parameters (event, context, callback)"),
        ("no_parameters", "takes no parameter"),
        ("keyword_needed", "needs user as keyword"),
        ("narrow_object", "takes 1 parameter (event)"),
    ],
)
def test_parameters_that_do_not_fit(program: str, words: str) -> None:
    message = load_error(program)
    assert f"index.main {words}" in message
    assert "def main(event, context)" in message


@pytest.mark.parametrize(
    "name", ["main", "index", "", "index.", ".main", "a.b.main", "../x.main", "x/y.main", "i.a b", "x\\y.main"]
)
def test_a_name_that_is_no_handler(name: str) -> None:
    assert f"the handler {name!r} is invalid: expected file.function, as in index.main" in load_error("sync_main", name)


def test_a_file_that_bears_the_name_of_a_module_of_python(tmp_path: Path) -> None:
    (tmp_path / "sys.py").write_text("def main(event, context): return 1")
    assert "has the name of another module" in load_error(tmp_path, "sys.main")


def test_what_the_users_code_raises_comes_through(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def main(event, context)\n    return 1\n")
    with pytest.raises(SyntaxError) as caught, FunctionDir(tmp_path) as directory:
        load(directory)
    assert str(tmp_path / "index.py") == caught.value.filename
    assert "index" not in sys.modules


def test_a_missing_library_comes_through() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library_anywhere"):
        call("missing_library")


def test_a_callable_by_itself() -> None:
    handler = Handler(lambda event, context: event)
    assert 1 == handler.call(1, 2)
    with pytest.raises(LoadError, match="takes 1 parameter"):
        Handler(lambda event: event)
    with pytest.raises(LoadError, match="is an int, not a function"):
        Handler(5)  # type: ignore[arg-type]


def test_a_callable_that_does_not_tell_its_parameters_is_taken() -> None:
    assert not Handler(max).is_async
