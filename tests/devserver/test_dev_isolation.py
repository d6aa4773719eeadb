"""Whatever one function does to its process: the others go on, and it comes back."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .dev_process import Dev, eventually, is_alive, write

WILD = """\
import os, signal, subprocess, sys, time

def main(event, context):
    how = event.get("how")
    if how == "exit":
        sys.exit(3)
    if how == "_exit":
        os._exit(7)
    if how == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "loop":
        while True:
            pass
    if how == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("started", subprocess.Popen(["sleep", "600"]).pid)
        time.sleep(600)
    if how == "flood":
        line = "x" * 1000
        for _ in range(30_000):
            print(line)
        sys.stdout.write("y" * 100_000)
    if how == "hog":
        return len(bytearray(4 * 1024**3))
    if how == "close":
        os.closerange(0, 50)
    return os.getpid()
"""
CALM = "import os\n\ndef main(event, context):\n    return os.getpid()\n"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    project = tmp_path_factory.mktemp("project")
    write(project / "wild", index=WILD, config='{"timeout": 0.7}')
    write(project / "calm", index=CALM)
    with Dev(project, "--memory", "2000") as dev:
        yield dev


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("exit", 500, "sys.exit(3)"),
        ("_exit", 500, "exited with code 7"),
        ("segfault", 500, "was ended by SIGSEGV"),
        ("loop", 504, "time limit of 0.7 s"),
        ("deaf", 504, "time limit of 0.7 s"),
        ("hog", 500, "MemoryError"),
        ("close", 500, "before it returned a result"),
    ],
)
def test_one_that_goes_astray_comes_back(dev: Dev, how: str, status: int, words: str) -> None:
    calm = dev.post("calm").json()
    answer = dev.post("wild", {"how": how})
    assert status == answer.status
    assert words in answer.json()["errMsg"]
    assert calm == dev.post("calm").json()
    assert 200 == dev.post("wild").status


def test_what_it_started_ends_with_it(dev: Dev) -> None:
    begun = len(dev.lines)
    assert 504 == dev.post("wild", {"how": "deaf"}).status
    started = int(dev.notice("started", begun)["text"].split()[1])
    eventually(lambda: not is_alive(started))


def test_much_output_holds_nobody_up(dev: Dev) -> None:
    begun = len(dev.lines)
    # its time limit may be over before all is printed: that it prints is what is looked at
    assert dev.post("wild", {"how": "flood"}).status in (200, 504)
    assert 200 == dev.post("calm").status
    dev.said(lambda line: line.get("function") == "wild" and line["log"] == "print" and "xxx" in line["text"], begun)
    assert 200 == dev.post("wild").status


def test_a_reader_that_reads_nothing_holds_nobody_up(tmp_path: Path) -> None:
    import subprocess
    from http.client import HTTPConnection

    write(tmp_path / "wild", index=WILD)
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "cloudpy", "dev", str(tmp_path), "--port", "0", "--timeout", "60"]
    process = subprocess.Popen(command, stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        first = b""
        while b"\n" not in first:
            first += os.read(reader, 65536)
        port = int(first.decode().partition("http://127.0.0.1:")[2].split()[0])
        for event in ('{"how": "flood"}', "{}"):
            connection = HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request("POST", "/wild", event)
            assert 200 == connection.getresponse().status
            connection.close()
    finally:
        process.terminate()
        assert process.wait(120) in (0, 143)
        os.close(reader)


def test_a_killed_process_is_replaced_before_anyone_asks(dev: Dev) -> None:
    (before,) = eventually(lambda: dev.pids("calm"))
    begun = len(dev.lines)
    os.kill(before, signal.SIGKILL)
    assert "was ended by SIGKILL" in dev.notice("starting a new one", begun)["text"]
    assert before != dev.post("calm").json()


def test_one_at_work_is_killed(dev: Dev) -> None:
    from threading import Timer

    (before,) = eventually(lambda: dev.pids("wild"))
    kill = Timer(0.2, os.kill, (before, signal.SIGKILL))
    kill.start()
    answer = dev.post("wild", {"how": "loop"})
    kill.join()
    assert answer.status in (500, 504)
    assert 200 == dev.post("wild").status


@LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_it_ends(tmp_path: Path, number: int) -> None:
    from threading import Thread

    write(tmp_path / "wild", index=WILD, config='{"timeout": 600}')
    write(tmp_path / "calm", index=CALM)
    with Dev(tmp_path) as dev:
        calm = dev.post("calm").json()
        wild = dev.post("wild").json()
        hanging = Thread(target=lambda: dev.post("wild", {"how": "deaf"}))
        hanging.start()
        eventually(lambda: "running" in dev.request("GET", "/wild").json()["state"])
        assert 0 == dev.end(number)
        hanging.join(120)
    assert [False, False] == [is_alive(pid) for pid in (calm, wild)]
    assert "" == dev.errors


@LINUX
def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    write(tmp_path / "calm", index=CALM)
    with Dev(tmp_path) as dev:
        pid = dev.post("calm").json()
        dev.end(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_code_that_ends_or_hangs_its_process_while_it_is_loaded(tmp_path: Path) -> None:
    write(tmp_path / "ends", index="import os\n\nos._exit(5)\n\ndef main(event, context): pass\n")
    write(tmp_path / "calm", index=CALM)
    with Dev(tmp_path) as dev:
        assert "exited with code 5 while it was loaded" in dev.notice("ends cannot be loaded")["text"]
        assert 200 == dev.post("calm").status
        answer = dev.post("ends")
        assert (500, -504002) == (answer.status, answer.json()["errCode"])
