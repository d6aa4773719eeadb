"""The functions of the local cloud: discover, start, reload and close them.

It imports little, so that the functions' processes start up while the server is still being imported.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..runner import env_files, function_config
from ..runner.discovery import CONFIG, FunctionFolder, find_functions, fingerprint
from ..runner.outcome import Outcome, load_failure
from ..runner.pool import ProcessPool
from ..runner.process import INSTANCE_VARIABLES, LOAD_LIMIT, FunctionProcess, base_environment, is_platform_variable
from ..runtime.loader import DEFAULT
from .reporter import ConsoleReporter, LineSplitter

MAX_INSTANCES = 4  # processes of one function
_DEBUG_LIMIT = 86400.0  # seconds; the time limit while a debugger is attached
_SAVE_GRACE = 0.1  # seconds for an editor to replace a file
_MAX_LISTED = 4  # names in one notice
_LIMIT_MEMORY = """\
import resource
resource.setrlimit(resource.RLIMIT_AS, ({bytes}, {bytes}))
"""
# The clock of a process that runs an old invocation again.
_SET_CLOCK = """\
def prepare():
    from cloudpy.runner import fake_clock
    fake_clock.install(random_numbers=False)
    fake_clock.clock.set({seconds!r}, frozen=False)
"""
# The debugger of the previous process may occupy the port for a moment.
_START_DEBUGGER = """\
def prepare():
    import time, debugpy
    until = time.monotonic() + 5
    while True:
        try:
            return debugpy.listen(("127.0.0.1", {port}))
        except Exception as error:
            if time.monotonic() > until:
                print("cloudpy: cannot start a debugger on port {port}:", error)
                return
            time.sleep(0.1)
