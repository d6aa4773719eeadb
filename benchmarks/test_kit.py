"""What the test kit costs: ``python -m benchmarks.test_kit``. Run by hand, on a machine that is otherwise idle.

- stubbed calls a second, in process, through the whole codec (aim: 3,000)
- a test with one call, beyond a test that does nothing (aim: 5 ms)
- the plugin at pytest's start, where nothing is tested with it (aim: 10 ms)
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cloudpy
import cloudpy.sync
from cloudpy.testing import LocalWeChat

API = "cloudbase.getOpenData"
ROUNDS = 7
TESTS = 200
EMPTY = "import pytest\n@pytest.mark.parametrize('n', range({tests}))\ndef test_it(n): pass\n"
ONE_CALL = """
import pytest
@pytest.mark.parametrize('n', range({tests}))
def test_it(wechat, n):
    wechat.stub("cloudbase.getOpenData").reply(dataList=[])
    assert [] == wechat.invoke("steps", {{"cloudID": "a"}})["dataList"]
"""
FUNCTION = """
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
async def main(event, context):
    return await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})
"""
PYTEST = ("-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider")
TIMED = """
import pathlib, statistics, time
starts = []
def pytest_runtest_logstart():
    starts.append(time.process_time())
def pytest_sessionfinish():
    steps = [later - one for one, later in zip(starts, starts[1:])]
    pathlib.Path("median").write_text(str(statistics.median(steps)))
"""
IMPORTS = ("-X", "importtime", "-c", "import pytest, cloudpy.testing.plugin")


def calls_per_second(count: int = 2000) -> tuple[float, float]:
    """Return the rates of the sync and of the async API, the best of some rounds."""
    with LocalWeChat() as wechat:
        wechat.stub(API).reply(dataList=[])
        blocking = cloudpy.sync.Cloud().init(env="e", config=None)
        awaited = cloudpy.Cloud().init(env="e", config=None)

        def sync() -> None:
            for _ in range(count):
                blocking.openapi.cloudbase.getOpenData(cloudidList=["a"])

        async def one_by_one() -> None:
            for _ in range(count):
                await awaited.openapi.cloudbase.getOpenData(cloudidList=["a"])

        return count / _best(sync), count / _best(lambda: asyncio.run(one_by_one()))


def test_cost() -> float:
    """Milliseconds of a test with one call, beyond one that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        function = Path(folder, "steps")
        function.mkdir()
        Path(function, "index.py").write_text(FUNCTION, "utf-8")
        Path(function, "config.json").write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}', "utf-8")
        Path(folder, "conftest.py").write_text(TIMED, "utf-8")
        costs = {}
        for name, code in (("empty", EMPTY), ("one_call", ONE_CALL)):
            Path(folder, f"test_{name}.py").write_text(code.format(tests=TESTS), "utf-8")
            costs[name] = min(_per_test(folder, f"test_{name}.py") for _ in range(3))
        return costs["one_call"] - costs["empty"]


def plugin_cost() -> float:
    """Milliseconds of importing the plugin where pytest is there already; the median of some starts."""
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run([sys.executable, *IMPORTS], capture_output=True, encoding="utf-8", check=True)
        line = next(line for line in done.stderr.splitlines() if line.endswith(" cloudpy.testing.plugin"))
        found.append(int(line.split("|")[1]) / 1000)
    return statistics.median(found)


def _best(work: Callable[[], None]) -> float:
    """Seconds of processor time, the least of some rounds: what others do on the machine counts as little as can be."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def _per_test(folder: str, name: str) -> float:
    """Milliseconds of processor time from the start of one test to the next, the median."""
    command = [sys.executable, *PYTEST, name]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return float(Path(folder, "median").read_text("utf-8")) * 1000


def main() -> None:
    sync, awaited = calls_per_second()
    print(f"stubbed calls a second       sync {sync:8.0f}   async {awaited:8.0f}   aim >= 3,000")
    print(f"a test with one call         {test_cost():8.1f} ms                   aim <= 5 ms")
    print(f"the plugin at pytest's start {plugin_cost():8.1f} ms                   aim <= 10 ms")


if __name__ == "__main__":
    main()
