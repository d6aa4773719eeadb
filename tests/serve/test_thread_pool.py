"""Threads for sync handlers: nothing waits behind what blocks, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading

import pytest

from cloudpy.runtime.thread_pool import ThreadPool

from .serving import PATIENCE

pytestmark = pytest.mark.once


class Job:
    def __init__(self, finished: asyncio.Queue[int], number: int, wait: threading.Event | None = None) -> None:
        self.finished = finished
        self.number = number
        self.wait = wait

    def run(self) -> None:
        if self.wait is not None:
            assert self.wait.wait(PATIENCE)

    def finish(self) -> None:
        self.finished.put_nowait(self.number)


def test_quick_jobs_pass_those_that_block() -> None:
    async def main() -> None:
        pool, finished, gate = ThreadPool(4), asyncio.Queue[int](), threading.Event()
        for number in range(3):
            pool.submit(Job(finished, number, gate))
        for number in range(3, 1000):
            pool.submit(Job(finished, number))
            if number % 7 == 0:
                await asyncio.sleep(0)
        assert [await finished.get() for _ in range(3, 1000)] == list(range(3, 1000))
        assert finished.empty()
        gate.set()
        assert sorted([await finished.get() for _ in range(3)]) == [0, 1, 2]
        pool.close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_jobs_one_by_one_and_in_bursts_all_finish() -> None:
    async def main() -> None:
        pool, finished = ThreadPool(8), asyncio.Queue[int]()
        for round_number in range(300):
            count = round_number % 20 + 1
            for number in range(count):
                pool.submit(Job(finished, number))
            assert sorted([await finished.get() for _ in range(count)]) == list(range(count))
        pool.close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_no_more_threads_than_allowed() -> None:
    async def main() -> None:
        pool, finished, gate = ThreadPool(3), asyncio.Queue[int](), threading.Event()
        # those of the tests before may be ending
        before = set(threading.enumerate())
        for number in range(20):
            pool.submit(Job(finished, number, gate))
        while len(set(threading.enumerate()) - before) < 3:
            await asyncio.sleep(0)
        gate.set()
        assert sorted([await finished.get() for _ in range(20)]) == list(range(20))
        assert len(set(threading.enumerate()) - before) == 3
        pool.close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))
