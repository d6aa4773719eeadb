"""Threads for sync handlers, whose results reach the event loop with few wake-ups.

``concurrent.futures`` wakes a thread for each job and the loop for each result. Here a thread goes on with the next job
while there is one, and the loop is woken once for all results that have come since it last looked. As long as jobs are
quick, the loop waits for them a moment instead of going to sleep. A job never waits behind another one that blocks:
before a thread begins one, it wakes the next thread if more jobs wait.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque

MAX_WAIT = 0.0003  # seconds that the loop waits for quick jobs
SKIPPED = 200  # jobs for which the loop does not wait after it has waited in vain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Job(Protocol):
        """Work for a thread."""

        def run(self) -> None:
            """Do the work, in a thread; it must not raise."""

        def finish(self) -> None:
            """Take the result, in the loop's thread."""


class ThreadPool:
    """Runs jobs in at most `size` threads; belongs to the running loop."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[Job] = deque()
        self._finished: deque[Job] = deque()
        self._idle: list[threading.Lock] = []  # of threads that wait for one; the last one has been busy most recently
        self._count = 0
        self._waking = False  # a thread has been woken, and has not looked for a job yet
        self._notified = False  # the loop has been woken, and has not taken the results yet
        self._done = threading.Lock()  # the loop waits for its release
        self._done.acquire()
        self._waiting = False
        self._scheduled = False  # the loop is going to wait
        self._skip = 0  # jobs for which it does not wait
        self._closed = False

    def submit(self, job: Job) -> None:
        """Let a thread run `job`; call it in the loop's thread."""
        self._jobs.append(job)
        if not self._waking:
            self._wake()
        if self._skip:
            self._skip -= 1
        elif not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._wait)

    def close(self) -> None:
        """Let the threads end, each when its job is done."""
        self._closed = True
        self._jobs.clear()
        while self._idle:
            self._idle.pop().release()

    def _wait(self) -> None:
        """Wait for quick jobs here: that is cheaper than to sleep in the system and to be woken by a pipe."""
        self._scheduled = False
        self._waiting = True
        if not self._finished:
            self._done.acquire(timeout=MAX_WAIT)
        self._waiting = False
        if self._finished:
            self._take()
        else:
            self._skip = SKIPPED

    def _wake(self) -> None:
        """Wake a thread that waits, or start a new one; if all are busy, the first that is done goes on."""
        try:
            lock = self._idle.pop()
        except IndexError:
            if self._count < self._size:
                self._count += 1
                self._waking = True
                # the interpreter does not wait for those that do not end
                threading.Thread(target=self._work, name=f"cloudpy-{self._count}", daemon=True).start()
            return
        self._waking = True
        lock.release()

    def _work(self) -> None:
        lock = threading.Lock()
        lock.acquire()
        jobs = self._jobs
        while not self._closed:
            self._waking = False
            while True:
                try:
                    job = jobs.popleft()
                except IndexError:
                    break
                if jobs and not self._waking:
                    self._wake()
                job.run()
                self._deliver(job)
                del job  # it holds the event
            self._idle.append(lock)
            if jobs or self._closed:  # it came between the last look and the line above
                try:
                    self._idle.remove(lock)
                except ValueError:  # somebody has taken it to wake this thread
                    pass
                else:
                    continue
            lock.acquire()

    def _deliver(self, job: Job) -> None:
        self._finished.append(job)
        if self._waiting:
            if not self._jobs:
                self._waiting = False
                try:
                    self._done.release()
                except RuntimeError:  # another thread has done so
                    pass
        elif not self._notified:
            self._notified = True
            try:
                self._loop.call_soon_threadsafe(self._take)
            except RuntimeError:  # the loop has ended; nobody waits for it
                pass

    def _take(self) -> None:
        self._notified = False
        finished = self._finished
        while finished:
            finished.popleft().finish()

    def __repr__(self) -> str:
        return f"<ThreadPool: {self._count} of {self._size} threads, {len(self._jobs)} jobs waiting>"
