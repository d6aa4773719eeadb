"""`cloudpy serve --timers`: the function of config.json's triggers is called by the server itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

FUNCTION = """
import cloudpy as cloud

cloud.init(env="e", config=None)


async def main(event, context):
    source = cloud.getWXContext()["SOURCE"]
    with open("fired.txt", "a") as file:
        file.write(f"{event['Time']} {event['TriggerName']} {source}\\n")
"""
EVERY_SECOND = [{"name": "tick", "type": "timer", "config": "* * * * * * *"}]


def make(folder: Path, triggers: Any) -> None:
    (folder / "index.py").write_text(FUNCTION, "utf-8")
    (folder / "config.json").write_text(json.dumps({"triggers": triggers}), "utf-8")


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cloudpy", "serve", str(folder), "--port", "0", "--timers", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def stop(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=60)
    return [json.loads(line) for line in log.splitlines()]


def wait_for_lines(path: Path, count: int) -> list[str]:
    while True:  # the suite's own limit ends a wait that is in vain
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        if len(lines) >= count:
            return lines
        time.sleep(0.05)


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("workers", ["1", "3"])
def test_each_second_fires_once(tmp_path: Path, workers: str) -> None:
    make(tmp_path, EVERY_SECOND)
    process = start(tmp_path, "--workers", workers)
    lines = wait_for_lines(tmp_path / "fired.txt", 3)
    log = stop(process)
    lines = (tmp_path / "fired.txt").read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines))
    assert {"tick wx_trigger"} == {line.partition(" ")[2] for line in lines}
    fired = [line for line in log if line["log"] == "timer" and "requestId" in line]
    assert len(lines) == len(fired)


def test_two_instances_share_a_store(tmp_path: Path) -> None:
    make(tmp_path, EVERY_SECOND)
    store = f"file:{tmp_path / 'store'}"
    processes = [start(tmp_path, "--timer-store", store) for _ in range(2)]
    wait_for_lines(tmp_path / "fired.txt", 3)
    logs = [stop(process) for process in processes]
    lines = (tmp_path / "fired.txt").read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines))
    assert len(lines) == sum("requestId" in line for log in logs for line in log if line["log"] == "timer")


@pytest.mark.parametrize(
    ("triggers", "words"),
    [
        ([], "no valid trigger"),
        ([{"name": "t", "type": "timer", "config": "* * *"}], "no valid trigger"),
        ([*EVERY_SECOND, {"name": "t", "type": "timer", "config": "0 2 * * *"}], "triggers[1].config must have seven"),
    ],
)
def test_a_timer_that_will_not_fire_is_reported(tmp_path: Path, triggers: Any, words: str) -> None:
    make(tmp_path, triggers)
    process = start(tmp_path)
    assert process.stderr is not None
    while words not in (line := process.stderr.readline()):
        assert line, "the server has ended"
    stop(process)


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--timer-store", "nothing"], "file:PATH")],
)
def test_an_unusable_store_is_a_usage_error(tmp_path: Path, options: list[str], words: str) -> None:
    make(tmp_path, EVERY_SECOND)
    done = subprocess.run(
        [sys.executable, "-m", "cloudpy", "serve", str(tmp_path), "--port", "0", "--timers", *options],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert 2 == done.returncode and words in done.stderr
    assert "Traceback" not in done.stderr
