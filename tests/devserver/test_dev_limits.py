"""What one function, one caller or one odd folder cannot do to the local cloud."""

from __future__ import annotations

import io
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.devserver.invocation import CODES, CloudCall, Invocation
from cloudpy.devserver.recorder import EventRecorder
from cloudpy.devserver.reporter import ConsoleReporter
from cloudpy.runner.discovery import find_functions, fingerprint
from cloudpy.runtime.adapters.body import read_json
from cloudpy.runtime.errors import RequestRejected

from .dev_process import Dev, write

HELLO = "def main(event, context):\n    return 'hello'\n"
GATE = """\
import os, time

def main(event, context):
    while not os.path.exists(event["gate"]):
        time.sleep(0.01)
"""
ESCAPES = "\x1b]52;c;cHduZWQ=\x07\r\x9b2J09:00:00 hello"


def test_a_function_whose_callers_queue_delays_no_other(tmp_path: Path) -> None:
    write(tmp_path / "hello", index=HELLO)
    write(tmp_path / "slow", index=GATE)
    gate = tmp_path / "gate"
    statuses: list[int] = []
    refused = threading.Semaphore(0)
    with Dev(tmp_path, "--instances", "1", "--timeout", "600") as dev:

        def call() -> None:
            statuses.append(dev.post("slow", {"gate": str(gate)}).status)
            if statuses[-1] == 429:
                refused.release()

        threads = [threading.Thread(target=call) for _ in range(70)]
        for thread in threads:
            thread.start()
        assert refused.acquire(timeout=60)  # as many wait as may wait
        assert dev.post("hello").json() == "hello"
        gate.touch()
        for thread in threads:
            thread.join()
    assert {200: 65, 429: 5} == {status: statuses.count(status) for status in set(statuses)}


def linked(folder: Path) -> Path:
    """A project full of links: to itself, above itself, to nothing, to functions in it and beside it."""
    project = folder / "project"
    for path in (project / "one", project / "below" / "two", folder / "shared" / "three", folder / "stranger"):
        write(path, index=HELLO)
    links = {
        "dot": ".",
        "up": "..",
        "root": "/",
        "self": "self",
        "nothing": "nowhere",
        "again": "below",
        "alias": "one",
        "three": "../shared/three",
        "one/dot": ".",
        "one/up": "..",
        "one/root": "/",
        "one/self.py": "self.py",
        "one/sub": "../below",
    }
    for name, target in links.items():
        (project / name).symlink_to(target)
    return project


def test_links_neither_multiply_functions_nor_lead_out_of_the_project(tmp_path: Path) -> None:
    project = linked(tmp_path)
    found, problems = find_functions([str(project)], "index.main")
    assert {
        "one": str(project / "one"),
        "two": str(project / "below" / "two"),
        "three": str(project / "three"),
    } == {name: folder.path for name, folder in found.items()}
    assert [f"{project / 'alias'} is ignored: it is a link to the function {project / 'one'}"] == problems
    watched = [path for path, *_ in fingerprint(found["one"])]
    assert sorted(watched) == [str(project / "one" / "index.py"), str(project / "one" / "sub" / "two" / "index.py")]


@pytest.mark.parametrize("options", [(), ("--poll",)], ids=["notified", "polling"])
def test_a_project_full_of_links_is_served_and_reloaded(tmp_path: Path, options: tuple[str, ...]) -> None:
    project = linked(tmp_path)
    with Dev(project, *options) as dev:
        assert ["one", "three", "two"] == dev.said(lambda line: line["log"] == "ready")["functions"]
        assert [200, 200, 200] == [dev.post(name).status for name in ("one", "two", "three")]
        before = len(dev.lines)
        write(tmp_path / "shared" / "three", index=HELLO.replace("hello", "changed"))
        dev.notice("three: reloaded in", before)
        assert dev.post("three").json() == "changed"
        assert 1 == sum("is a link to the function" in line.get("text", "") for line in dev.lines)


