"""Calls under faults: which the gateway read twice, and which got another call's answer. Neither may be.

``python -m tests.transports.fault_campaign`` runs it in full; the tests run it in small.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import uvloop

import cloudpy
import cloudpy.sync
from cloudpy._transports import aio, blocking, override
from cloudpy.errors import CallTimeoutError, CloudSDKError, TransportError

from .fault_server import FAULTS

TASKS, THREADS = 50, 16
PATIENCE = {"late": 0.15}  # seconds; any other call may take as long as it likes
SENT_ONCE, REPEATABLE = "subscribeMessage.send", "cloudbase.getOpenData"
ENDS = {
    "none": {"right"},
    "hints": {"right"},
    "drip": {"right"},
    "leave": {"right"},
    "twice": {"right"},
    "reset": {"failed"},
    "close": {"failed"},
    "cut": {"failed"},
    "late": {"late", "right"},  # a busy machine can look at the clock after the answer is there
    "cancelled": {"cancelled", "right"},
}


class Plan:
    """What each call asks the gateway to do: most of them nothing, and the same in each run of a seed."""

    def __init__(self, count: int, seed: int, *, cancel: bool) -> None:
        choice = random.Random(seed)
        kinds = [*FAULTS[1:], *(["cancelled"] if cancel else [])]
        self.calls = [
            (number, choice.choice((SENT_ONCE, REPEATABLE)), choice.choice(kinds) if choice.random() < 0.3 else "none")
            for number in range(count)
        ]


class Tally:
    """How the calls ended, and what must not be."""

    def __init__(self) -> None:
        self.ends: Counter[tuple[str, str]] = Counter()
        self.faults: list[str] = []

    def end(self, tag: str, kind: str, outcome: dict[str, Any] | BaseException) -> None:
        if isinstance(outcome, dict):
            end = "right" if outcome.get("tag") == tag else "another's answer"
        elif isinstance(outcome, CallTimeoutError):
            end = "late"
        elif isinstance(outcome, TransportError):
            end = "failed"
        else:
            end = "cancelled" if isinstance(outcome, asyncio.CancelledError) else repr(outcome)
        self.ends[kind, end] += 1
        # A kept connection may have died of an earlier fault: what must not be sent twice then fails.
        if end not in ENDS[kind] | {"failed"}:
            self.faults.append(f"{tag}: {end}")


def _tag(kind: str, number: int) -> str:
    return f"{'none' if kind == 'cancelled' else kind}:{number}"


def run_async(url: str, plan: Plan, tally: Tally, loop: str) -> None:
    """Make the calls with the async API, on asyncio's loop or on uvloop's."""
    cloud = cloudpy.createNewInstance(**_options(url))

    async def one(number: int, api: str, kind: str) -> None:
        tag = _tag(kind, number)
        namespace, name = api.split(".")
        call = getattr(getattr(cloud.openapi(timeout=PATIENCE.get(kind, 120)), namespace), name)
        task = asyncio.ensure_future(call(tag=tag))
        if kind == "cancelled":
            await asyncio.sleep(0.001 * (number % 4))
            task.cancel()
        try:
            tally.end(tag, kind, await task)
        except (CloudSDKError, asyncio.CancelledError) as error:
            tally.end(tag, kind, error)

    async def work(calls: Iterator[tuple[int, str, str]]) -> None:
        for call in calls:
            await one(*call)

    async def main() -> None:
        calls = iter(plan.calls)
        await asyncio.gather(*(work(calls) for _ in range(TASKS)))

    sync = blocking.HTTPTransport()
    with override(blocking=sync, asynchronous=aio.AIOTransport()):
        made = uvloop.new_event_loop() if loop == "uvloop" else asyncio.new_event_loop()
        made.run_until_complete(main())
        made.run_until_complete(cloud.aclose())
        made.close()


def run_blocking(url: str, plan: Plan, tally: Tally) -> None:
    """Make the calls with the blocking API, in threads."""
    cloud = cloudpy.sync.createNewInstance(**_options(url))

    def work(first: int) -> None:
        for number, api, kind in plan.calls[first::THREADS]:
            tag = _tag(kind, number)
            namespace, name = api.split(".")
            call = getattr(getattr(cloud.openapi(timeout=PATIENCE.get(kind, 120)), namespace), name)
            try:
                tally.end(tag, kind, call(tag=tag))
            except CloudSDKError as error:
                tally.end(tag, kind, error)

    sync = blocking.HTTPTransport()
    with override(blocking=sync, asynchronous=aio.AIOTransport()), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
        sync.close()


def _options(url: str) -> dict[str, Any]:
    return {"env": "e", "config": None, "serviceUrl": url, "secretId": "i", "secretKey": "k"}


@contextmanager
def gateway() -> Iterator[str]:
    """A gateway in a process of its own; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.transports.fault_server"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


def campaign(kind: str, count: int, seed: int) -> dict[str, Any]:
    """Make `count` calls over ``asyncio``, ``uvloop`` or ``blocking``; what must not be is under ``wrong``."""
    tally = Tally()
    plan = Plan(count, seed, cancel=kind != "blocking")
    began = time.monotonic()
    with gateway() as url:
        if kind == "blocking":
            run_blocking(f"{url}/admin", plan, tally)
        else:
            run_async(f"{url}/admin", plan, tally, kind)
        with build_opener(ProxyHandler({})).open(f"{url}/report", timeout=60) as response:
            report = json.load(response)
    sent_twice = [call for call in report["twice"] if call.startswith(SENT_ONCE)]
    more = [call for call, times in report["twice"].items() if times > 2]
    return {
        "calls": count,
        "ends": {f"{kind}: {end}": number for (kind, end), number in sorted(tally.ends.items())},
        "read by the gateway": report["read"],
        "connections": report["connections"],
        "repeated, safe to repeat": len(report["twice"]) - len(sent_twice),
        "seconds": round(time.monotonic() - began, 1),
        "wrong": [
            *tally.faults,
            *(f"read twice: {call}" for call in sent_twice),
            *(f"read often: {call}" for call in more),
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--awaited", type=int, default=60_000, help="calls on each of asyncio and uvloop")
    parser.add_argument("--blocking", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = 0
    for kind, count in (("asyncio", given.awaited), ("uvloop", given.awaited), ("blocking", given.blocking)):
        figures = campaign(kind, count, given.seed)
        found = figures.pop("wrong")
        wrong += len(found)
        print(f"{kind}: {json.dumps(figures)}; wrong: {len(found)} {found[:10]}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