"""


class OptionError(Exception):
    """What an option names cannot be used; the message begins with the option."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of ``cloudpy dev``.

    Attributes:
        projects: absolute paths of the folders.
        handler: ``file.function`` of all functions.
        env: id of the environment; None for that of local.yaml.
        openid: of the caller if a request does not name one; None for the first user of local.yaml.
        unionid: of that caller, or None.
        appid: of that caller, or None.
        timeout: seconds of an invocation; None for that of config.json, or 3.
        instances: processes that a function may have at once.
        memory: megabytes of address space of a process; None for no limit.
        cold: use a new process for each invocation.
        debugpy: port of the first function's debugger, or None. With a debugger there is no time limit, and one process
            for each function.
        poll: poll for changed files instead of subscribing to notifications.
        timers: fire the timers of config.json at their times.
        storage: folder of the cloud storage; None for that of local.yaml, or one in the first project.
        database: folder of the database; None likewise.
        env_file: file to write variables for other clients to, or None.
        console: serve the console.
        open_page: open the page in the browser.
        origins: origins of web pages that may call functions.
        import_from: folder of an exported state to begin with, or None.
        export_to: folder to export the state to at the end, or None.
    """

    projects: tuple[str, ...] = field(default=())
    handler: str = DEFAULT
    env: str | None = None
    openid: str | None = None
    unionid: str | None = None
    appid: str | None = None
    timeout: float | None = None
    instances: int = MAX_INSTANCES
    memory: int | None = None
    cold: bool = False
    debugpy: int | None = None
    poll: bool = False
    timers: bool = False
    storage: str | None = None
    database: str | None = None
    env_file: str | None = None
    console: bool = True
    open_page: bool = False
    origins: tuple[str, ...] = ()
    import_from: str | None = None
    export_to: str | None = None


class Function:
    """One function: its folder, configuration, variables and processes.

    Args:
        folder: of the function.
        options: of the command.
        reporter: for what is printed, and for problems.
        variables: returns those of an instance, by the function's name.
        port: of its debugger, or None.
    """

    def __init__(
        self,
        folder: FunctionFolder,
        options: Options,
        reporter: ConsoleReporter,
        variables: Callable[[str], Mapping[str, str]],
        port: int | None = None,
    ) -> None:
        self.folder = folder
        self.name = folder.name
        self.port = port
        self.problem = ""  # with its .env files
        self.config = function_config.FunctionConfig()
        self._options = options
        self._reporter = reporter
        self.variables: dict[str, str] = {}  # of its .env files
        self._environment: dict[str, str] = {}
        self._is_reload = False
        self._fingerprint = fingerprint(folder)
        self._read()
        self.pool = ProcessPool(
            self._spawn,
            lambda: variables(folder.name),
            max_processes=1 if options.debugpy is not None else options.instances,
            cold=options.cold,
            load_limit=_DEBUG_LIMIT if options.debugpy is not None else max(LOAD_LIMIT, self.limit),
            on_load=self._report_load,
            on_death=self._report_death,
        )

    @property
    def limit(self) -> float:
        """Time limit of an invocation in seconds."""
        return _DEBUG_LIMIT if self._options.debugpy is not None else self.config.limit(self._options.timeout)

    @property
    def error(self) -> str:
        """Why it cannot be invoked, or empty; a traceback if its code raised."""
        if self.problem:
            return self.problem
        outcome = self.pool.load_error
        if outcome is not None and outcome.kind == "error":
            error = json.loads(outcome.payload)
            return f"{error['errCode']} {error['errMsg']}"
        return outcome.payload if outcome else ""

    def files(self) -> list[str]:
        """Return the paths of its code and its configuration."""
        return [path for path, *_ in self._fingerprint]

    def reload_if_changed(self) -> None:
        """Reload it if one of its files has changed."""
        now = fingerprint(self.folder)
        if now == self._fingerprint:
            return
        before, self._fingerprint = {path: rest for path, *rest in self._fingerprint}, now
        after = {path: rest for path, *rest in now}
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        files = ", ".join(os.path.relpath(path, self.folder.path) for path in changed[: _MAX_LISTED - 1])
        self._reporter.notice(f"{self.name}: {files} changed", function=self.name)
        self._read()
        self._is_reload = True
        self.pool.reload()

    def _read(self) -> None:
        self.config = function_config.read(self.folder.file(CONFIG))
        self.problem = ""
        try:
            variables = env_files.read_all(
                env_files.env_files(self.folder.project, self.folder.path),
                lambda text: self._reporter.notice(f"{self.name}: {text}", function=self.name),
            )
        except env_files.DotenvError as error:
            self.problem = str(error)
            variables = {}
        ignored = sorted(name for name in variables if is_platform_variable(name))
        if ignored:
            names = ", ".join([*ignored[:_MAX_LISTED], *(["…"] if len(ignored) > _MAX_LISTED else [])])
            text = f"{self.name}: {names} in its .env files ignored: only the platform sets such variables"
            self._reporter.notice(text, function=self.name)
        self.variables = variables
        # No bytecode: a file that is saved twice within a second at the same size would be loaded from the old one.
        self._environment = {**base_environment(), "PYTHONDONTWRITEBYTECODE": "1", **variables}
        if self.port is not None:
            self._environment.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # it warns about Python's own modules
        for problem in filter(None, (self.config.error, self.problem)):
            self._reporter.problem(f"{self.name}: {problem}", function=self.name)

    def invoke_at(
        self, seconds: float, event: Mapping[str, Any], context: Any, variables: Mapping[str, str], invocation: str
    ) -> Outcome:
        """Run it once in a process of its own, whose clock begins at `seconds` since 1970."""
        start = f"{_SET_CLOCK.format(seconds=seconds)}main(prepare)"
        process = self._spawn(lambda: None, start=start, warm=False)
        process.invocation = invocation
        with process:
            process.load({name: variables[name] for name in INSTANCE_VARIABLES})
            limit = max(LOAD_LIMIT, self.limit)
            outcome = process.loaded(limit)
            if outcome.kind != "loaded":
                return load_failure(outcome, limit)
            return process.invoke(event, context, variables, self.limit)

    def _spawn(
        self, on_exit: Callable[[], None], *, start: str = "main()", warm: bool | None = None
    ) -> FunctionProcess:
        process: FunctionProcess | None = None

        def show(lines: list[str]) -> None:
            self._reporter.printed(self.name, lines, process.invocation if process else "")

        lines = LineSplitter(show)
        if self.port is not None and start == "main()":
            start = f"{_START_DEBUGGER.format(port=self.port)}main(prepare)"
        if self._options.memory is not None:
            start = _LIMIT_MEMORY.format(bytes=self._options.memory * 1024 * 1024) + start
        process = FunctionProcess(
            self.folder.path,
            self._options.handler,
            self._environment,
            warm=not self._options.cold if warm is None else warm,
            output=lines.feed,
            start=start,
            on_exit=on_exit,
        )
        return process

    def _report_load(self, outcome: Outcome, seconds: float) -> None:
        is_reload, self._is_reload = self._is_reload, False
        if outcome.kind != "loaded":
            self._reporter.problem(f"{self.name} cannot be loaded: {outcome.payload.rstrip()}", function=self.name)
        elif is_reload:
            self._reporter.notice(f"{self.name}: reloaded in {seconds * 1000:.0f} ms", function=self.name)

    def _report_death(self, how: str) -> None:
        self._reporter.problem(f"{self.name}: its idle process {how}; starting a new one")

    def __repr__(self) -> str:
        return f"<Function {self.name}>"


class FunctionRegistry:
    """All functions under some folders, by name.

    Attributes:
        functions: sorted by name.
        variables: returns those of an instance, by the function's name; called in a thread when one is loaded.
    """

    def __init__(self, options: Options, reporter: ConsoleReporter) -> None:
        self.options = options
        self.functions: dict[str, Function] = {}
        self.variables: Callable[[str], Mapping[str, str]] = lambda _: {}
        self._reporter = reporter
        self._reported: set[str] = set()
        self._ports = iter(range(options.debugpy or 0, 65536))

    @property
    def folders(self) -> list[FunctionFolder]:
        """The functions' folders."""
        return [function.folder for function in self.functions.values()]

    def start(self) -> None:
        """Find the functions and start a process for each, without loading anything."""
        folders, problems = find_functions(self.options.projects, self.options.handler)
        for folder in folders.values():
            self._add(folder).pool.prefork()
        self.report(problems)

    def load(self) -> None:
        """Load all functions in the background."""
        for function in self.functions.values():
            function.pool.in_background(function.pool.warm_up)

    def poll(self, on_change: Callable[[list[FunctionFolder]], list[str]]) -> None:
        """Add new functions, close removed ones and reload changed ones.

        Args:
            on_change: called with the folders before anything is loaded; returns problems.
        """
        folders, problems = find_functions(self.options.projects, self.options.handler)
        if self.functions.keys() - folders.keys():
            time.sleep(_SAVE_GRACE)
            folders, problems = find_functions(self.options.projects, self.options.handler)
        for name in [name for name, function in self.functions.items() if folders.get(name) != function.folder]:
            self.functions.pop(name).pool.close("its folder was removed")
            self._reporter.notice(f"{name}: folder removed, function closed", function=name)
        problems += on_change(list(folders.values()))
        for name in folders.keys() - self.functions.keys():
            function = self._add(folders[name])
            self._reporter.notice(f"{name}: new function in {function.folder.path}", function=name)
            function.pool.in_background(function.pool.warm_up)
        for function in list(self.functions.values()):
            function.reload_if_changed()
        self.report(problems)

    def close(self) -> None:
        """End all processes."""
        for function in list(self.functions.values()):
            function.pool.close()

    def report(self, problems: list[str], *, keep: bool = False) -> None:
        """Report each problem once for as long as it lasts.

        Args:
            problems: that exist now.
            keep: whether those reported before still exist.
        """
        for problem in problems:
            if problem not in self._reported:
                self._reporter.problem(problem)
        self._reported = {*problems, *(self._reported if keep else ())}

    def _add(self, folder: FunctionFolder) -> Function:
        port = next(self._ports) if self.options.debugpy is not None else None
        function = Function(folder, self.options, self._reporter, lambda name: self.variables(name), port)
        self.functions = dict(sorted([*self.functions.items(), (folder.name, function)]))
        return function

    def __repr__(self) -> str:
        return f"<FunctionRegistry of {', '.join(self.functions) or 'no functions'}>"