@given(
    st.sampled_from(["result", "error", *CODES]),
    st.text(),
    st.integers(1, 50_000),
)
def test_what_is_kept_of_an_invocation_is_what_is_shown(kind: str, text: str, times: int) -> None:
    text *= times
    if kind == "error":
        text = json.dumps({"errCode": -1, "errMsg": text})
    one = Invocation("id", "hello", kind=kind, text=text)
    one.add(CloudCall("a.b", "ok", 1.0))
    kept = one.shortened()
    assert kept.short() == one.short()
    assert len(kept.text) < 20 * 41_000
    assert kept.failed == one.failed and kept.calls == one.calls
    if one.failed:
        assert kept.problem()["errCode"] == one.problem()["errCode"]
        assert ("stack" in kept.problem()) == ("stack" in one.problem()) or len(text) > 20_000


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs prlimit")
def test_a_full_disk_is_said_once_and_recording_goes_on(tmp_path: Path) -> None:
    import resource

    write(tmp_path / "project" / "hello", index=HELLO)
    file = tmp_path / "events.jsonl"
    with Dev(tmp_path / "project", "--record", file) as dev:
        dev.post("hello", {"n": 1})
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = file.stat().st_size
        resource.prlimit(dev.process.pid, resource.RLIMIT_FSIZE, (size + 100, unlimited[1]))
        for number in (2, 3):
            assert dev.post("hello", {"n": number, "text": "x" * 1000}).status == 200
        dev.notice("cannot be written")
        resource.prlimit(dev.process.pid, resource.RLIMIT_FSIZE, unlimited)
        dev.post("hello", {"n": 4})
        dev.notice("can be written again; 2 invocations are missing in it")
        assert 1 == sum("cannot be written" in line.get("text", "") for line in dev.lines)
    assert [1, 4] == [json.loads(line)["event"]["n"] for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("before", [b"", b"{}\n", b'{"cut off'])
def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path, before: bytes) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(before)
    for number in range(2):
        record = EventRecorder(str(file))
        record.add("hello", {"n": number}, openid="")
        record.close()
    lines = file.read_bytes().splitlines()
    assert [0, 1] == [json.loads(line)["event"]["n"] for line in lines[-2:]]
    assert b"".join(lines[:-2]) == before.rstrip()


def test_nothing_of_users_is_obeyed_by_the_terminal() -> None:
    stream = io.StringIO()
    terminal = ConsoleReporter(stream=stream)
    terminal.printed("hello", [f"\x1b[32mgreen {ESCAPES}"])
    terminal.problem(ESCAPES)
    terminal.notice(ESCAPES)
    terminal.late_call("hello", ESCAPES, ESCAPES, 1.0)
    one = Invocation("id", "hello", openid="o-a", kind="raised", text=f"Traceback\n  line\nValueError: {ESCAPES}\n")
    one.add(CloudCall(ESCAPES, ESCAPES, 1.0))
    terminal.invocation(one)
    terminal.close()
    text = stream.getvalue()
    assert "\x1b[32mgreen \\u001b]52" in text  # colours of a function's own
    assert not set(text.replace("\x1b[32m", "").replace("\x1b[0m", "")) & set("\x1b\x07\r\x9b")
    assert "\\u009b2J09:00:00 hello" in text


@pytest.mark.parametrize("body", [r'{"a": "\ud800"}', r'{"\udfff": 1}', r'{"a": [{"b": "x\udc00\ud800"}]}'])
def test_half_a_surrogate_is_refused(body: str) -> None:
    with pytest.raises(RequestRejected, match="unpaired surrogate"):
        read_json(body.encode())
    assert read_json(rb'{"a": "\ud83d\ude00", "b": "\\ud800"}') == {"a": "😀", "b": "\\ud800"}


def test_a_folder_that_goes_while_it_is_looked_through(tmp_path: Path) -> None:
    project = linked(tmp_path)
    found, _ = find_functions([str(project)], "index.main")
    for path in (project / "one").iterdir():
        path.unlink()
    os.rmdir(project / "one")
    assert fingerprint(found["one"]) == ()
    assert set(find_functions([str(project)], "index.main")[0]) == {"two", "three"}
