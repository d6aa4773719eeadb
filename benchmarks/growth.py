"""What grows with tasks, bytes and time: ``python -m benchmarks.growth [--write]``.

- calls/s with 1, 50, 500 and 5,000 tasks at once, and with responses of 100 bytes, 10 kB and 1 MB, beside bare aiohttp
  that sends the same bytes and does not decode the response
- resident memory of both APIs after the first tenth of 200,000 calls and at the end
- one call with 1,000 and with 10,000 CloudIDs, against the local WeChat in process
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .charts import bar_chart
from .report import ROOT, constant_server, machine, medians, write_image, write_section

TASKS = (1, 50, 500, 5000)
SIZES = {100: "100 B", 10_000: "10 kB", 1_000_000: "1 MB"}
OPTIONS: dict[str, Any] = {"env": "bench-env", "secretId": "id", "secretKey": "key", "config": None}
Call = Callable[[], Awaitable[object]]


def resident() -> float:
    """Return the MB of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sync_memory(url: str, calls: int) -> tuple[float, float]:
    """Return the MB after a tenth of the calls and at the end, for the sync API."""
    import cloudpy.sync as cloud

    cloud.init(serviceUrl=url, **OPTIONS)
    early = 0.0
    for count in range(calls):
        cloud.openapi.cloudbase.getOpenData({"cloudidList": [f"id-{count}"]})
        if count == calls // 10:
            early = resident()
    return early, resident()


def async_memory(url: str, calls: int) -> tuple[float, float]:
    """Return the same for the async API, with ten tasks."""
    import cloudpy as cloud

    cloud.init(serviceUrl=url, **OPTIONS)

    async def many(count: int) -> None:
        for number in range(count):
            await cloud.openapi.cloudbase.getOpenData({"cloudidList": [f"id-{number}"]})

    async def main() -> tuple[float, float]:
        await asyncio.gather(*(many(calls // 100) for _ in range(10)))
        early = resident()
        await asyncio.gather(*(many(calls * 9 // 100) for _ in range(10)))
        return early, resident()

    return asyncio.run(main())


async def rate(call: Call, tasks: int, calls: int) -> float:
    """Return the calls per second of so many tasks, each of which makes one call after the other."""
    each = max(2, calls // tasks)

    async def many() -> None:
        for _ in range(each):
            await call()

    await asyncio.gather(*(call() for _ in range(tasks)))  # opens the connections
    start = time.perf_counter()
    await asyncio.gather(*(many() for _ in range(tasks)))
    return each * tasks / (time.perf_counter() - start)


async def cloudpy_rate(url: str, tasks: int, calls: int) -> float:
    import cloudpy as cloud

    cloud.init(serviceUrl=url, timeout=120, **OPTIONS)
    return await rate(lambda: cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]}), tasks, calls)


async def aiohttp_rate(url: str, tasks: int, calls: int) -> float:
    import aiohttp

    from .request import BODY, HEADERS, query

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def call() -> None:
            async with session.post(f"{url}?{query()}", data=BODY, headers=HEADERS) as answer:
                assert answer.status == 200 and await answer.read()

        return await rate(call, tasks, calls)


WORKERS: dict[str, Callable[[str, int, int], Any]] = {
    "sync-memory": lambda url, _, calls: sync_memory(url, calls),
    "async-memory": lambda url, _, calls: async_memory(url, calls),
    "cloudpy": lambda url, tasks, calls: asyncio.run(cloudpy_rate(url, tasks, calls)),
    "aiohttp": lambda url, tasks, calls: asyncio.run(aiohttp_rate(url, tasks, calls)),
}


def worker(kind: str, url: str, tasks: int, calls: int) -> Any:
    """Run one of WORKERS in another process."""
    command = [sys.executable, "-m", "benchmarks.growth", "--worker", kind, "--url", url]
    command += ["--tasks", str(tasks), "--calls", str(calls)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


def rates(rounds: int, calls: int) -> dict[str, dict[str, float]]:
    """Return label -> contestant -> median calls/s."""
    cases = [(f"{tasks:,} at once, 100 B", 100, tasks, calls) for tasks in TASKS]
    cases += [(f"50 at once, {SIZES[size]}", size, 50, calls // (1 if size < 1_000_000 else 40)) for size in SIZES]
    figures: dict[str, list[dict[str, float]]] = {label: [] for label, *_ in cases}
    for _ in range(rounds):
        for label, size, tasks, count in cases:
            with constant_server(size) as url:
                figures[label].append({kind: worker(kind, url, tasks, count) for kind in ("cloudpy", "aiohttp")})
    return medians(figures)


def many_ids() -> tuple[float, float]:
    """Return the seconds of one call with 1,000 and with 10,000 CloudIDs, in process: medians of five."""
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
            for count, times in seconds.items():
                start = time.process_time()
                assert len(api.getOpenData({"cloudidList": ids[:count]})["dataList"]) == count
                times.append(time.process_time() - start)
        return statistics.median(seconds[1_000][1:]), statistics.median(seconds[10_000][1:])


def report(rounds: int, calls: int, memory_calls: int) -> tuple[str, dict[str, dict[str, float]]]:
    """Return the section for docs/en/performance.md, and the rates."""
    found = rates(rounds, calls)
    lines = [
        machine(rounds),
        "",
        "| | cloudpy async, calls/s | bare aiohttp, calls/s | ratio |",
        "|---|---:|---:|---:|",
    ]
    for label, figures in found.items():
        ours, bare = figures["cloudpy"], figures["aiohttp"]
        lines.append(f"| {label} | {ours:.0f} | {bare:.0f} | {ours / bare:.2f} |")
    lines.append("")
    with constant_server() as url:
        for kind in ("sync", "async"):
            early, late = worker(f"{kind}-memory", url, 1, memory_calls)
            lines.append(
                f"- {memory_calls:,} calls, {kind}: {early:.1f} MB after a tenth of them, {late:.1f} MB at the end"
                f" ({late / early - 1:+.1%})"
            )
    few, many = many_ids()
    lines.append(
        f"- CloudIDs in one call: 1,000 take {few * 1000:.0f} ms, 10,000 take {many * 1000:.0f} ms"
        f" ({many / few:.1f} times as long)"
    )
    return "\n".join(lines), found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=6_000, help="calls of each rate")
    parser.add_argument("--memory-calls", type=int, default=200_000)
    parser.add_argument("--write", action="store_true", help="write its section of performance.md and its chart")
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--tasks", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (limit, limit)
    )  # 5,000 tasks have 5,000 connections; children inherit it
    if options.worker:
        print(json.dumps(WORKERS[options.worker](options.url, options.tasks, options.calls)))
        return
    text, found = report(options.rounds, options.calls, options.memory_calls)
    print(text)
    if options.write:
        rows = {label: (figures["cloudpy"], figures["aiohttp"]) for label, figures in found.items()}
        chart = bar_chart(
            "Calls per second by tasks and by bytes of a response", ("cloudpy async", "bare aiohttp"), rows
        )
        write_section("growth", f"![Calls per second by tasks and bytes]({write_image('growth', chart)})\n\n{text}")


if __name__ == "__main__":
    main()
