"""Functions that a compared function calls by name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..local import Backend, Caller
from ..local.function_calls import EXECUTE_FAIL, CallResult, user_error
from ..runner.function_caller import FolderFunctionCaller, call_result
from ..runner.outcome import Outcome
from ..runner.process import FunctionProcess
from .function import Function, UnusableError, UnusableNeighbourError, find_function
from .process import LOAD_LIMIT, ComparedProcess


class RecordingCaller(FolderFunctionCaller):
    """Runs the functions beside a compared one, Node or Python, and records their results.

    Functions missing beside the first one are looked up beside the other one.
    """

    def __init__(
        self, function: Function, other: Function, spawn: Callable[[Function], ComparedProcess], timeout: float
    ) -> None:
        roots = (os.path.dirname(each.folder) for each in (function, other))
        super().__init__(roots, timeout=timeout, load_limit=LOAD_LIMIT)
        self.problem: UnusableNeighbourError | None = None  # a function that cannot be loaded
        self._language = function.language
        self._spawn_function = spawn
        self._clock: Mapping[str, Any] = {}
        self._records: list[dict[str, Any]] = []

    def begin(self, backend: Backend, url: str, clock: Mapping[str, Any]) -> None:
        """Start a new event; processes that are still busy with the last one are ended."""
        self.end_busy()
        self.backend, self.url, self._clock = backend, url, clock
        self._records, self.problem = [], None

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        record: dict[str, Any] = {"name": name, "data": json.loads(event)}
        self._records.append(record)
        result = super().call(name, event, caller, timeout)
        if result.code:
            record["answer"] = {"error": result.code, "message": result.message}
        else:
            record["answer"] = {"result": json.loads(result.result)}
        return result

    def add_answers(self, calls: Sequence[dict[str, Any]]) -> None:
        """Add the recorded results to the recorded calls."""
        rest = list(self._records)
        for call in calls:
            for record in rest:
                if call["api"] == "callFunction" and call["params"] == {"name": record["name"], "data": record["data"]}:
                    call["answer"] = record.get("answer", "did not answer in time")
                    rest.remove(record)
                    break

    def is_function(self, folder: str) -> bool:
        return self._find(folder) is not None

    def spawn(self, folder: str) -> ComparedProcess:
        function = self._find(folder)
        assert function is not None
        try:
            return self._spawn_function(function)
        except UnusableError as error:
            self.problem = UnusableNeighbourError(str(error))
            raise OSError(str(error)) from None

    def load(self, process: FunctionProcess, variables: Mapping[str, str]) -> Outcome:
        assert isinstance(process, ComparedProcess)
        process.start_loading(variables, self._clock)
        try:
            process.finish_loading()
        except UnusableError as error:
            name = process.function.title
            self.problem = UnusableNeighbourError(f"{name}, which is called by name: {error}")
            return Outcome("load", "the function cannot be loaded")
        return Outcome("loaded", "")

    def request_extra(self) -> dict[str, Any]:
        return dict(self._clock)

    def result(self, outcome: Outcome) -> CallResult:
        """Return the same texts for both languages."""
        if outcome.kind == "load":
            return CallResult(code=EXECUTE_FAIL, message=outcome.payload)
        if outcome.kind in ("raised", "unhandled"):
            value = json.loads(outcome.payload)
            return user_error(value["message"] if value["own"] else "an error of the language")
        if outcome.kind == "refused":
            return user_error("the result cannot be sent")
        return call_result(outcome, self._timeout)

    def _find(self, folder: str) -> Function | None:
        for language in (self._language, None):
            try:
                return find_function(folder, language=language)
            except UnusableError:
                continue
        return None
