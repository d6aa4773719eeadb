"""The local cloud: functions by name, the local WeChat that they call, and the invocations."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..functions import client_event, kind_of, make_context, request_id
from ..local.answers import Answer
from ..local.backend import Backend
from ..local.calls import Call
from ..local.environment import environment, of_caller
from ..local.users import Caller, User
from . import wechat
from .folders import Folder, find, print_of_data
from .function import Function
from .invocation import CloudCall, History, Invocation
from .neighbours import Neighbours
from .options import Options
from .process import INSTANCE, Outcome, ending
from .record import Record
from .terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..local.server import GatewayServer


class LocalCloud:
    """The functions under some folders, each in processes of its own, and one local WeChat for them all.

    ``start()``, then ``connect()`` while the processes start up, then ``invoke()`` from any thread; ``close()`` ends
    every process.
    """

    def __init__(self, options: Options, terminal: Terminal, record: Record | None = None) -> None:
        self.options = options
        self.history = History()
        self.functions: dict[str, Function] = {}
        self.problems: list[str] = []  # of the folders and of what the local WeChat is made from
        self._terminal = terminal
        self._record = record
        self._looking = threading.Lock()
        self._connected = threading.Event()
        self._callers: dict[str, User] = {}
        self._data: object = None
        self._said: set[str] = set()
        self._server: GatewayServer | None = None
        self._backend: Backend | None = None
        self._ports = iter(range(options.debugpy or 0, 65536))
        self._closed = False

    @property
    def backend(self) -> Backend:
        assert self._backend is not None, "connect() comes first"
        return self._backend

    @property
    def gateway(self) -> str:
        """The address of the local WeChat."""
        return self._server.url if self._server else ""

    def start(self) -> None:
        """Finds the functions and starts a process for each, which waits for ``connect()``."""
        folders, problems = find(self.options.projects, self.options.handler)
        for folder in folders.values():
            self._add(folder).instances.spawn_early()
        self._blame(problems)

    def connect(self) -> None:
        """Makes the local WeChat, starts its gateway, and lets the functions load.

        Raises:
            OSError: there is no port for the gateway.
        """
        self._know([function.folder for function in self.functions.values()])
        self._connected.set()
        for function in self.functions.values():
            function.instances.in_background(function.instances.warm_up)
        from ..local.server import GatewayServer  # here: the functions load while aiohttp is imported

        self._server = GatewayServer(self.backend)
        self._server.__enter__()

    def close(self) -> None:
        """Ends every process and the local WeChat."""
        self._closed = True
        for function in list(self.functions.values()):
            function.instances.close()
        if self._server:
            self._server.__exit__(None, None, None)
        if self._record:
            self._record.close()

    def look(self) -> None:
        """Takes up what has changed in the folders. Never raises."""
        with self._looking:
            if self._closed:
                return
            try:
                self._look()
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
        """Runs a function to its end; blocks.

        Args:
            name: of a function there is.
            event: as a mini program, a timer, … sends it.
            user: who calls; of a timer nobody does.
        """
        timer = kind_of(event) == "timer"
        if self._record:
            try:
                openid, unionid = ("", "") if timer else (user.openid, user.unionid)
                self._record.add(name, event, openid=openid, unionid=unionid, timer=timer)
            except OSError as error:
                self._terminal.problem(f"{self._record.path} cannot be written: {error.strerror or error}")
        source = "wx_trigger" if timer else "wx_client"
        return self.run(name, event, Caller(None if timer else user, name, source))

    def run(
        self, name: str, event: Mapping[str, Any], caller: Caller, *, how: str = "", parent: str = ""
    ) -> Invocation:
        """Runs a function on behalf of somebody; see ``invoke``.

        Args:
            how: as in `Invocation`; told from the event when empty.
            parent: id of the invocation that calls.
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
                one.kind, one.text = _told(self._outcome(one, function, event, caller, kind), function.limit)
        finally:
            one.kind = one.kind or "stopped"
            one.ms = (time.perf_counter() - started) * 1000
            self.history.end(one)
        self._terminal.invocation(one)
        return one

    def _outcome(
        self, one: Invocation, function: Function, event: Mapping[str, Any], caller: Caller, kind: str
    ) -> Outcome:
        if function.problem:
            return Outcome("load", function.problem)
        if kind == "client":
            user = caller.user
            appid = user.appid if user else self.backend.users.appid
            event = client_event(event, openid=user.openid if user else None, appid=appid)
        timer = caller.source == "wx_trigger"
        variables = of_caller(self.backend, self.gateway, replace(caller, invocation=one.id), timer=timer)
        limit = function.limit
        context = make_context(variables, function=one.function, timeout=limit, request=one.id)
        return function.instances.invoke(event, context, variables, limit)

    def _look(self) -> None:
        folders, problems = find(self.options.projects, self.options.handler)
        if self.functions.keys() - folders.keys():
            time.sleep(0.1)  # an editor may be putting a new file in the place of the old one
            folders, problems = find(self.options.projects, self.options.handler)
        gone = [name for name, one in self.functions.items() if folders.get(name) != one.folder]
        for name in gone:
            self.functions.pop(name).instances.close()
            self._terminal.notice(f"{name}: its folder is gone, and so is the function", function=name)
        if (
            gone
            or folders.keys() - self.functions.keys()
            or print_of_data(folders.values(), self.options.projects) != self._data
        ):
            self._know(list(folders.values()))
        for name in folders.keys() - self.functions.keys():
            function = self._add(folders[name])
            self._terminal.notice(f"{name}: a new function, {function.folder.path}", function=name)
            function.instances.in_background(function.instances.warm_up)
        for function in list(self.functions.values()):
            function.renew()
        self._blame([*problems, *self.problems])

    def _add(self, folder: Folder) -> Function:
        port = next(self._ports) if self.options.debugpy is not None else None
        function = Function(folder, self.options, self._terminal, self._instance, port)
        self.functions = dict(sorted([*self.functions.items(), (folder.name, function)]))
        return function

    def _know(self, folders: list[Folder]) -> None:
        self._data = print_of_data(folders, self.options.projects)
        made = wechat.make(folders, self.options.projects, env=self.options.env, observe=self._observe)
        old = self._backend
        self.problems = made.problems
        if old is not None:
            if made.problems:  # what was good before is better than half of what is meant
                self._blame(made.problems)
                return
            wechat.adopt(made.backend, old)
            self._terminal.notice("the local WeChat was made anew")
        made.backend.siblings = Neighbours(self)
        self._backend, self._callers = made.backend, made.callers
        if self._server:
            self._server.backend = made.backend
        self._blame(made.problems)

    def _blame(self, problems: list[str]) -> None:
        for problem in problems:
            if problem not in self._said:
                self._terminal.problem(problem)
        self._said = set(problems)

    def _instance(self, name: str) -> dict[str, str]:
        self._connected.wait()
        given = environment(self.backend, "", user=self._callers.get(name), function=name)
        return {key: given[key] for key in INSTANCE}

    def _observe(self, call: Call, answer: Answer) -> None:
        ms = (self.backend.clock() - call.at + answer.delay) * 1000
        noted = CloudCall(call.api, call.outcome, max(0.0, ms))
        if not (call.caller and self.history.note(call.caller.invocation, noted)):
            self._terminal.late_call(call.caller.function if call.caller else "", call.api, call.outcome, noted.ms)

    def __repr__(self) -> str:
        return f"<LocalCloud of {', '.join(self.functions) or 'no function'}>"


def _told(outcome: Outcome, limit: float) -> tuple[str, str]:
    """Kind and text of an `Invocation`."""
    kind, payload = outcome
    if kind in ("raised", "refused"):
        return kind, json.loads(payload)
    if kind == "exited":
        return kind, (
            f"the function called sys.exit({json.loads(payload)}), which ends the instance on the platform: return a"
            " result, or raise an error"
        )
    if kind == "late":
        return kind, f"the function ran longer than its time limit of {limit:g} s and was ended（函数执行超时）"
    if kind == "ended":
        return kind, f"the function's process {ending(int(payload))} before there was a result; a new one starts"
    return kind, payload
