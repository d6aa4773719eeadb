"""The two functions side by side: each with a local WeChat of its own, fresh for every event and in the same state."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

from ..local import Backend, GatewayServer, LocalData
from ..local.data import NO_DATA
from ..runtime import make_context
from . import calls
from .case import Case
from .folder import Function
from .judge import Comparison, Run, judged, let_go, state_of
from .neighbours import Neighbours, results
from .outcome import Outcome
from .rules import Rules
from .side import Side

# What is one run's own in the words of an error: the request's number, and what a decoder calls what it cannot read.
_OWN_WORDS = re.compile(r"((?<=seqId=)[\w-]+|(?<=unknown wx response received: ).+)", re.DOTALL)
_ADDRESS = "127.0.0.1:PORT"
# What the platform sets for an instance, before there is an event.
_INSTANCE = ("SCF_NAMESPACE", "SCF_FUNCTIONNAME", "TENCENTCLOUD_REGION", "TENCENTCLOUD_RUNENV")
_TIME_LIMIT = 900.0  # seconds that the functions are told; what ends them is our own limit, for both alike


class _Ready(NamedTuple):
    backend: Backend
    job: dict[str, Any]


class Pair:
    """Two functions; ``with`` starts their local WeChats, and ends both and the functions.

    Args:
        environment: of the functions' processes, without what a platform would set.
        base: what both local WeChats know, before an event adds to it.
        modules: a folder of npm packages for the Node function, or None.
        timeout: seconds that an event may take.
        cold: fresh processes for every event.
        seed: of what the local WeChats make up, and of the functions' random numbers.

    Raises:
        OSError: by entering it, when there is no port to listen on.
    """

    def __init__(
        self,
        left: Function,
        right: Function,
        rules: Rules,
        *,
        environment: Mapping[str, str],
        base: LocalData = NO_DATA,
        modules: str | None = None,
        timeout: float = 10.0,
        cold: bool = False,
        seed: int = 0,
    ) -> None:
        self.rules = rules
        self.base = base
        self.timeout = timeout
        self.cold = cold
        self.seed = seed
        self.starts = 0  # how often both processes were started
        self._sides = tuple(Side(function, environment, modules) for function in (left, right))
        self._neighbours = tuple(
            Neighbours(one, other, lambda each: Side(each, environment, modules), timeout=timeout)
            for one, other in ((left, right), (right, left))
        )
        self._servers = tuple(GatewayServer(Backend(), keep_alive=False) for _ in self._sides)
        self._stack = ExitStack()

    def __enter__(self) -> Pair:
        with ExitStack() as stack:
            for server in self._servers:
                stack.enter_context(server)
            for side in self._sides:  # ended before the servers, which they may be waiting for
                stack.enter_context(side)
            for neighbours in self._neighbours:
                stack.callback(neighbours.end)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __repr__(self) -> str:
        return f"<Pair {self._sides[0]!r} {self._sides[1]!r}>"

    def compare(self, case: Case) -> Comparison:
        """Lets both handle the event, at the same time.

        Raises:
            UnusableError: one of them cannot be loaded.
            ConfigError: the config.json of one cannot be used.
        """
        left, right = self.run(case)
        return judged(case, left, right, self.rules)

    def run(self, case: Case) -> tuple[Run, Run]:
        """As `compare`, without the verdict."""
        ready = [self._ready(case, *each) for each in self._each()]
        fresh = self._start([one.job for one in ready])
        for side, one in zip(self._sides, ready, strict=True):
            side.send(one.job)
        runs = []
        for (side, server, neighbours), one in zip(self._each(), ready, strict=True):
            outcome = side.outcome(self.timeout, (f"127.0.0.1:{server.port}", _ADDRESS))
            made = calls.made(one.backend, self._name)
            results(made, neighbours.ran)
            runs.append(Run(_in_common_words(outcome), made, state_of(one.backend), fresh))
            if neighbours.problem is not None:
                raise neighbours.problem
        for one in ready:
            let_go(one.backend)
        return runs[0], runs[1]

    def _each(self) -> list[tuple[Side, GatewayServer, Neighbours]]:
        return list(zip(self._sides, self._servers, self._neighbours, strict=True))

    @property
    def _name(self) -> str:
        """One name for both, since the functions see it."""
        return self._sides[-1].function.title

    def _ready(self, case: Case, side: Side, server: GatewayServer, neighbours: Neighbours) -> _Ready:
        standing = self.rules.clock == "standing"
        backend = case.backend(self.base, side.function.beside("config.json"), seed=self.seed, standing=standing)
        server.backend = backend
        backend.function_caller = neighbours
        name = self._name
        event = case.event(backend)
        variables = server.environment(user=case.caller(backend), function=name, timer=case.timer)
        number = zlib.crc32(f"{self.seed}\n{case.name}".encode("utf-8", "surrogatepass"))
        request = f"{number:08x}-0000-4000-a000-{self.seed & 0xFFFFFFFFFFFF:012x}"
        job = {
            "event": event,
            "context": make_context(variables, function=name, timeout=_TIME_LIMIT, request=request),
            "variables": variables,
            "clock": case.clock,
            "standing": standing,
            "seed": number,
        }
        neighbours.begin(backend, server.url, job)
        return _Ready(backend, job)

    def _start(self, jobs: list[dict[str, Any]]) -> bool:
        """Starts both where that is needed; whether it was."""
        # When one has to begin anew the other does so too: what modules keep is the same age in both.
        if all(side.running for side in self._sides) and not self.cold:
            return False
        self.starts += 1
        for neighbours in self._neighbours:
            neighbours.end()
        for side, job in zip(self._sides, jobs, strict=True):
            instance = {name: job["variables"][name] for name in _INSTANCE}
            side.start({**{name: job[name] for name in ("clock", "standing", "seed")}, "variables": instance})
        for side in self._sides:
            side.loaded()
        return True


def _in_common_words(outcome: Outcome) -> Outcome:
    value = outcome.value
    if outcome.kind not in ("result", "error", "raised"):
        return outcome
    return Outcome(outcome.kind, _cut(value), outcome.seconds)


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return _OWN_WORDS.sub("…", value) if "seqId=" in value or " response received: " in value else value
    if isinstance(value, dict):
        return {key: _cut(item) for key, item in value.items()}
    return [_cut(item) for item in value] if isinstance(value, list) else value
