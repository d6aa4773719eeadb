"""The process of a function under comparison, and the outcome of one event in it."""

from __future__ import annotations

import builtins
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ..i18n import translated
from ..runner import outcome as runner
from ..runner.process import INSTANCE_VARIABLES, FunctionProcess
from .diff import decode_buffers
from .function import LABELS, Function, UnusableError, node_program

LOAD_LIMIT = 60.0  # seconds; a Node function may load a thousand modules on a busy machine
_MAX_OUTPUT = 20_000  # bytes of output to keep, for a process that ends while loading, and for tracebacks
_SETTLED = 0.2  # seconds that the output may be later than the outcome
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n((?:[ ].*\n)+)(\w+)", re.MULTILINE)
_PLACE = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)
_WORKER_JS = str(Path(__file__).resolve().with_name("worker.js"))

Kind = Literal["result", "error", "raised", "unhandled", "unsendable", "exit", "killed", "late"]
_FATAL: tuple[Kind, ...] = ("unhandled", "exit", "killed", "late")
_KINDS: dict[str, Kind] = {"result": "result", "error": "error", "raised": "raised", "unhandled": "unhandled"}


@dataclass(frozen=True)
class Outcome:
    """One function's outcome for one event.

    Attributes:
        kind: ``result``; ``error``, an SDK error was raised; ``raised``, another exception was; ``unhandled``, a
            rejection that was never handled ended the process; ``unsendable``, the result has no JSON form; ``exit``,
            the process ended itself; ``killed``, a signal ended it; ``late``, it reached the time limit.
        value: by kind, the result; ``{"errCode", "errMsg"}``; ``{"name", "message", "own", "trace"}``; the same; a
            sentence; the exit code; the signal's name; None.
        seconds: duration.
        logged: the first error of Python's own whose traceback the function logged, and its place.
    """

    kind: Kind
    value: Any = None
    seconds: float = 0.0
    logged: str = ""

    @property
    def is_fatal(self) -> bool:
        """Whether the process is gone, or must not handle another event."""
        return self.kind in _FATAL

    @property
    def description(self) -> str:
        """One line about it, without the result's value."""
        match self.kind:
            case "result":
                return "a result"
            case "error":
                return f"the SDK error {self.value.get('errCode')}"
            case "raised":
                return f"{self.value['name']}: {self.value['message']}"
            case "unhandled":
                return f"ended by an unhandled error, {self.value['name']}: {self.value['message']}"
            case "unsendable":
                return str(self.value)
            case "exit":
                return f"exited with code {self.value}"
            case "killed":
                return f"ended by {self.value}"
            case "late":
                return "ran longer than the time limit"

    def as_json(self) -> dict[str, Any]:
        """Return kind, value and seconds for the report, without a traceback."""
        value = self.value
        if isinstance(value, dict) and self.kind in ("raised", "unhandled"):
            value = {"name": value["name"], "message": value["message"], "byTheProgram": value["own"]}
        more = {"logged": self.logged} if self.logged else {}
        return {"kind": self.kind, "value": value, "seconds": round(self.seconds, 4), **more}


