"""What stands behind a LocalWeChat: the backend, what it is asked to watch, and what the process lends it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Literal

from .. import _transports
from .._client import permissions as _permissions
from .._client.permissions import Permissions
from ..local import (
    URL,
    ApiResponse,
    AsyncInProcessTransport,
    Backend,
    Caller,
    ContractCatalog,
    InProcessTransport,
    User,
    environment,
    load,
)
from ..local import CallRecord as Record
from ..runtime import Runner
from . import events as _events
from . import problems as _problems
from .clock import Clock
from .database import InMemory
from .environ import Environ
from .functions import Faces, Function, Functions
from .invocation import Run
from .siblings import Siblings
from .stub import Stub
from .transport import Awaited, Blocking, Pause, Seam
from .violations import Complaint, Ledger

if TYPE_CHECKING:
    from .replay import Replay

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

Unknown = Literal["fail", "refuse", "sample"]
_DEFAULT_ENV = "local"
_NOT_FOUND, _NOT_ALLOWED = -604100, -604101


class Core:
    """See LocalWeChat, whose options these are."""

    def __init__(
        self,
        local: str | None,
        *,
        ledger: Ledger,
        user: User,
        env: str,
        unknown: Unknown,
        gateway: bool,
        roots: Sequence[str],
    ) -> None:
        self.clock = Clock()
        self.ledger = ledger
        self.functions = Functions(roots)
        self.unknown: Unknown = unknown
        self.backend: Backend = load(
            None if local is None else self.functions.resolve(local),
            env=env or None,
            unknown="sample" if unknown == "sample" else "refuse",
            clock=self.clock,
            callers_clock=lambda: time.time(),  # looked up each time: freezegun and the like replace it
            observe=self._observe,
            catalog=_Unhurried(),
        )
        self.backend.any_env = not env and self.backend.env == _DEFAULT_ENV
        self.backend.documents = InMemory(
            self.backend.documents, self.backend.env, self.clock, any_env=self.backend.any_env
        )
        self._permissions_given = self.backend.allowed("") is not None
        if not self._permissions_given:
            self.backend.allow("all")  # for calls that the test makes itself
        self.default = self._default(user)
        self.invalid: set[str] = set()  # CloudIDs that are meant to be unknown
        self.stubs: list[Stub | Replay] = []
        self.siblings = Siblings(self)
        self.backend.function_caller = self.siblings
        self.environ = Environ()
        self.seam = Seam(ledger, other_thread=gateway)
        self.url = URL
        self.live = False
        self._gateway = gateway
        self._runner = Runner()
        self._stack = ExitStack()

    def enter(self) -> None:
        """Takes the process over."""
        with ExitStack() as stack:
            stack.callback(Faces.now().swap)
            stack.callback(self._runner.close)
            stack.callback(self.backend.storage.close)
            stack.callback(self.backend.documents.close)
            self._before = _transports.current()
            blocking: Any = InProcessTransport(self.backend, sleep=Pause(self.clock).blocking)
            awaited: Any = AsyncInProcessTransport(self.backend, sleep=Pause(self.clock).awaited)
            if self._gateway:
                from ..local import GatewayServer

                self.url = stack.enter_context(GatewayServer(self.backend)).url
                blocking, awaited = _transports.create()
            self._own = blocking, awaited
            self._faces = Blocking(blocking, self.seam), Awaited(awaited, self.seam)
            stack.enter_context(_transports.override(blocking=self._faces[0], asynchronous=self._faces[1]))
            stack.callback(self.environ.restore)
            self.environ.rest(environment(self.backend, self.url, user=self.default))
            stack.callback(setattr, _permissions, "on_refusal", _permissions.on_refusal)
            _permissions.on_refusal = self._refused
            self._stack = stack.pop_all()

    def leave(self) -> None:
        """Gives it back."""
        self._stack.close()

    def go_live(self, live: bool) -> None:
        """Lets calls go where they would go without the kit, or takes them back."""
        self.live = live
        blocking, awaited = self._own
        if live:
            made = _transports.create()
            blocking, awaited = self._before[0] or made[0], self._before[1] or made[1]
        self._faces[0].inner, self._faces[1].inner = blocking, awaited
        self.environ.rest({} if live else environment(self.backend, self.url, user=self.default))

    def prepared(
        self,
        function: Function,
        event: Mapping[str, Any] | None,
        *,
        handler: str,
        user: tuple[str | None, str | None, str | None],
        source: str | None,
        context: Mapping[str, Any] | None,
        env: str | Mapping[str, str] | None,
        timeout: float | None,
    ) -> Run:
        """An invocation, ready to be carried out."""
        instance, handler = self.functions.find(function, handler)
        if not self._permissions_given:
            self.backend.allow(instance.allowed, function=instance.name)
        given = _events.of(event)
        caller = self._caller(given, *user)
        given = given.for_user(caller)
        variables = {} if self.live else self._variables(given, caller, instance.name, source, env)
        content = given if given.kind != "client" else _events.delivered(given, caller)
        return Run(
            self.functions,
            instance,
            handler,
            _events.as_json(content),
            variables,
            self.environ,
            context=context or {},
            timeout=timeout,
        )

    def run(self, one: Run) -> Any:
        return one.here(self._runner)

    def unfinished(self) -> Iterator[Complaint]:
        """What stubs have to say when the test ends."""
        for stub in self.stubs:
            yield from stub.complaints()
        yield from self.siblings.unfinished()

    def identities(self) -> dict[str, str]:
        """Whose ids must not be written down, and what kind each is; whoever calls by default comes first."""
        variables = self.environ.original() if self.live else {}
        users = [(variables.get("WX_OPENID", ""), variables.get("WX_UNIONID", ""))]
        users += [(user.openid, user.unionid) for user in (self.default, *self.backend.users)]
        found: dict[str, str] = {}
        for openid, unionid in users:
            found |= {openid: "openid", unionid: "unionid"}
        found.pop("", None)
        return found

    def _default(self, wanted: User) -> User:
        users = self.backend.users
        if wanted.appid and not any(user.appid for user in users):
            users.appid = wanted.appid
        first = next(iter(users), users.default)
        base = first if not wanted.openid else users.find(wanted.openid) or User(wanted.openid)
        return users.add(User(base.openid, wanted.unionid or base.unionid, wanted.appid or base.appid, base.client_ip))

    def _caller(self, event: _events.Event, openid: str | None, unionid: str | None, appid: str | None) -> User:
        openid = openid or event.openid
        known = self.backend.users.find(openid) if openid else None
        base = known or (User(openid) if openid else self.backend.users.find(self.default.openid) or self.default)
        made = User(base.openid, base.unionid if unionid is None else unionid, appid or base.appid, base.client_ip)
        return self.backend.users.add(made)

    def _variables(
        self, event: _events.Event, user: User, function: str, source: str | None, env: str | Mapping[str, str] | None
    ) -> dict[str, str]:
        backend = self.backend
        if isinstance(env, str) and env and env != backend.env:
            if not backend.any_env:
                raise ValueError(f"env={env!r}: this local WeChat has the environment {backend.env!r} alone")
        source = source or ("wx_http" if event.kind == "http" else "wx_client")
        found = environment(backend, self.url, user=user, function=function, source=source, timer=event.kind == "timer")
        if event.kind == "http":  # a request from anywhere: no user of the mini program stands behind it
            for name in ("WX_OPENID", "WX_UNIONID"):
                found.pop(name, None)
            found["WX_API_TOKEN"] = backend.tokens.mint(Caller(None, function, source))
        if event.open_data_keys:
            found["WX_OPEN_DATA_INFO"] = json.dumps({"keys": list(event.open_data_keys)})
        found["WX_CONTEXT_KEYS"] = ",".join(
            name for name in (*found["WX_CONTEXT_KEYS"].split(","), "WX_OPEN_DATA_INFO") if name in found
        )
        if isinstance(env, str) and env:
            found["TCB_ENV"] = found["SCF_NAMESPACE"] = env
        return {**found, **(env if isinstance(env, Mapping) else {})}

    def _observe(self, call: Record, answer: ApiResponse) -> None:
        if self.unknown == "fail" and answer.origin == "open data":
            asked = call.wire.get("cloudid_list")
            known = self.backend.open_data
            missing = [one for one in asked or () if one not in known and one not in self.invalid]
            if missing and isinstance(asked, list):
                text = _problems.unknown_ids(call, self.backend.responses, missing, known.ids())
                self.ledger.complain(Complaint("unknown", text), raises=True)
        elif answer.origin == "nothing" and answer.error_code != _NOT_FOUND:
            self.ledger.complain(Complaint("refused", _problems.refused_there(call)))
        elif answer.origin == "nothing" and self.unknown == "fail":
            text = _problems.unknown_call(call, self.backend.responses)
            self.ledger.complain(Complaint("unknown", text), raises=True)

    def _refused(self, api: str, permissions: Permissions) -> None:
        self.ledger.complain(Complaint("refused", _problems.refused_here(api, permissions)))


class _Unhurried(ContractCatalog):
    """Checks no parameters when a call comes: a test that wants to know asks then (see ``Call.problems``)."""

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ()
