"""Large files: neither side holds them in memory, and one that does not come to its end leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.storage import MB, measure
from cloudpy.local import Backend, GatewayServer

pytestmark = pytest.mark.skipif(os.name != "posix", reason="measured and killed by means of POSIX")
SIZE = 96 * MB


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("face", ["sync", "async"])
def test_memory_does_not_grow_with_the_file(face: str) -> None:
    found = measure(SIZE, face)
    assert found["same"]
    # Half of the file would be seen: what was there before a byte went is known.
    assert found["peak"] - found["idle"] < SIZE / 4, found
    assert found["peak"] < 80 * MB, found
    assert found["server"] < 80 * MB, found


ENDLESS = """
import asyncio, sys
import {face} as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
class Endless:
    sent = 0
    def read(self, size):
        if self.sent >= 3_000_000:
            print("half way", flush=True)
            sys.stdin.read()  # nobody ever writes: killed here
        self.sent += size
        return b"x" * size
    def tell(self): return self.sent
    def seek(self, offset, whence=0): return 6_000_000 if whence else 0
{run}
"""


@pytest.mark.parametrize(
    "face, run",
    [
        ("cloudpy.sync", "cloud.uploadFile(cloudPath='a/b', fileContent=Endless())"),
        ("cloudpy", "asyncio.run(cloud.uploadFile(cloudPath='a/b', fileContent=Endless()))"),
    ],
)
def test_a_client_that_is_killed_half_way_leaves_nothing(face: str, run: str, tmp_path: Path) -> None:
    backend = Backend(storage=tmp_path / "files")
    backend.storage.put("a/b", b"the old one")
    before = backend.storage.snapshot()
    uploads = tmp_path / "files" / ".cloudpy-uploads"
    with (
        GatewayServer(backend) as server,
        subprocess.Popen(
            [sys.executable, "-c", ENDLESS.format(face=face, run=run)],
            env={**os.environ, **server.environment()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as client,
    ):
        assert client.stdout and client.stdout.readline() == "half way\n"
        _until(lambda: any(path.stat().st_size > MB for path in uploads.iterdir()))  # it really was on its way
        assert backend.storage.snapshot() == before
        client.send_signal(signal.SIGKILL)
        client.wait()
        _until(lambda: not list(uploads.iterdir()))
        assert backend.storage.snapshot() == before


def test_a_local_wechat_that_is_killed_half_way_leaves_nothing_that_is_seen(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom cloudpy.local import Backend, GatewayServer\n"
        "import json\nwith GatewayServer(Backend(storage=sys.argv[1])) as server:\n"
        "    print(json.dumps(server.environment()), flush=True)\n    sys.stdin.read()\n"
    )
    uploads = tmp_path / ".cloudpy-uploads"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        variables = json.loads(server.stdout.readline())
        run = "cloud.uploadFile(cloudPath='a/b', fileContent=Endless())"
        with subprocess.Popen(
            [sys.executable, "-c", ENDLESS.format(face="cloudpy.sync", run=run)],
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as client:
            assert client.stdout and client.stdout.readline() == "half way\n"
            _until(lambda: any(path.stat().st_size > MB for path in uploads.iterdir()))
            server.kill()
            server.wait()
            client.kill()
    again = Backend(storage=tmp_path)
    assert again.storage.snapshot() == {}
    left = list(uploads.iterdir())
    assert len(left) == 1
    os.utime(left[0], (time.time() - 2 * 86400,) * 2)
    again.storage.put("c", b"x")
    assert list(uploads.iterdir()) == []  # what was left is swept away, a day later


def _until(true: object) -> None:
    assert callable(true)
    ends = time.monotonic() + 120
    while not true():
        assert time.monotonic() < ends, "it never came about"
        time.sleep(0.02)
