from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import needs_browser, needs_node, needs_redis
from tests.needs_node import LEAVE_OUT
from tests.once import REPEATED, put_off
from tests.seeds import NEW

# A busy machine is slow, and no failure. The number is for the properties that ask for none of their own.
PATIENT = settings(deadline=None, derandomize=not NEW, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("whole", PATIENT)
settings.register_profile("repeated", PATIENT, max_examples=25)
settings.load_profile("repeated" if REPEATED else "whole")

os.environ["CLOUDPY_LANG"] = "en"  # messages are the same on every machine

LEFT = pytest.StashKey[int]()  # how many tests are left to the running Python
NODE = pytest.StashKey[int]()  # and how many to a machine with Node
REDIS = pytest.StashKey[int]()  # … with Redis
BROWSER = pytest.StashKey[int]()  # … with Chromium


@pytest.hookimpl(tryfirst=True)  # before -m
def pytest_itemcollected(item: pytest.Item) -> None:
    needs_node.mark(item)
    needs_redis.mark(item)
    needs_browser.mark(item)


@pytest.hookimpl(trylast=True)  # after -k and -m
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if LEAVE_OUT:
        config.stash[NODE] = _leave_out(config, items, "needs_node")
    if needs_redis.PROGRAM is None:
        config.stash[REDIS] = _leave_out(config, items, "needs_redis")
    if needs_browser.PROGRAM is None:
        config.stash[BROWSER] = _leave_out(config, items, "needs_browser")
    if REPEATED:
        left = put_off(items)
        config.stash[LEFT] = len(left)
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _leave_out(config: pytest.Config, items: list[pytest.Item], marker: str) -> int:
    need = [item for item in items if item.get_closest_marker(marker)]
    config.hook.pytest_deselected(items=need)
    items[:] = [item for item in items if item not in need]
    return len(need)


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, int] | None = getattr(session.config, "workeroutput", None)
    if output is not None:  # a worker of xdist, whose deselected tests nobody else tells of
        output["cloudpy_once"] = session.config.stash.get(LEFT, 0)
        output["cloudpy_node"] = session.config.stash.get(NODE, 0)
        output["cloudpy_redis"] = session.config.stash.get(REDIS, 0)
        output["cloudpy_browser"] = session.config.stash.get(BROWSER, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # every worker collects all tests, and leaves out the same
    output = getattr(node, "workeroutput", {})
    node.config.stash[LEFT] = output.get("cloudpy_once", 0)
    node.config.stash[NODE] = output.get("cloudpy_node", 0)
    node.config.stash[REDIS] = output.get("cloudpy_redis", 0)
    node.config.stash[BROWSER] = output.get("cloudpy_browser", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left = config.stash.get(LEFT, 0)
    if left:
        terminalreporter.write_line(f"{left} tests are run on the running Python alone: they are marked `once`")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    need = config.stash.get(NODE, 0)
    if need and not hasattr(config, "workerinput"):  # after all that pytest writes
        print(f"{need} tests were left out: they need Node, and there is none here; `make test` installs it")
    need = config.stash.get(REDIS, 0)
    if need and not hasattr(config, "workerinput"):
        print(f"{need} tests were left out: they need redis-server, and there is none here")
    need = config.stash.get(BROWSER, 0)
    if need and not hasattr(config, "workerinput"):
        print(f"{need} tests were left out: they need Chromium, and there is none here")
