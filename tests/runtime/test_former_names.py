"""Names of earlier versions: they work, and warn."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from cloudpy import functions, runtime
from cloudpy.runtime.serve import serve

from ..serve.serving import PROGRAMS, Serving

pytestmark = pytest.mark.once


def test_a_name_of_the_package() -> None:
    with pytest.warns(DeprecationWarning, match=r"cloudpy\.runtime"):
        assert functions.ResultError is runtime.ResultError
    with pytest.raises(AttributeError, match="Nothing"):
        functions.Nothing  # noqa: B018


@pytest.mark.parametrize(("module", "name"), [("scf", "entry"), ("serve", "serve")])
def test_a_module(module: str, name: str) -> None:
    sys.modules.pop(f"cloudpy.functions.{module}", None)
    with pytest.warns(DeprecationWarning, match=rf"cloudpy\.runtime\.{module}"):
        former = importlib.import_module(f"cloudpy.functions.{module}")
    assert getattr(former, name) is getattr(importlib.import_module(f"cloudpy.runtime.{module}"), name)


def test_serve_with_a_door() -> None:
    with pytest.warns(DeprecationWarning, match="protocol"):
        assert serve("no such folder", door="access") == 1


@pytest.mark.parametrize("option", ["--door", "--protocol"])
def test_the_option(option: str) -> None:
    with Serving(PROGRAMS / "raises", option, "event") as server:
        assert server.post({}, path="/event-invoke").json() == {"context": {}}
        assert server.post({}, path="/").status == 404
        assert ("--door is deprecated" in server.text) == (option == "--door")


def test_the_help_shows_the_new_option_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cloudpy", "serve", "--help"], capture_output=True, text=True, timeout=120
    )
    assert "--protocol" in done.stdout
    assert "--door" not in done.stdout
