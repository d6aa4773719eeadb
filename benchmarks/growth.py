"""Whether anything grows: ``python -m benchmarks.growth [--calls 200000]``.

Memory after the first tenth of the calls and at the end, for both faces, each in a process of its own against the
constant server; and what 10,000 CloudIDs in one call cost against 1,000, in one process against the local WeChat.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def resident() -> float:
    """MB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sync_calls(url: str, calls: int) -> tuple[float, float]:
    import cloudpy.sync as cloud

    cloud.init(env="bench-env", serviceUrl=url, secretId="id", secretKey="key", config=None)
    early = 0.0
    for count in range(calls):
        cloud.openapi.cloudbase.getOpenData({"cloudidList": [f"id-{count}"]})
        if count == calls // 10:
            early = resident()
    return early, resident()


def async_calls(url: str, calls: int) -> tuple[float, float]:
    import cloudpy as cloud

    cloud.init(env="bench-env", serviceUrl=url, secretId="id", secretKey="key", config=None)

    async def some(count: int) -> None:
        for number in range(count):
            await cloud.openapi.cloudbase.getOpenData({"cloudidList": [f"id-{number}"]})

    async def main() -> tuple[float, float]:
        await asyncio.gather(*(some(calls // 100) for _ in range(10)))
        early = resident()
        await asyncio.gather(*(some(calls * 9 // 100) for _ in range(10)))
        return early, resident()

    return asyncio.run(main())


def many_ids() -> tuple[float, float]:
    """Seconds for one call with 1,000 and with 10,000 CloudIDs, in process: medians of five."""
    import cloudpy.sync as cloud
    from cloudpy.local import URL, Backend, connected, environment

    backend = Backend()
    backend.allow("all")
    os.environ.update(environment(backend, URL))
    owner = backend.users.default.openid
    ids = [f"cid-{number}" for number in range(10_000)]
    for one in ids:
        backend.open_data.add(one, {"step": 1}, openid=owner, life=None)
    with connected(backend):
        api = cloud.createNewInstance(env=backend.env, config=None).openapi.cloudbase
        seconds: dict[int, list[float]] = {1_000: [], 10_000: []}
        for _ in range(6):
            for count, taken in seconds.items():
                begun = time.process_time()
                assert len(api.getOpenData({"cloudidList": ids[:count]})["dataList"]) == count
                taken.append(time.process_time() - begun)
        return statistics.median(seconds[1_000][1:]), statistics.median(seconds[10_000][1:])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--face", choices=["sync", "async"], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.face:
        early, late = (sync_calls if arguments.face == "sync" else async_calls)(arguments.url, arguments.calls)
        print(f"{arguments.face}: {early:.1f} MB after a tenth of {arguments.calls} calls, {late:.1f} MB at the end,"
              f" {late / early - 1:+.1%}")  # fmt: skip
        return
    command = [sys.executable, "-m", "benchmarks.server"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}/admin"
    try:
        for face in ("sync", "async"):
            again = ["-m", "benchmarks.growth", "--calls", str(arguments.calls), "--face", face, "--url", url]
            subprocess.run([sys.executable, *again], cwd=ROOT, check=True)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    few, many = many_ids()
    print(
        f"CloudIDs in a call: 1,000 take {few * 1000:.0f} ms, 10,000 take {many * 1000:.0f} ms: {many / few:.1f} times"
    )


if __name__ == "__main__":
    main()
