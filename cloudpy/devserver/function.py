"""One function of the local cloud: its folder, its settings, its variables, its processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from ..runner import env_files, function_config
from ..runner.discovery import CONFIG, Folder, print_of
from ..runner.pool import Instances
from ..runner.process import LOAD_LIMIT, FunctionProcess, Outcome, base_environment, is_platforms
from .options import Options
from .output import Lines
from .reporter import Terminal

_DAY = 86400.0  # seconds; the time limit while one looks at it with a debugger
_MEMORY = """\
import resource
resource.setrlimit(resource.RLIMIT_AS, ({bytes}, {bytes}))
"""
# A debugger of the process before may hold the port for a moment.
_DEBUGGER = """\
def prepare():
    import time, debugpy
    until = time.monotonic() + 5
    while True:
        try:
            return debugpy.listen(("127.0.0.1", {port}))
        except Exception as error:
            if time.monotonic() > until:
                print("cloudpy: no debugger on port {port}:", error)
                return
            time.sleep(0.1)
"""


class Function:
    """One function.

    Args:
        variables: those of an instance, by the function's name.
        port: of its debugger, or None.
    """

    def __init__(
        self,
        folder: Folder,
        options: Options,
        terminal: Terminal,
        variables: Callable[[str], Mapping[str, str]],
        port: int | None = None,
    ) -> None:
        self.folder = folder
        self.name = folder.name
        self.port = port
        self._options = options
        self._terminal = terminal
        self._environment: dict[str, str] = {}
        self._saved = False  # whether the next loading comes of a change
        self.problem = ""  # of its .env files or its config.json
        self.print = print_of(folder)
        self.settings = function_config.Settings()
        self._read()
        self.instances = Instances(
            self._spawn,
            lambda: variables(folder.name),
            most=1 if options.debugpy is not None else options.instances,
            cold=options.cold,
            load_limit=_DAY if options.debugpy is not None else max(LOAD_LIMIT, self.limit),
            tell=self._loaded,
            died=self._died,
        )

    @property
    def limit(self) -> float:
        """Seconds of an invocation."""
        return _DAY if self._options.debugpy is not None else self.settings.limit(self._options.timeout)

    @property
    def error(self) -> str:
        """Why it cannot be invoked, empty when it can; of code a traceback."""
        if self.problem:
            return self.problem
        outcome = self.instances.problem
        return outcome.payload if outcome else ""

    def renew(self) -> bool:
        """Takes it up anew when something of it has changed; whether it has."""
        now = print_of(self.folder)
        if now == self.print:
            return False
        before, self.print = dict((path, rest) for path, *rest in self.print), now
        after = {path: rest for path, *rest in now}
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        shown = ", ".join(os.path.relpath(path, self.folder.path) for path in changed[:3])
        self._terminal.notice(f"{self.name}: {shown} changed", function=self.name)
        self._read()
        self._saved = True
        self.instances.renew()
        return True

    def _read(self) -> None:
        self.settings = function_config.read(self.folder.own(CONFIG))
        self.problem = ""
        try:
            variables = env_files.read_all(
                env_files.files_of(self.folder.project, self.folder.path),
                lambda text: self._terminal.notice(f"{self.name}: {text}", function=self.name),
            )
        except env_files.DotenvError as error:
            self.problem = str(error)
            variables = {}
        ignored = sorted(name for name in variables if is_platforms(name))
        if ignored:
            names = ", ".join([*ignored[:4], *(["…"] if len(ignored) > 4 else [])])
            told = f"{self.name}: {names} of its .env files is the platform's to set, and was left out"
            self._terminal.notice(told, function=self.name)
        # No bytecode: a file saved twice in a second with as many bytes would be taken for the one before.
        self._environment = {**base_environment(), "PYTHONDONTWRITEBYTECODE": "1", **variables}
        if self.port is not None:
            self._environment.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # it warns of Python's own modules
        for wrong in filter(None, (self.settings.error, self.problem)):
            self._terminal.problem(f"{self.name}: {wrong}", function=self.name)

    def _spawn(self, ended: Callable[[], None]) -> FunctionProcess:
        lines = Lines(lambda line: self._terminal.printed(self.name, line))
        start = "main()"
        if self.port is not None:
            start = f"{_DEBUGGER.format(port=self.port)}main(prepare)"
        if self._options.memory is not None:
            start = _MEMORY.format(bytes=self._options.memory * 1024 * 1024) + start
        return FunctionProcess(
            self.folder.path,
            self._options.handler,
            self._environment,
            warm=not self._options.cold,
            output=lines.take,
            start=start,
            ended=ended,
        )

    def _loaded(self, outcome: Outcome, seconds: float) -> None:
        saved, self._saved = self._saved, False
        if outcome.kind == "loaded":
            if saved:
                self._terminal.notice(f"{self.name}: loaded anew in {seconds * 1000:.0f} ms", function=self.name)
        else:
            self._terminal.problem(f"{self.name} cannot be loaded: {outcome.payload.rstrip()}", function=self.name)

    def _died(self, how: str) -> None:
        self._terminal.problem(f"{self.name}: its process {how} while it had nothing to do; a new one starts")

    def __repr__(self) -> str:
        return f"<Function {self.name}>"
