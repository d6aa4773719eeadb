"""The processes of one function: one stays warm, concurrent calls start more, and those that die are replaced.

As on the platform an instance handles one invocation at a time and keeps the state of its modules.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .outcome import Outcome, load_failure
from .process import LOAD_LIMIT, FunctionProcess

_MAX_NESTED = 16  # processes beyond the maximum, while as many wait for functions that they called
_SETTLE = 0.5  # seconds for what an invocation printed to arrive
_SHORT_LIFE = 10.0  # seconds
_MAX_DEATHS = 3  # within _SHORT_LIFE; then only the next invocation or save starts the function again
_ENDED = "the local cloud ended"


class NoProcessError(Exception):
    """There is no process for an invocation; `outcome` says why: ``load``…, ``busy`` or ``stopped``."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class ProcessPool:
    """The processes of one function.

    Args:
        spawn: starts a process; its argument is to be called when the process has ended.
        variables: returns the variables of an instance; called when one is loaded.
        max_processes: how many may run invocations at once, not counting those that wait for a function they called.
        cold: use a new process for each invocation.
        load_limit: seconds for loading.
        on_load: called after each load that nobody waits for, with its outcome and duration in seconds.
        on_death: called when an idle process has ended, with a description of how.
    """

    def __init__(
        self,
        spawn: Callable[[Callable[[], None]], FunctionProcess],
        variables: Callable[[], Mapping[str, str]],
        *,
        max_processes: int,
        cold: bool,
        load_limit: float = LOAD_LIMIT,
        on_load: Callable[[Outcome, float], None],
        on_death: Callable[[str], None],
    ) -> None:
        self._spawn = spawn
        self._variables = variables
        self._max_processes = max_processes
        self._cold = cold
        self._load_limit = load_limit
        self._on_load = on_load
        self._on_death = on_death
        self._changed = threading.Condition()
        self._idle: list[FunctionProcess] = []
        self._busy: set[FunctionProcess] = set()
        self._loading: set[FunctionProcess] = set()
        self._starting = 0
        self._prefork: FunctionProcess | None = None
        self._running: set[str] = set()  # ids of invocations
        self._calling: Counter[str] = Counter()  # id of an invocation -> how many functions it waits for
        self._generation = 0  # increases with each reload
        self._generations: dict[FunctionProcess, int] = {}
        self._deaths: list[float] = []
        self._closed = False
        self._stopped = Outcome("stopped", _ENDED)
        self.load_error: Outcome | None = None

    @property
    def state(self) -> str:
        """``ready``, ``running``, ``loading``, ``broken``, or ``resting`` (the next invocation starts a process)."""
        with self._changed:
            if self.load_error is not None:
                return "broken"
            if self._starting:
                return "loading"
            return "running" if self._busy else "ready" if self._idle else "resting"

    def pids(self) -> list[int]:
        """Return the process ids."""
        with self._changed:
            return [process.pid for process in (*self._idle, *self._busy)]

    def prefork(self) -> None:
        """Start a process without loading anything; `warm_up` continues with it."""
        self._prefork = self._spawn_watched()

    def warm_up(self) -> None:
        """Load the function in a process and report the outcome. Blocks."""
        started = time.monotonic()
        with self._changed:
            generation = self._generation
        try:
            self._start(busy=False)
        except NoProcessError as error:
            if error.outcome.kind not in ("stopped", "busy") and generation == self._generation:
                self._on_load(error.outcome, time.monotonic() - started)
            return
        self._on_load(Outcome("loaded", ""), time.monotonic() - started)

    def reload(self) -> None:
        """Replace the processes: idle ones at once, busy ones after their invocation."""
        with self._changed:
            self._generation += 1
            old, self._idle = self._idle, []
            self.load_error = None
            self._deaths.clear()
        for process in old:
            process.end()
        self.in_background(self.warm_up)

    def invoke(
        self,
        event: Mapping[str, Any],
        context: Mapping[str, Any],
        variables: Mapping[str, str],
        limit: float,
        *,
        invocation: str = "",
    ) -> Outcome:
        """Run one invocation in a free process.

        Args:
            event: of the invocation.
            context: second argument of the handler.
            variables: environment variables of the invocation.
            limit: seconds for the invocation, and to wait for a free process.
            invocation: its id; see `calling`.
        """
        try:
            process = self._acquire(limit)
        except NoProcessError as error:
            return error.outcome
        keep = False
        with self._changed:
            self._running.add(invocation)
        process.invocation = invocation
        try:
            outcome = process.invoke(event, context, variables, limit)
            process.settle(_SETTLE)
            keep = outcome.kind in ("result", "error", "raised", "refused") and not self._cold
        finally:
            self._release(process, invocation, keep=keep)
        if not keep and not self._cold:
            self._restart()
        return self._stopped if outcome.kind == "ended" and self._closed else outcome

    @contextlib.contextmanager
    def calling(self, invocation: str) -> Iterator[None]:
        """Allow another process while an invocation waits for a function that it called, which may be its own."""
        with self._changed:
            self._calling[invocation] += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._calling[invocation] -= 1
                if not self._calling[invocation]:
                    del self._calling[invocation]

    def close(self, reason: str = _ENDED) -> None:
        """End all processes. Callers of running invocations get `reason` in the error."""
        with self._changed:
            self._closed = True
            self._stopped = Outcome("stopped", reason)
            processes = [*self._idle, *self._busy, *self._loading]
            self._idle.clear()
            prefork, self._prefork = self._prefork, None
            self._changed.notify_all()
        for process in [*processes, *([prefork] if prefork else [])]:
            process.end()

    @staticmethod
    def in_background(work: Callable[[], None]) -> None:
        """Call `work` in a daemon thread."""
        threading.Thread(target=work, daemon=True).start()

    def _acquire(self, wait: float) -> FunctionProcess:
        deadline = time.monotonic() + wait + self._load_limit
        while True:
            with self._changed:
                while self._idle and not self._closed:
                    process = self._idle.pop()
                    if process.alive:
                        self._busy.add(process)
                        return process
                waiting = len(self._running & self._calling.keys())
                is_full = len(self._busy) + self._starting >= self._max_processes + min(waiting, _MAX_NESTED)
                if is_full and waiting > _MAX_NESTED and not self._closed:
                    text = f"{waiting} instances wait for functions that they called: does it call itself without end?"
                    raise NoProcessError(Outcome("busy", text))
                # One that is loading may be ours in a moment, sooner than a second one that starts now.
                if not self._closed and (is_full or (self._starting and not self._busy)):
                    left = deadline - time.monotonic()
                    if left > 0:
                        self._changed.wait(min(left, 1.0))
                        continue
                    text = f"all {self._max_processes} instances are busy; --instances N allows more"
                    raise NoProcessError(Outcome("busy", text))
            return self._start(busy=True)

    def _spawn_watched(self) -> FunctionProcess:
        processes: list[FunctionProcess] = []
        spawned = threading.Event()

        def on_exit() -> None:
            spawned.wait()
            self._handle_exit(processes[0])

        processes.append(self._spawn(on_exit))
        spawned.set()
        return processes[0]

    def _start(self, *, busy: bool) -> FunctionProcess:
        """Start and load a process, which is then busy with the caller's invocation, or idle."""
        with self._changed:
            if self._closed:
                raise NoProcessError(self._stopped)
            self._starting += 1
            generation = self._generation
            process, self._prefork = self._prefork, None
        failure: Outcome | None = None
        try:
            if process is None or generation:  # one started before a reload has outdated variables
                process = self._spawn_watched()
            with self._changed:
                self._loading.add(process)
            process.load(self._variables())
            outcome = process.loaded(self._load_limit)
            failure = None if outcome.kind == "loaded" else load_failure(outcome, self._load_limit)
        except OSError as error:
            failure = Outcome("load", f"cannot start a process: {error}")
        finally:
            with self._changed:
                failure = self._add(process, failure, generation, busy=busy)
        if process is not None and (failure is not None or not (busy or process in self._idle)):
            process.end()
        if failure is not None or process is None:
            raise NoProcessError(failure or self._stopped)
        return process

    def _add(
        self, process: FunctionProcess | None, failure: Outcome | None, generation: int, *, busy: bool
    ) -> Outcome | None:
        """Add a started process, unless there is a failure; return that, or ``stopped`` if the pool was closed."""
        self._starting -= 1
        if process is not None:
            self._loading.discard(process)
        if self._closed:
            failure = self._stopped
        elif generation == self._generation:
            self.load_error = failure
        if failure is None and process is not None:
            self._generations[process] = generation
            if busy:
                self._busy.add(process)
            elif generation == self._generation and not self._cold:
                self._idle.append(process)
        self._changed.notify_all()
        return failure

    def _release(self, process: FunctionProcess, invocation: str, *, keep: bool) -> None:
        with self._changed:
            self._busy.discard(process)
            self._running.discard(invocation)
            keep = keep and len(self._idle) < self._max_processes  # nested calls may have started more
            if keep and not self._closed and self._generations.get(process) == self._generation:
                self._idle.append(process)
            else:
                keep = False
                self._generations.pop(process, None)
            self._changed.notify_all()
        if not keep:
            process.end()

    def _handle_exit(self, process: FunctionProcess) -> None:
        """Replace an idle process that ended; the end of a busy one is its invocation's outcome."""
        with self._changed:
            if process not in self._idle:
                return
            self._idle.remove(process)
            self._generations.pop(process, None)
        self._on_death(process.exit_text())
        process.end()
        self._restart()

    def _restart(self) -> None:
        now = time.monotonic()
        with self._changed:
            self._deaths = [at for at in self._deaths if now - at < _SHORT_LIFE] + [now]
            if self._closed or self._idle or self._starting or len(self._deaths) > _MAX_DEATHS:
                return
        self.in_background(self.warm_up)

    def __repr__(self) -> str:
        return f"<ProcessPool, {len(self._idle)} idle, {len(self._busy)} busy>"