class ComparedProcess(FunctionProcess):
    """One function, Node or Python, in a process that stays warm.

    Args:
        function: to run.
        environment: variables of the process, without those that a platform sets.
        modules: a folder of npm packages in addition to the function's own, or None.

    Raises:
        UnusableError: node is missing, or no process can be started.
    """

    def __init__(self, function: Function, environment: Mapping[str, str], modules: str | None = None) -> None:
        if sys.platform == "win32":  # a process cannot inherit a socket by its number there
            raise UnusableError("cloudpy compare runs on Linux and macOS; on Windows, inside WSL")
        self.function = function
        self._modules = modules
        self._tail = bytearray()
        try:
            super().__init__(
                function.folder,
                f"{function.file}.{function.name}",
                environment,
                warm=True,
                output=self._keep_output,
                start="from cloudpy.compare.worker import main\nmain()",
                program=[node_program(), _WORKER_JS] if function.language == "node" else (),
            )
        except OSError as error:
            raise UnusableError(f"cannot start {LABELS[function.language]}: {error.strerror or error}") from None

    def start_loading(self, variables: Mapping[str, str], clock: Mapping[str, Any]) -> None:
        """Ask the process to load the function; `finish_loading` waits for it.

        Args:
            variables: of the first invocation; those of an instance are used.
            clock: ``clock``, ``frozen`` and ``seed`` of the first event.
        """
        self.load(
            {name: variables[name] for name in INSTANCE_VARIABLES},
            file=self.function.filename,
            name=self.function.name,
            modules=self._modules,
            **clock,
        )

    def finish_loading(self) -> None:
        """Wait until the function is loaded.

        Raises:
            UnusableError: it cannot be loaded; says what to do.
        """
        outcome = self.loaded(LOAD_LIMIT)
        if outcome.kind == "loaded":
            return
        self.end()
        raise UnusableError(self._load_error(outcome))

    def event_outcome(self, limit: float, hide: tuple[str, str]) -> Outcome:
        """Return the outcome of the event that was sent, at most `limit` seconds later; end the process if it is fatal.

        Args:
            limit: in seconds.
            hide: an address that differs between runs, and its replacement.
        """
        outcome = _event_outcome(self.answer(limit), hide)
        if self.function.language == "python":
            self.settle(_SETTLED)
            outcome = replace(outcome, logged=_logged(self._tail.decode("utf-8", "replace"), str(self.folder)))
        if outcome.is_fatal:
            self.end()
        self._tail.clear()
        return outcome

    def __repr__(self) -> str:
        return f"<ComparedProcess {LABELS[self.function.language]} {self.folder}>"

    def _keep_output(self, data: bytes) -> None:
        self._tail += data
        del self._tail[:-_MAX_OUTPUT]

    def _load_error(self, outcome: runner.Outcome) -> str:
        if outcome.kind == "late":
            problem = f"takes longer than {LOAD_LIMIT:g} s to load: look for a loop or a wait outside of the handler"
        elif outcome.kind == "ended":
            printed = self._tail.decode("utf-8", "replace").strip()
            problem = f"{runner.exit_text(int(outcome.payload))} while it was loaded" + (
                f":\n{printed}" if printed else ""
            )
        else:
            value = json.loads(outcome.payload)
            if outcome.kind == "refused" and value != "typescript":
                return str(value)
            if outcome.kind == "missing":
                name = "" if self._is_listed(value) else f" {value}"  # in package.json: all of them are installed
                problem = (
                    f"needs the npm package {value!r}, which cannot be found from there: run `npm install{name}` in"
                    " the folder, or pass --node-modules DIR"
                )
            elif outcome.kind == "refused":
                problem = (
                    "is TypeScript, and nothing that compiles it was found: run `npm install typescript` in it, pass"
                    " --node-modules DIR, or use Node.js 22.18 or later"
                )
            elif outcome.kind == "exited":
                problem = f"called sys.exit({value['argument']}) while it was loaded"
            else:
                text = value["trace"] if outcome.kind == "raised" else value["errMsg"]
                problem = f"cannot be loaded:\n{text.rstrip()}"
        return f"{self.folder} {translated(problem)}"

    def _is_listed(self, package: str) -> bool:
        """Whether the function's package.json lists an npm package, so that a plain `npm install` installs it."""
        try:
            listed = json.loads(Path(self.folder, "package.json").read_text("utf-8-sig"))
            return package in listed["dependencies"]
        except (OSError, ValueError, KeyError, TypeError):
            return False


def _logged(output: str, folder: str) -> str:
    """Return ``TypeError at index.py:12`` for the first traceback of an error of Python's own, or an empty text."""
    folder = os.path.realpath(folder)
    for lines, name in _TRACEBACK.findall(output):
        kind = getattr(builtins, name, None)
        places = [
            (path, line) for path, line in _PLACE.findall(lines) if os.path.realpath(path).startswith(folder + os.sep)
        ]
        if places and isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            path, line = places[-1]
            return f"{name} at {os.path.relpath(os.path.realpath(path), folder)}:{line}"
    return ""


def _event_outcome(outcome: runner.Outcome, hide: tuple[str, str]) -> Outcome:
    kind, payload, seconds = outcome
    if kind == "late":
        return Outcome("late", None, seconds)
    if kind == "ended":
        return _exit_outcome(int(payload), seconds)
    value = json.loads(payload.replace(*hide))
    if kind == "exited":
        return Outcome("exit", value["code"], seconds)
    if kind == "refused":
        return Outcome("unsendable", value, seconds)
    return Outcome(_KINDS[kind], decode_buffers(value) if kind == "result" else value, seconds)


def _exit_outcome(code: int, seconds: float) -> Outcome:
    if code >= 0:
        return Outcome("exit", code, seconds)
    try:
        return Outcome("killed", signal.Signals(-code).name, seconds)
    except ValueError:
        return Outcome("killed", f"signal {-code}", seconds)
