"""The local cloud: functions by name, the local WeChat that they call, and the invocations."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..local import cloud_ids
from ..local.backend import Backend
from ..local.calls import CallRecord
from ..local.env_vars import caller_environment, environment
from ..local.responses import ApiResponse
from ..local.users import Caller, User
from ..runner.discovery import Folder, print_of_data
from ..runner.outcome import told
from ..runner.process import INSTANCE, Outcome
from ..runtime import client_event, kind_of, make_context, request_id
from . import wechat
from .function import Function
from .invocation import CloudCall, History, Invocation
from .neighbours import Neighbours
from .recorder import Record
from .registry import Fleet
from .reporter import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..local.http.server import GatewayServer


_GATEWAY_FILES = 0.25  # share of the process's files that connections to the local WeChat may take


class LocalCloud:
    """Some functions and one local WeChat for them all.

    ``connect()``, then ``invoke()`` from any thread; ``close()`` ends every process.

    Args:
        fleet: started; it loads when there is a local WeChat.
    """

    def __init__(self, fleet: Fleet, terminal: Terminal, record: Record | None = None) -> None:
        self.options = fleet.options
        self.history = History()
        self.problems: list[str] = []  # of what the local WeChat is made from
        self._fleet = fleet
        self._terminal = terminal
        self._record = record
        self._unrecorded = 0  # invocations
        self._looking = threading.Lock()
        self._callers: dict[str, User] = {}
        self._data: object = None
        self._server: GatewayServer | None = None
        self._backend: Backend | None = None
        self._closed = False

    @property
    def functions(self) -> Mapping[str, Function]:
        """Those there are now."""
        return self._fleet.functions

    @property
    def backend(self) -> Backend:
        assert self._backend is not None, "connect() comes first"
        return self._backend

    @property
    def gateway(self) -> str:
        """The address of the local WeChat."""
        return self._server.url if self._server else ""

    def variables(self) -> dict[str, str]:
        """Return the variables with which a client of any language calls this local cloud, as its default user."""
        return environment(self.backend, self.gateway, user=self.user(""))

    def connect(self) -> None:
        """Makes the local WeChat, starts its gateway, and lets the functions load.

        Raises:
            OSError: there is no port for the gateway.
        """
        self._fleet.blame(self._know(self._fleet.folders), more=True)
        self._fleet.variables = self._instance
        self._fleet.load()
        from ..local.http.server import GatewayServer  # here: the functions load while aiohttp is imported

        self._server = GatewayServer(self.backend, file_share=_GATEWAY_FILES)
        self._server.__enter__()

    def close(self) -> None:
        """Ends every process and the local WeChat."""
        self._closed = True
        self._fleet.close()
        server, self._server = self._server, None
        if server:
            server.__exit__(None, None, None)

    def say(self, text: str) -> None:
        """Show a sentence about the server in front of it."""
        self._terminal.problem(text)

    def look(self) -> None:
        """Takes up what has changed in the folders. Never raises."""
        with self._looking:
            if self._closed:
                return
            try:
                self._fleet.look(self._changed)
            except Exception as error:  # a folder that goes while it is read, and whatever else: the next look is near
                self._terminal.problem(f"the folders cannot be looked through: {type(error).__name__}: {error}")

    def user(self, function: str, openid: str = "", unionid: str = "", appid: str = "") -> User:
        """Who calls a function: whom the request names, whom the command line names, or whom local.yaml names."""
        options = self.options
        openid = openid or options.openid or ""
        users = self.backend.users
        user = users.add(openid) if openid else users.add(self._callers.get(function) or users.default)
        unionid, appid = unionid or options.unionid or user.unionid, appid or options.appid or user.appid
        return users.add(replace(user, unionid=unionid, appid=appid))

    def invoke(self, name: str, event: Mapping[str, Any], user: User) -> Invocation:
        """Runs a function to its end; blocks. CloudIDs at the top level of a mini program's event are replaced.

        Args:
            name: of a function there is.
            event: as a mini program, a timer, … sends it.
            user: who calls; of a timer nobody does.

        Raises:
            TooManyCloudIDsError: more than WeChat takes; nothing was run.
        """
        kind = kind_of(event)
        timer = kind == "timer"
        given, verified = event, tuple[str, ...]()
        if kind == "client":
            given, verified = cloud_ids.replace_cloud_ids(self.backend, event, cloud_ids.find_cloud_ids(event), user)
        if self._record:
            self._write_down(self._record, name, event, None if timer else user)
        source = "wx_trigger" if timer else "wx_client"
        return self.run(name, given, Caller(None if timer else user, name, source), verified=verified)

    def run(
        self,
        name: str,
        event: Mapping[str, Any],
        caller: Caller,
        *,
        how: str = "",
        parent: str = "",
        verified: Sequence[str] = (),
    ) -> Invocation:
        """Runs a function on behalf of somebody; see ``invoke``.

        Args:
            how: as in `Invocation`; told from the event when empty.
            parent: id of the invocation that calls.
            verified: the keys of the event whose open data the platform put there.
        """
        kind = kind_of(event)
        one = Invocation(request_id(), name, caller.user.openid if caller.user else "", how=how or kind, parent=parent)
        self.history.begin(one)
        started = time.perf_counter()
        try:
            function = self.functions.get(name)
            if function is None:  # its folder went a moment ago
                one.kind, one.text = "stopped", f"there is no function {name!r} any more"
            else:
                one.kind, one.text = told(self._outcome(one, function, event, caller, kind, verified), function.limit)
        finally:
            one.kind = one.kind or "stopped"
            one.ms = (time.perf_counter() - started) * 1000
            self.history.end(one)
        self._terminal.invocation(one.shortened())
        return one

    def _write_down(self, record: Record, name: str, event: Mapping[str, Any], user: User | None) -> None:
        """Record an invocation; say once that it is impossible, and how many are missing when it works again."""
        try:
            openid, unionid = (user.openid, user.unionid) if user else ("", "")
            record.add(name, event, openid=openid, unionid=unionid, timer=user is None)
        except OSError as error:
            self._unrecorded += 1
            if self._unrecorded == 1:
                self._terminal.problem(f"{record.path} cannot be written: {error.strerror or error}")
        else:
            missing, self._unrecorded = self._unrecorded, 0
            if missing:
                self._terminal.notice(f"{record.path} is written again; {missing} invocations are missing in it")

    def _outcome(
        self,
        one: Invocation,
        function: Function,
        event: Mapping[str, Any],
        caller: Caller,
        kind: str,
        verified: Sequence[str],
    ) -> Outcome:
        if function.problem:
            return Outcome("load", function.problem)
        if kind == "client":
            user = caller.user
            appid = user.appid if user else self.backend.users.appid
            event = client_event(event, openid=user.openid if user else None, appid=appid)
        timer = caller.source == "wx_trigger"
        variables = caller_environment(self.backend, self.gateway, replace(caller, invocation=one.id), timer=timer)
        if verified:
            variables["WX_OPEN_DATA_INFO"] = json.dumps({"keys": list(verified)})
            variables["WX_CONTEXT_KEYS"] += ",WX_OPEN_DATA_INFO"
        limit = function.limit
        context = make_context(variables, function=one.function, timeout=limit, request=one.id)
        return function.instances.invoke(event, context, variables, limit, invocation=one.id)

    def _changed(self, folders: list[Folder]) -> list[str]:
        names = {folder.name for folder in folders}
        if names == self._callers.keys() and print_of_data(folders, self.options.projects) == self._data:
            return self.problems
        return self._know(folders)

    def _know(self, folders: list[Folder]) -> list[str]:
        self._data = print_of_data(folders, self.options.projects)
        made = wechat.make(
            folders,
            self.options.projects,
            env=self.options.env,
            observe=self._observe,
            storage=self.options.storage,
            database=self.options.database,
        )
        old, self.problems = self._backend, made.problems
        if old is not None:
            if made.problems and made.callers.keys() <= self._callers.keys():
                return made.problems  # what was good before is better than half of what is meant
            wechat.adopt(made.backend, old)
            self._terminal.notice("the local WeChat was made anew")
        made.backend.function_caller = Neighbours(self)
        self._backend, self._callers = made.backend, made.callers
        if self._server:
            self._server.backend = made.backend
        return made.problems

    def _instance(self, name: str) -> dict[str, str]:
        given = environment(self.backend, "", user=self._callers.get(name), function=name)
        return {key: given[key] for key in INSTANCE}

    def _observe(self, call: CallRecord, answer: ApiResponse) -> None:
        if answer.origin == "function":  # it has not run yet; Neighbours tells of it when it has
            return
        ms = (self.backend.clock() - call.at + answer.delay) * 1000
        noted = CloudCall(call.text, call.outcome, max(0.0, ms))
        if not (call.caller and self.history.note(call.caller.invocation, noted)):
            self._terminal.late_call(call.caller.function if call.caller else "", call.text, call.outcome, noted.ms)

    def __repr__(self) -> str:
        return f"<LocalCloud of {', '.join(self.functions) or 'no function'}>"
