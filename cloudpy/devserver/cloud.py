"""The local cloud: functions by name, the local WeChat that they call, and their invocations."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._client import redact
from ..local.backend import Backend
from ..local.calls import CallRecord
from ..local.changes import Changes
from ..local.env_vars import caller_environment, environment
from ..local.function_calls import CallResult
from ..local.open_data import find_cloud_ids
from ..local.responses import ApiResponse
from ..local.users import Caller, User
from ..runner.discovery import FunctionFolder, data_fingerprint
from ..runner.function_caller import FunctionCaller, call_result
from ..runner.outcome import Outcome, failure_text
from ..runner.process import INSTANCE_VARIABLES
from ..runtime import client_event, kind_of, make_context, request_id
from . import wechat
from .call_values import cloud_call
from .history import History
from .invocation import CloudCall, Invocation
from .recorder import EventRecorder
from .registry import Function, FunctionRegistry, OptionError
from .reporter import ConsoleReporter
from .timers import Timers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..local.http.server import GatewayServer


_GATEWAY_FILES = 0.25  # share of the process's file descriptors for connections to the local WeChat


class LocalCloud:
    """Some functions and one local WeChat for all of them.

    CallRecord `connect`, then `invoke` from any thread; `close` ends every process.

    Args:
        registry: started, not loaded: that needs a local WeChat.
        reporter: for invocations and problems.
        recorder: of invocations, or None.
    """

    def __init__(
        self, registry: FunctionRegistry, reporter: ConsoleReporter, recorder: EventRecorder | None = None
    ) -> None:
        self.options = registry.options
        self.history = History(
            secrets=self._secrets, folder=self._folder, report=reporter.problem, record=self.options.console
        )
        reporter.on_lines = self.history.printed
        self.timers = Timers(self, reporter)
        self.problems: list[str] = []  # with the files that describe the local WeChat
        self._registry = registry
        self._reporter = reporter
        self._recorder = recorder
        self._unrecorded = 0  # invocations
        self.recording: EventRecorder | None = None  # that the console has started
        self._polling = threading.Lock()
        self._callers: dict[str, User] = {}
        self._fingerprint: object = None
        self.changes = Changes()  # of the local WeChat, for pages
        self._server: GatewayServer | None = None
        self._backend: Backend | None = None
        self._is_started = False
        self._closed = False

    @property
    def functions(self) -> Mapping[str, Function]:
        """The current functions by name."""
        return self._registry.functions

    @property
    def backend(self) -> Backend:
        """The local WeChat."""
        assert self._backend is not None, "connect() comes first"
        return self._backend

    @property
    def gateway(self) -> str:
        """The address of the local WeChat."""
        return self._server.url if self._server else ""

    def variables(self) -> dict[str, str]:
        """Return the variables with which a client in any language calls this local cloud, as its default user."""
        return environment(self.backend, self.gateway, user=self.user(""))

    def connect(self) -> None:
        """Create the local WeChat, start its gateway, and load the functions.

        Raises:
            OSError: there is no port for the gateway.
            OptionError: the state to begin with cannot be imported.
        """
        self._registry.report(self._create_wechat(self._registry.folders), keep=True)
        self._registry.variables = self._instance_variables
        self._registry.load()
        if self.options.import_from:
            self._import(self.options.import_from)
        from ..local.http.server import GatewayServer  # here: the functions load while aiohttp is imported

        self._server = GatewayServer(self.backend, file_share=_GATEWAY_FILES)
        self._server.__enter__()
        self._is_started = True

    def close(self) -> None:
        """End every process and the local WeChat, and export its state if the command line says so."""
        is_started, self._is_started, self._closed = self._is_started, False, True
        self._registry.close()
        if is_started and self.options.export_to:
            self._export(self.options.export_to)
        self.history.close()
        server, self._server = self._server, None
        if server:
            server.__exit__(None, None, None)

    def _import(self, folder: str) -> None:
        from ..local import state  # here: few programs need it

        try:
            state.apply(self.backend, state.read(folder))
        except state.StateError as error:
            raise OptionError(f"--import: {error}") from None
        self._reporter.notice(f"state imported from {folder}")

    def _export(self, folder: str) -> None:
        from ..local import state

        try:
            state.export(self.backend, folder)
        except state.StateError as error:
            self._reporter.problem(str(error))
        else:
            self._reporter.notice(f"state exported to {folder}")

    def report_problem(self, text: str) -> None:
        """Report a problem of the server in front of it."""
        self._reporter.problem(text)

    def poll(self) -> None:
        """Apply changes in the folders. Never raises."""
        with self._polling:
            if self._closed:
                return
            try:
                self._registry.poll(self._update_wechat)
            except Exception as error:  # for instance a folder removed while it is read; the next poll comes soon
                self._reporter.problem(f"cannot search the folders: {type(error).__name__}: {error}")

    def user(self, function: str, openid: str = "", unionid: str = "", appid: str = "") -> User:
        """Return the caller of a function: of the request, the one chosen, of the command line, or of local.yaml."""
        options, users = self.options, self.backend.users
        if not openid and users.chosen:
            return replace(users.chosen, unionid=unionid or users.chosen.unionid, appid=appid or users.chosen.appid)
        openid = openid or options.openid or ""
        user = users.add(openid) if openid else users.add(self._callers.get(function) or users.default)
        unionid, appid = unionid or options.unionid or user.unionid, appid or options.appid or user.appid
        return users.add(replace(user, unionid=unionid, appid=appid))

    def invoke(self, name: str, event: Mapping[str, Any], user: User, *, at: float | None = None) -> Invocation:
        """Run a function to its end. Blocks. CloudIDs at the top level of a mini program's event are replaced.

        Args:
            name: of an existing function.
            event: as a mini program, a timer, … sends it.
            user: the caller, unless it is a timer.
            at: seconds since 1970 at which the function's clock begins; None for the real time.

        Raises:
            TooManyCloudIDsError: nothing was run.
        """
        kind = kind_of(event)
        is_timer = kind == "timer"
        resolved, verified = event, tuple[str, ...]()
        if kind == "client":
            resolved, verified = self.backend.open_data.replace_cloud_ids(event, find_cloud_ids(event), user)
        for recorder in filter(None, (self._recorder, self.recording)):
            self._record(recorder, name, event, None if is_timer else user)
        caller = Caller(None if is_timer else user, name, "wx_trigger" if is_timer else "wx_client")
        return self.run(name, resolved, caller, verified=verified, sent=event, at=at)[0]

    def run(
        self,
        name: str,
        event: Mapping[str, Any],
        caller: Caller,
        *,
        trigger: str = "",
        parent: str = "",
        verified: Sequence[str] = (),
        sent: Mapping[str, Any] | None = None,
        at: float | None = None,
    ) -> tuple[Invocation, Outcome]:
        """Run a function for a caller; see `invoke`.

        Args:
            name: of the function.
            event: of the invocation.
            caller: on whose behalf.
            trigger: as in `Invocation`; by default that of the event.
            parent: id of the calling invocation.
            verified: keys of the event whose open data comes from the platform.
            sent: the event as it was sent, if something in it was replaced.
            at: see `invoke`.
        """
        kind = kind_of(event)
        user = caller.user or User("")
        invocation = Invocation(
            request_id(),
            name,
            user.openid,
            trigger=trigger or kind,
            parent=parent,
            unionid=user.unionid,
            appid=user.appid,
            event=event if sent is None else sent,
        )
        self.history.begin(invocation)
        started = time.perf_counter()
        outcome = Outcome("stopped", f"the function {name!r} was removed")
        try:
            function = self.functions.get(name)
            if function is not None:
                outcome = self._outcome(invocation, function, event, caller, kind, verified, at)
                invocation.text = outcome.payload if outcome.kind == "result" else failure_text(outcome, function.limit)
        finally:
            invocation.kind, invocation.text = outcome.kind, invocation.text or outcome.payload
            invocation.ms = (time.perf_counter() - started) * 1000
            self.history.end(invocation)
        self._reporter.invocation(invocation.shortened())
        return invocation, outcome

    def _record(self, recorder: EventRecorder, name: str, event: Mapping[str, Any], user: User | None) -> None:
        """Record an invocation. Report a failure once, and how many are missing when it works again."""
        try:
            openid, unionid = (user.openid, user.unionid) if user else ("", "")
            recorder.add(name, event, openid=openid, unionid=unionid, timer=user is None)
        except OSError as error:
            self._unrecorded += 1
            if self._unrecorded == 1:
                self._reporter.problem(f"{recorder.path} cannot be written: {error.strerror or error}")
        else:
            missing, self._unrecorded = self._unrecorded, 0
            if missing:
                self._reporter.notice(f"{recorder.path} can be written again; {missing} invocations are missing in it")

    def _outcome(
        self,
        invocation: Invocation,
        function: Function,
        event: Mapping[str, Any],
        caller: Caller,
        kind: str,
        verified: Sequence[str],
        at: float | None,
    ) -> Outcome:
        if function.problem:
            return Outcome("load", function.problem)
        if kind == "client":
            user = caller.user
            appid = user.appid if user else self.backend.users.appid
            event = client_event(event, openid=user.openid if user else None, appid=appid)
        is_timer = caller.source == "wx_trigger"
        caller = replace(caller, invocation=invocation.id)
        variables = caller_environment(self.backend, self.gateway, caller, timer=is_timer)
        if verified:
            variables["WX_OPEN_DATA_INFO"] = json.dumps({"keys": list(verified)})
            variables["WX_CONTEXT_KEYS"] += ",WX_OPEN_DATA_INFO"
        limit = function.limit
        context = make_context(variables, function=function.name, timeout=limit, request=invocation.id)
        if at is not None:
            return function.invoke_at(at, event, context, variables, invocation.id)
        return function.pool.invoke(event, context, variables, limit, invocation=invocation.id)

    def _update_wechat(self, folders: list[FunctionFolder]) -> list[str]:
        names = {folder.name for folder in folders}
        fingerprint = data_fingerprint(folders, self.options.projects)
        if names == self._callers.keys() and fingerprint == self._fingerprint:
            return self.problems
        return self._create_wechat(folders)

    def _create_wechat(self, folders: list[FunctionFolder]) -> list[str]:
        self._fingerprint = data_fingerprint(folders, self.options.projects)
        created = wechat.create(
            folders,
            self.options.projects,
            env=self.options.env,
            observe=self._observe,
            storage=self.options.storage,
            database=self.options.database,
            changes=self.changes,
        )
        old, self.problems = self._backend, created.problems
        if old is not None:
            if created.problems and created.callers.keys() <= self._callers.keys():
                return created.problems  # the old one, which is complete, stays
            wechat.adopt(created.backend, old)
            self._reporter.notice("local WeChat reloaded")
        created.backend.function_caller = CloudFunctionCaller(self)
        self._backend, self._callers = created.backend, created.callers
        if self._server:
            self._server.backend = created.backend
        return created.problems

    def _instance_variables(self, name: str) -> dict[str, str]:
        variables = environment(self.backend, "", user=self._callers.get(name), function=name)
        return {key: variables[key] for key in INSTANCE_VARIABLES}

    def _observe(self, call: CallRecord, answer: ApiResponse) -> None:
        if answer.origin == "function":  # CloudFunctionCaller notes it when it has run
            return
        ms = max(0.0, (self.backend.clock() - call.at + answer.delay) * 1000)
        if not (call.caller and self.history.note(call.caller.invocation, cloud_call(call, answer, ms))):
            function = call.caller.function if call.caller else ""
            self._reporter.late_call(function, call.text, call.outcome, ms)

    def _secrets(self) -> list[str]:
        """Return the secrets of the functions' .env files, and the local WeChat's own."""
        secrets = [self.backend.secret_key] if self._backend is not None else []
        for function in self.functions.values():
            secrets += [value for name, value in function.variables.items() if redact.secret_name(name)]
        return secrets

    def _folder(self, function: str) -> str:
        found = self.functions.get(function)
        return found.folder.path if found else ""

    def __repr__(self) -> str:
        return f"<LocalCloud of {', '.join(self.functions) or 'no functions'}>"


class CloudFunctionCaller(FunctionCaller):
    """Calls functions of a local cloud by name; each call appears among the cloud calls of its caller."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud

    def names(self) -> Collection[str]:
        """Return the names of the functions."""
        return self._cloud.functions.keys()

    def run(self, name: str, event: dict[str, Any], caller: Caller) -> CallResult:
        """Run a function in a new invocation."""
        called = Caller(caller.user, name, caller.source)
        _, outcome = self._cloud.run(name, event, called, trigger="function", parent=caller.invocation)
        function = self._cloud.functions.get(name)
        return call_result(outcome, function.limit if function else 0.0)

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """CallRecord a function, and let the caller's function start another instance meanwhile."""
        function = self._cloud.functions.get(caller.function)
        at, started = time.time(), time.perf_counter()
        with function.pool.calling(caller.invocation) if function else contextlib.nullcontext():
            result = super().call(name, event, caller, timeout)
        ms = (time.perf_counter() - started) * 1000
        outcome = f"{result.code} {result.message}" if result.code else "ok"
        call = CloudCall(
            f"callFunction {name}", outcome, ms, at=at, origin="function", sent=len(event), name="callFunction"
        )
        call.params, call.answer = {"name": name, "data": _parsed(event)}, _parsed(result.result)
        call.received = len(result.result)
        self._cloud.history.note(caller.invocation, call)
        return result

    def __repr__(self) -> str:
        return f"<CloudFunctionCaller of {self._cloud!r}>"


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
