"""One large file up and down through the local storage, and the memory it takes: ``python -m benchmarks.storage``.

The client is a process of its own, whose largest resident memory the system tells; so is the local WeChat.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MB = 1024 * 1024

_CLIENT = """
import asyncio, hashlib, json, pathlib, resource, sys, time
import {api} as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
{peak}def note(start):
    return time.perf_counter() - start
{definition} program():
    source, target = map(pathlib.Path, sys.argv[1:])
    idle = ({wait} cloud.getTempFileURL(fileList=[])) and peak()  # what any call loads is there
    start = time.perf_counter()
    file_id = ({wait} cloud.uploadFile(cloudPath="large.bin", fileContent=source))["fileID"]
    up = note(start)
    start = time.perf_counter()
    assert ({wait} cloud.downloadFile(fileID=file_id, to=target))["statusCode"] == 200
    print(json.dumps(dict(idle=idle, peak=peak(), up=up, down=note(start))))
{run}
"""
_SERVER = """
import json, resource, sys
{peak}
from cloudpy.local import Backend, GatewayServer
with GatewayServer(Backend(storage=sys.argv[1])) as server:
    print(json.dumps(server.environment()), flush=True)
    sys.stdin.read()
print(peak())
"""
_PEAK = """\
def peak():
    try:  # of this program alone: what getrusage tells begins with what the process had that started it
        return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * %d
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes that ru_maxrss counts in


def measure(size: int, api: str) -> dict[str, Any]:
    """Send a file of `size` bytes up and fetch it again.

    Returns:
        ``idle`` and ``peak`` of the client and ``server``, in bytes; ``up`` and ``down`` in seconds; ``same``: whether
        what came back is what went.
    """
    asynchronous = api == "async"
    client = _CLIENT.format(
        api="cloudpy" if asynchronous else "cloudpy.sync",
        definition="async def" if asynchronous else "def",
        wait="await" if asynchronous else "",
        run="asyncio.run(program())" if asynchronous else "program()",
        peak=_PEAK % _UNIT,
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = folder / "source", folder / "target"
        piece = os.urandom(MB)
        with open(source, "wb") as file:
            for _ in range(size // MB):
                file.write(piece)
        with subprocess.Popen(
            [sys.executable, "-c", _SERVER.format(peak=_PEAK % _UNIT), str(folder / "files")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout and server.stdin
            variables = json.loads(server.stdout.readline())
            done = subprocess.run(
                [sys.executable, "-c", client, str(source), str(target)],
                env={**os.environ, **variables},
                capture_output=True,
                text=True,
            )
            server.stdin.close()
            of_server = int(server.stdout.read())
        if done.returncode:
            raise RuntimeError(done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return {**found, "server": of_server, "same": _same(source, target)}


def _same(one: Path, other: Path) -> bool:
    with open(one, "rb") as first, open(other, "rb") as second:
        while piece := first.read(MB):
            if piece != second.read(MB):
                return False
        return not second.read(1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    wanted = parser.parse_args()
    print(f"{wanted.megabytes} MB up and down through the local storage; memory: the largest resident set")
    for api in ("sync", "async"):
        start = time.perf_counter()
        found = measure(wanted.megabytes * MB, api)
        print(
            f"{api:6} client {found['peak'] / MB:6.1f} MB (idle {found['idle'] / MB:.1f}),"
            f" local WeChat {found['server'] / MB:.1f} MB, up {found['up']:.1f} s, down {found['down']:.1f} s,"
            f" {'the same bytes came back' if found['same'] else 'OTHER BYTES CAME BACK'}"
            f" ({time.perf_counter() - start:.0f} s)"
        )


if __name__ == "__main__":
    main()
