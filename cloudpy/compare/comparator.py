"""Compare two functions: each has its own process and its own local WeChat, which is new for every event."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

from .._client.permissions import from_file
from ..local import Backend, GatewayServer, LocalData
from ..local.data import NO_DATA
from ..runtime import make_context
from ..runtime.printable import printable
from .comparison import Comparison, Run, close_backend, diff_runs, recorded_calls, refused_apis, side_effects
from .function import Function, UnusableError, UnusableNeighbourError
from .function_caller import RecordingCaller
from .fuzz import FuzzContext, failure_signature, minimize, variations
from .process import ComparedProcess, Outcome
from .report import Report
from .rules import Rules
from .scenario import Scenario

# Parts of error messages that differ between runs: the request's number, and a decoder's own words.
_VOLATILE = re.compile(r"((?<=seqId=)[\w-]+|(?<=unknown wx response received: ).+)", re.DOTALL)
_ADDRESS = "127.0.0.1:PORT"
_TIME_LIMIT = 900.0  # seconds in the context; what ends an invocation is our limit, the same for both
_MAX_MINIMIZED = 10  # failures


class Comparator:
    """Runs events in two functions and compares them; ``with`` starts and ends local WeChats and processes.

    The processes stay warm from one event to the next, also when `compare_functions` is called again. When one of them
    must be replaced, so is the other, so that the state of their modules has the same age.

    Args:
        left: the first function.
        right: the second function.
        rules: of the comparison.
        environment: variables for both processes, without those that a platform sets.
        base: data of both local WeChats; an event may add to it.
        modules: a folder of npm packages for Node functions, or None.
        timeout: seconds for an event.
        cold: new processes for every event.
        seed: of the functions' random numbers and of what the local WeChats generate.

    Raises:
        OSError: when entered, if there is no port to listen on.
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
        self.starts = 0  # how often both processes were started
        self.timeout = timeout
        self._cold = cold
        self._seed = seed

        def spawn(function: Function) -> ComparedProcess:
            return ComparedProcess(function, environment, modules)

        self._sides = (_Side(left, right, spawn, timeout), _Side(right, left, spawn, timeout))
        self._stack = ExitStack()

    def __enter__(self) -> Comparator:
        with ExitStack() as stack:
            for side in self._sides:
                stack.enter_context(side.server)
            for side in self._sides:  # ended before the servers, which they may be waiting for
                stack.callback(side.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __repr__(self) -> str:
        return f"<Comparator of {self._sides[0].function.folder} and {self._sides[1].function.folder}>"

    def compare(self, scenario: Scenario) -> Comparison:
        """Run an event in both functions at the same time and compare the runs.

        Raises:
            UnusableError: one of them cannot be loaded.
            UnusableNeighbourError: a function that one of them called cannot be loaded.
            ConfigError: the config.json of one is invalid.
        """
        return diff_runs(scenario, *self.run(scenario), self.rules)

    def run(self, scenario: Scenario) -> tuple[Run, Run]:
        """Run an event in both functions; raises as `compare` does."""
        for side in self._sides:
            self._prepare(side, scenario)
        is_first = self._start()
        for side in self._sides:
            side.send()
        runs = [side.finish(self.timeout, self._name, is_first=is_first) for side in self._sides]
        for side in self._sides:  # both have finished, so that the next event can follow
            if side.caller.problem is not None:
                raise side.caller.problem
        return runs[0], runs[1]

    def reload(self, scenario: Scenario) -> None:
        """Replace both processes and start to load the functions, without waiting, for a run that repeats this one.

        Args:
            scenario: the first of that run.
        """
        self.starts += 1
        for side in self._sides:
            side.start(self._clock(scenario))

    def discard(self, function: Function) -> None:
        """End the process of a function whose files have changed; the next event starts a new one."""
        for side in self._sides:
            if side.function == function:
                side.discard()

    @property
    def _name(self) -> str:
        """The function's name in both processes, since the functions see it."""
        return self._sides[-1].function.title

    def _prepare(self, side: _Side, scenario: Scenario) -> None:
        clock = self._clock(scenario)
        backend = scenario.backend(
            self.base, side.function.sibling("config.json"), seed=self._seed, frozen=clock["frozen"]
        )
        event = scenario.event(backend)
        side.server.backend = backend
        variables = side.server.environment(user=scenario.caller(backend), function=self._name, timer=scenario.timer)
        request_id = f"{clock['seed']:08x}-0000-4000-a000-{self._seed & 0xFFFFFFFFFFFF:012x}"
        side.prepare(
            event,
            make_context(variables, function=self._name, timeout=_TIME_LIMIT, request=request_id),
            variables,
            clock,
        )

    def _clock(self, scenario: Scenario) -> dict[str, Any]:
        seed = zlib.crc32(f"{self._seed}\n{scenario.name}".encode("utf-8", "surrogatepass"))
        return {"clock": scenario.clock, "frozen": self.rules.clock == "standing", "seed": seed}

    def _start(self) -> bool:
        """Start both processes if needed; return whether it was."""
        sides = self._sides
        if all(side.is_running and not side.is_new for side in sides) and not self._cold:
            return False
        if not all(side.is_new for side in sides):
            self.starts += 1
        for side in sides:
            if not side.is_new:
                side.start(side.clock)
        for side in sides:
            side.finish_loading()
        if self._cold:
            for side in sides:  # starts up while the event is handled
                side.prefork()
        return True


class _Side:
    """One of the two functions: process, local WeChat, and the functions that it calls."""

    def __init__(
        self, function: Function, other: Function, spawn: Callable[[Function], ComparedProcess], timeout: float
    ) -> None:
        self.function = function
        self.server = GatewayServer(Backend(), keep_alive=False)
        self.caller = RecordingCaller(function, other, spawn, timeout)
        self.is_new = False  # its process has been asked to load the function, and has handled no event
        self._spawn = spawn
        self._process: ComparedProcess | None = None
        self._prefork: ComparedProcess | None = None
        self._event: dict[str, Any] = {}
        self._context: dict[str, Any] = {}
        self._variables: dict[str, str] = {}
        self.clock: dict[str, Any] = {}

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def prepare(
        self, event: dict[str, Any], context: dict[str, Any], variables: dict[str, str], clock: dict[str, Any]
    ) -> None:
        self._event, self._context, self._variables, self.clock = event, context, variables, clock
        self.server.backend.function_caller = self.caller
        self.caller.begin(self.server.backend, self.server.url, clock)

    def start(self, clock: dict[str, Any]) -> None:
        """Replace the processes and start to load the function."""
        self.discard()
        self._process, self._prefork = self._prefork or self._spawn(self.function), None
        self._process.start_loading(self._variables, clock)
        self.is_new = True

    def finish_loading(self) -> None:
        """Wait until the function is loaded.

        Raises:
            UnusableError: it cannot be loaded.
        """
        assert self._process is not None
        self.is_new = False
        try:
            self._process.finish_loading()
        except UnusableError:
            self._process = None
            raise

    def discard(self) -> None:
        """End the processes of the function and of those that it called."""
        self.caller.end_busy()
        self.caller.end_idle()
        if self._process:
            self._process.end()
        self._process = None
        self.is_new = False

    def prefork(self) -> None:
        """Start the next process without loading anything."""
        self._prefork = self._spawn(self.function)

    def send(self) -> None:
        assert self._process is not None
        self._process.send(self._event, self._context, self._variables, **self.clock)

    def finish(self, timeout: float, name: str, *, is_first: bool) -> Run:
        """Wait for the event's outcome and return the run."""
        assert self._process is not None
        backend = self.server.backend
        outcome = self._process.event_outcome(timeout, (f"127.0.0.1:{self.server.port}", _ADDRESS))
        if outcome.is_fatal:
            self._process = None
        calls = recorded_calls(backend, name)
        self.caller.add_answers(calls)
        run = Run(_without_volatile(outcome), calls, side_effects(backend), is_first, refused_apis(backend))
        backend.function_caller = None  # it outlives the backend
        close_backend(backend)
        return run

    def close(self) -> None:
        self.caller.close()
        for process in (self._process, self._prefork):
            if process:
                process.end()
        self._process = self._prefork = None


def compare_functions(
    comparator: Comparator,
    report: Report,
    scenarios: Sequence[Scenario],
    *,
    fuzz: int = 0,
    seed: int = 0,
    on_progress: Callable[[Comparison], None] = lambda _: None,
) -> None:
    """Compare both functions and add the results to a report.

    Args:
        comparator: of the functions; entered.
        report: to fill in.
        scenarios: to run.
        fuzz: how many variations of them to run as well.
        seed: of the variations.
        on_progress: called after each comparison.

    Raises:
        UnusableError: a function cannot be loaded.
        ConfigError: a config.json is invalid.
        KeyboardInterrupt: Ctrl-C was pressed; the report has what was found until then.
    """
    for scenario in scenarios:
        try:
            comparison = comparator.compare(scenario)
        except UnusableNeighbourError as error:
            report.skip(scenario.name, error)
            continue
        report.events.append(comparison)
        report.note_refusals(comparison)
        on_progress(comparison)
    if not fuzz:
        return
    report.seed = seed
    first: dict[frozenset[str], Comparison] = {}
    try:
        for scenario in variations(_fuzz_context(comparator, report, scenarios), fuzz, seed):
            try:
                comparison = comparator.compare(scenario)
            except UnusableNeighbourError:
                continue
            report.fuzzed += 1
            report.note_refusals(comparison)
            on_progress(comparison)
            if comparison.equal:
                continue
            signature = failure_signature(comparison)
            if signature in first:
                report.repeated.setdefault(first[signature].scenario.name, []).append(scenario.name)
            else:
                first[signature] = comparison
        found = list(first.values())
        for number, comparison in enumerate(found[:_MAX_MINIMIZED]):
            with suppress(UnusableNeighbourError):  # it stays as it is
                found[number] = minimize(comparison, comparator.compare)
    except KeyboardInterrupt:
        report.failing = list(first.values())
        raise
    report.failing = found


def permission_difference(left: Function, right: Function) -> str:
    """Describe what only one of the two config.json files allows; empty if they are equal.

    Raises:
        ConfigError: one of them is invalid.
    """
    allowed = []
    for function in (left, right):
        path = function.sibling("config.json")
        allowed.append(from_file(path).allowed if path else None)
    if allowed[0] is None or allowed[1] is None:
        if allowed[0] is allowed[1]:
            return ""
        folder = printable((left if allowed[0] is None else right).folder)
        return f"{folder} has no config.json, so its cloud calls are rejected; the other one has one"
    only_one = sorted(allowed[0] ^ allowed[1])
    return f"only one config.json allows {', '.join(only_one)}" if only_one else ""


def _fuzz_context(comparator: Comparator, report: Report, scenarios: Sequence[Scenario]) -> FuzzContext:
    apis: dict[str, None] = {}
    openids: dict[str, None] = {user.openid: None for user in comparator.base.users}
    for comparison in report.events:
        for run in (comparison.left, comparison.right):
            apis.update((call["api"], None) for call in run.calls)
        openids.update((user.openid, None) for user in comparison.scenario.local.users)
        openid = comparison.scenario.raw.get("openid")
        if openid:
            openids[openid] = None
    return FuzzContext(scenarios, list(apis), list(openids))


def _without_volatile(outcome: Outcome) -> Outcome:
    if outcome.kind not in ("result", "error", "raised"):
        return outcome
    return replace(outcome, value=_replace_volatile(outcome.value))


def _replace_volatile(value: Any) -> Any:
    if isinstance(value, str):
        return _VOLATILE.sub("…", value) if "seqId=" in value or " response received: " in value else value
    if isinstance(value, dict):
        return {key: _replace_volatile(item) for key, item in value.items()}
    return [_replace_volatile(item) for item in value] if isinstance(value, list) else value
