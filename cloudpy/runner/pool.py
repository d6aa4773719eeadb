"""The processes of one function: one at rest and warm, more while it is called at once, a new one for each that dies.

As on the platform an instance takes one invocation at a time, and keeps the state of its modules.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .outcome import not_loaded
from .process import LOAD_LIMIT, FunctionProcess, Outcome

_MAX_NESTED = 16  # instances beyond the most, while as many wait for functions that they called
_SHORT_LIFE = 10.0  # seconds
_MOST_DEATHS = 3  # in so many seconds; then the next invocation or save starts it again
_ENDED = "the local cloud ended"


class NoInstanceError(Exception):
    """There is no process to run an invocation in; `outcome` says why: ``load``…, ``busy`` or ``stopped``."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class Instances:
    """The processes of one function.

    Args:
        spawn: starts a process; it is told what to call when the process has ended.
        variables: those of an instance, asked for when one is loaded.
        most: how many may be at work at once; one that waits for a function that it called is not at work.
        cold: takes a new process for each invocation.
        load_limit: seconds that loading may take.
        tell: hears of each loading that nobody waits for: its outcome, and the seconds it took.
        died: hears of the end of a process that had nothing to do, by its exit code's text.
    """

    def __init__(
        self,
        spawn: Callable[[Callable[[], None]], FunctionProcess],
        variables: Callable[[], Mapping[str, str]],
        *,
        most: int,
        cold: bool,
        load_limit: float = LOAD_LIMIT,
        tell: Callable[[Outcome, float], None],
        died: Callable[[str], None],
    ) -> None:
        self._spawn = spawn
        self._variables = variables
        self._most = most
        self._cold = cold
        self._load_limit = load_limit
        self._tell = tell
        self._died = died
        self._changed = threading.Condition()
        self._idle: list[FunctionProcess] = []
        self._busy: set[FunctionProcess] = set()
        self._running: set[str] = set()  # ids of invocations
        self._calling: Counter[str] = Counter()  # of those, what each has called and waits for
        self._loading: set[FunctionProcess] = set()
        self._starting = 0
        self._generation = 0
        self._generations: dict[FunctionProcess, int] = {}
        self._early: FunctionProcess | None = None
        self._deaths: list[float] = []
        self._closed = False
        self._stopped = Outcome("stopped", _ENDED)
        self.problem: Outcome | None = None  # of the last loading

    @property
    def state(self) -> str:
        """``ready``, ``running``, ``loading``, ``broken`` or ``resting`` (no process is there until it is called)."""
        with self._changed:
            if self.problem is not None:
                return "broken"
            if self._starting:
                return "loading"
            return "running" if self._busy else "ready" if self._idle else "resting"

    def pids(self) -> list[int]:
        """The process ids."""
        with self._changed:
            return [process.pid for process in (*self._idle, *self._busy)]

    def spawn_early(self) -> None:
        """Starts a process that is not told to load anything yet; ``warm_up()`` goes on with it."""
        self._early = self._begin()

    def warm_up(self) -> None:
        """Has an instance ready, and says what came of it. Blocks while it loads."""
        started = time.monotonic()
        with self._changed:
            generation = self._generation
        try:
            self._start(take=False)
        except NoInstanceError as error:
            if error.outcome.kind not in ("stopped", "busy") and generation == self._generation:
                self._tell(error.outcome, time.monotonic() - started)
            return
        self._tell(Outcome("loaded", ""), time.monotonic() - started)

    def renew(self) -> None:
        """Lets those at rest end, those at work when they are done, and has a new one ready."""
        with self._changed:
            self._generation += 1
            old, self._idle = self._idle, []
            self.problem = None
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
        """Runs one invocation in a process that has nothing else to do.

        Args:
            limit: seconds it may take; and seconds to wait for a process, where all are at work.
            invocation: its id; see `calling`.
        """
        try:
            process = self._taken(limit)
        except NoInstanceError as error:
            return error.outcome
        keep = False
        with self._changed:
            self._running.add(invocation)
        try:
            outcome = process.invoke(event, context, variables, limit)
            keep = outcome.kind in ("result", "error", "raised", "refused") and not self._cold
        finally:
            self._release(process, invocation, keep=keep)
        if not keep and not self._cold:
            self._restart()
        return self._stopped if outcome.kind == "ended" and self._closed else outcome

    @contextlib.contextmanager
    def calling(self, invocation: str) -> Iterator[None]:
        """Let another instance start while an invocation waits for a function that it called, which may be its own."""
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
        """End all processes, whatever they do; `reason` is what the callers of those at work hear."""
        with self._changed:
            self._closed = True
            self._stopped = Outcome("stopped", reason)
            every = [*self._idle, *self._busy, *self._loading]
            self._idle.clear()
            early, self._early = self._early, None
            self._changed.notify_all()
        for process in [*every, *([early] if early else [])]:
            process.end()

    @staticmethod
    def in_background(work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()

    def _taken(self, wait: float) -> FunctionProcess:
        deadline = time.monotonic() + wait
        while True:
            with self._changed:
                while self._idle and not self._closed:
                    process = self._idle.pop()
                    if process.alive:
                        self._busy.add(process)
                        return process
                waiting = len(self._running & self._calling.keys())
                crowded = len(self._busy) + self._starting >= self._most + min(waiting, _MAX_NESTED)
                if crowded and waiting > _MAX_NESTED and not self._closed:
                    raise NoInstanceError(Outcome("busy", self._nested(waiting)))
                # one that is loading may be ours in a moment: a second one beside it would start from scratch
                if not self._closed and (crowded or (self._starting and not self._busy)):
                    left = deadline + self._load_limit - time.monotonic()
                    if left > 0:
                        self._changed.wait(min(left, 1.0))
                        continue
                    raise NoInstanceError(Outcome("busy", self._crowd()))
            return self._start(take=True)

    def _crowd(self) -> str:
        return f"all its {self._most} instances are at work; --instances N allows more"

    @staticmethod
    def _nested(waiting: int) -> str:
        return f"{waiting} instances of it wait for functions that they called: does it call itself without end?"

    def _begin(self) -> FunctionProcess:
        box: list[FunctionProcess] = []
        begun = threading.Event()

        def ended() -> None:
            begun.wait()
            self._gone(box[0])

        process = self._spawn(ended)
        box.append(process)
        begun.set()
        return process

    def _start(self, *, take: bool) -> FunctionProcess:
        """A new instance, loaded: the caller's to work with, or at rest."""
        with self._changed:
            if self._closed:
                raise NoInstanceError(self._stopped)
            self._starting += 1
            generation = self._generation
            process, self._early = self._early, None
        failed: Outcome | None = None
        try:
            if process is None or generation:  # what began before a change has the variables of before
                process = self._begin()
            with self._changed:
                self._loading.add(process)
            process.load(self._variables())
            outcome = process.loaded(self._load_limit)
            failed = None if outcome.kind == "loaded" else not_loaded(outcome, self._load_limit)
        except OSError as error:
            failed = Outcome("load", f"no process can be started: {error}")
        finally:
            with self._changed:
                self._starting -= 1
                if process is not None:
                    self._loading.discard(process)
                if self._closed:
                    failed = self._stopped
                elif generation == self._generation:
                    self.problem = failed
                if failed is None and process is not None:
                    self._generations[process] = generation
                    if take:
                        self._busy.add(process)
                    elif generation == self._generation and not self._cold:
                        self._idle.append(process)
                self._changed.notify_all()
        assert process is not None or failed is not None
        if process is not None and (failed is not None or not (take or process in self._idle)):
            process.end()
        if failed is not None or process is None:
            raise NoInstanceError(failed or self._stopped)
        return process

    def _release(self, process: FunctionProcess, invocation: str, *, keep: bool) -> None:
        with self._changed:
            self._busy.discard(process)
            self._running.discard(invocation)
            keep = keep and len(self._idle) < self._most  # there were more while some called each other
            if keep and not self._closed and self._generations.get(process) == self._generation:
                self._idle.append(process)
            else:
                keep = False
                self._generations.pop(process, None)
            self._changed.notify_all()
        if not keep:
            process.end()

    def _gone(self, process: FunctionProcess) -> None:
        """A process ended; whoever waits for it hears so by itself, and this is for one that nobody waits for."""
        with self._changed:
            if process not in self._idle:
                return
            self._idle.remove(process)
            self._generations.pop(process, None)
        self._died(process.ending())
        process.end()
        self._restart()

    def _restart(self) -> None:
        now = time.monotonic()
        with self._changed:
            self._deaths = [at for at in self._deaths if now - at < _SHORT_LIFE] + [now]
            if self._closed or self._idle or self._starting or len(self._deaths) > _MOST_DEATHS:
                return
        self.in_background(self.warm_up)

    def __repr__(self) -> str:
        return f"<Instances, {len(self._idle)} at rest, {len(self._busy)} at work>"
