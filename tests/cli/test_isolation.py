"""Whatever a function does to its process: a clear line, an exit code, and nothing of it left running."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .command import COMMAND, PROGRAMS, run

MAKES_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")


@pytest.mark.once(sample=6)
@pytest.mark.parametrize("handler", ["index.main", "index.async_main"])
@pytest.mark.parametrize(
    ("event", "words"),
    [
        ('{"how": "sys.exit", "code": 3}', "the function called sys.exit(3), which ends the instance"),
        ('{"how": "sys.exit", "code": "bye"}', "the function called sys.exit('bye')"),
        ('{"how": "sys.exit"}', "the function called sys.exit()"),
        ('{"how": "os._exit"}', "the function's process exited with code 7 before it returned a result"),
        ('{"how": "signal"}', "the function's process was ended by SIGKILL before it returned a result"),
        ('{"how": "segfault"}', "the function's process was ended by SIGSEGV before it returned a result"),
    ],
)
def test_a_function_that_ends_its_process(event: str, words: str, handler: str) -> None:
    done = run("exits", "--event", event, "--handler", handler)
    assert 1 == done.returncode
    assert "" == done.stdout
    assert f"cloudpy: {words}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("handler", ["index.main", "index.awaits", "index.holds_on"])
def test_the_time_limit(handler: str) -> None:
    done = run("never_ends", "--handler", handler, "--timeout", "0.3")
    assert 1 == done.returncode
    assert "cloudpy: the function ran longer than its time limit of 0.3 s and was ended" in done.stderr
    assert "--timeout SECONDS sets another limit" in done.stderr


def test_code_that_never_finishes_loading() -> None:
    from cloudpy.runner.process import FunctionProcess

    with FunctionProcess(str(PROGRAMS / "never_loads"), "index.main") as process:
        process.load({})
        assert "late" == process.loaded(0.5).kind


@pytest.mark.once(sample=4)
@pytest.mark.parametrize(
    ("handler", "result"),
    [
        ("much", '"after much"'),
        ("closed_stdout", '"after closing"'),
        ("reads", '{"read": ""}'),
        ("replaced", '"without streams"'),
        ("half_a_character", '"\\ud800"'),
        ("a_thread_that_stays", '"with a thread"'),
        ("large", '"' + "x" * 6_000_000 + '"'),
        ("not_a_number", '{"n": null}'),
    ],
)
def test_odd_streams_threads_and_sizes(handler: str, result: str) -> None:
    done = run("odd_streams", "--handler", f"index.{handler}", "--timeout", "30")
    assert (0, result + "\n") == (done.returncode, done.stdout), done.stderr[-1000:]
    assert "Traceback" not in done.stderr


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("handler", "words"),
    [
        ("closed_everything", "before it returned a result"),
        ("not_json", 'the result cannot be sent: result["photo"][0]: set — JSON has no form for it: give list()'),
        ("too_large", "the result cannot be sent: result: 6.7 MB — the platform sends 6 MB at most"),
    ],
)
def test_results_that_do_not_arrive(handler: str, words: str) -> None:
    done = run("odd_streams", "--handler", f"index.{handler}", "--timeout", "30")
    assert 1 == done.returncode
    assert "" == done.stdout
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_nan_is_told() -> None:
    assert 'result["n"] is nan: sent as null' in run("odd_streams", "--handler", "index.not_a_number").stderr


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run("odd_streams", "--handler", "index.large", capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert 1 == done.returncode
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell is of POSIX")
def test_a_closed_output_is_said() -> None:
    command = shlex.join([*COMMAND, "run", str(PROGRAMS / "shadows")])
    done = subprocess.run(["sh", "-c", f"{command} >&-"], stderr=subprocess.PIPE, encoding="utf-8", timeout=120)
    assert 1 == done.returncode
    assert "cloudpy: cannot print the result: standard output is closed\n" == done.stderr
    done = subprocess.run(["sh", "-c", f"{command} 2>&- <&-"], stdout=subprocess.PIPE, encoding="utf-8", timeout=120)
    assert (0, '"fine"\n') == (done.returncode, done.stdout)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is of Linux")
def test_a_full_disk_is_said() -> None:
    with open("/dev/full", "w") as full:
        done = run("prints", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert 1 == done.returncode
    assert "cloudpy: cannot print the result: No space left on device" in done.stderr


class Held:
    """A named pipe that a program holds open as long as it lives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pipe"
        os.mkfifo(self.path)

    def start(self, handler: str) -> subprocess.Popen[str]:
        event = f'{{"pipe": "{self.path}"}}'
        arguments = ["run", str(PROGRAMS / "holds_a_pipe"), "--event", event, "--handler", handler, "--timeout", "100"]
        return subprocess.Popen(
            [*COMMAND, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # A suite that a shell runs in the background ignores SIGINT, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def __enter__(self) -> Any:
        # A plain open() would wait for ever for a program that ended before it opened its side.
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self._file = open(descriptor, encoding="utf-8")
        assert select.select([descriptor], [], [], 120)[0], "the program never opened the pipe"
        os.set_blocking(descriptor, True)
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()


@MAKES_PIPES
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)]
)
def test_when_we_are_ended_so_is_the_function(tmp_path: Path, number: signal.Signals, code: int) -> None:
    held = Held(tmp_path)
    command = held.start("index.loops")
    with held as pipe:
        assert "started\n" == pipe.readline()
        command.send_signal(number)
        _, errors = command.communicate(timeout=120)
        assert code == command.returncode
        assert "" == pipe.read()  # the end: nobody holds it any more
    assert "Traceback" not in errors
    assert ("cloudpy: interrupted" in errors) == (number == signal.SIGINT)


@MAKES_PIPES
def test_what_the_function_forked_ends_with_it(tmp_path: Path) -> None:
    held = Held(tmp_path)
    command = held.start("index.forks")
    with held as pipe:
        assert "started\n" == pipe.readline()
        result, errors = command.communicate(timeout=120)
        assert (0, '"from the parent"\n', "") == (command.returncode, result, errors)
        assert "" == pipe.read()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_copy_that_returns_too_gives_no_second_result() -> None:
    done = run("holds_a_pipe", "--handler", "index.comes_back_twice")
    assert (0, '"from the parent"\n', "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forked_copies_keep_their_own_files(tmp_path: Path) -> None:
    event = json.dumps({"file": str(tmp_path / "file")})
    done = run("holds_a_pipe", "--handler", "index.generations", "--event", event)
    assert (0, '"from the grandchild"\n', "") == (done.returncode, done.stdout, done.stderr)
