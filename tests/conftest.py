from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

from tests.once import REPEATED, put_off

# for the properties that ask for no number of examples of their own
settings.register_profile("repeated", max_examples=25)
if REPEATED:
    settings.load_profile("repeated")

LEFT = pytest.StashKey[int]()  # how many tests are left to the running Python


@pytest.hookimpl(trylast=True)  # after -k and -m
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if REPEATED:
        left = put_off(items)
        config.stash[LEFT] = len(left)
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, int] | None = getattr(session.config, "workeroutput", None)
    if output is not None:  # a worker of xdist, whose deselected tests nobody else tells of
        output["cloudpy_once"] = session.config.stash.get(LEFT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # every worker collects all tests, and leaves out the same
    node.config.stash[LEFT] = getattr(node, "workeroutput", {}).get("cloudpy_once", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left = config.stash.get(LEFT, 0)
    if left:
        terminalreporter.write_line(f"{left} tests are run on the running Python alone: they are marked `once`")
