"""The session behind a LocalWeChat: its backend, its hooks, and what it patches in the process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Literal, Protocol

from .. import _transports
from .._client import permissions as _permissions
from .._client.permissions import Permissions
from ..local import (
    URL,
    ApiResponse,
    AsyncInProcessTransport,
    Backend,
    Caller,
    CallRecord,
    ContractCatalog,
    InProcessTransport,
    User,
    environment,
    load,
)
from ..local.database import Engine
from ..local.documents import Documents
from ..runtime import Runner
from . import events
from .functions import ClientPair, Function, Functions
from .invocation import EnvVars, FunctionCaller, Invocation
from .transport import AsyncTapTransport, BlockingTapTransport, Clock, FakeSleep, TransportTap
from .violations import Violation, Violations, rejected_call, undeclared_call, unknown_call, unknown_cloud_ids

__tracebackhide__ = True  # a failing test shows the test and the function, not these lines

Unknown = Literal["fail", "refuse", "sample"]
_DEFAULT_ENV = "local"
_NOT_FOUND = -604100


class Expectation(Protocol):
    """A stub, or anything else that must be used before the test ends."""

    def unmet(self) -> Iterator[Violation]: ...


class Session:
    """See LocalWeChat, which has the same options."""

    def __init__(
        self,
        local: str | None,
        *,
        violations: Violations,
        user: User,
        env: str,
        unknown: Unknown,
        gateway: bool,
        roots: Sequence[str],
    ) -> None:
        self.clock = Clock()
        self.violations = violations
        if unknown != "fail":
            violations.allow("unknown", f"unknown={unknown!r}")
        self.functions = Functions(roots)
        self.backend: Backend = load(
            None if local is None else self.functions.resolve(local),
            env=env or None,
            unknown="sample" if unknown == "sample" else "refuse",
            clock=self.clock,
            callers_clock=lambda: time.time(),  # looked up each time: freezegun and the like replace it
            observe=self._observe,
            catalog=_UncheckedCatalog(),
        )
        self.backend.any_env = not env and self.backend.env == _DEFAULT_ENV
        self.backend.documents = _InMemoryDocuments(
            self.backend.documents, self.backend.env, self.clock, any_env=self.backend.any_env
        )
        self._has_permissions = self.backend.allowed("") is not None
        if not self._has_permissions:
            self.backend.allow("all")  # for calls that the test makes itself
        self.default_user = self._default_user(user)
        self.unknown_ids: set[str] = set()  # CloudIDs without open data on purpose
        self.expectations: list[Expectation] = []
        self.env_vars = EnvVars()
        self.tap = TransportTap(violations, other_thread=gateway)
        self.url = URL
        self.live = False
        self.function_caller = FunctionCaller(self.backend, self.functions, self.env_vars, violations, lambda: self.url)
        self.backend.function_caller = self.function_caller
        self._gateway = gateway
        self._runner = Runner()
        self._stack = ExitStack()

    def enter(self) -> None:
        """Send the cloud calls of this process to the local WeChat."""
        with ExitStack() as stack:
            stack.callback(ClientPair.current().swap)
            stack.callback(self._runner.close)
            stack.callback(self.backend.storage.close)
            stack.callback(self.backend.documents.close)
            self._original = _transports.current()
            blocking: Any = InProcessTransport(self.backend, sleep=FakeSleep(self.clock).blocking)
            awaited: Any = AsyncInProcessTransport(self.backend, sleep=FakeSleep(self.clock).awaited)
            if self._gateway:
                from ..local import GatewayServer

                self.url = stack.enter_context(GatewayServer(self.backend)).url
                blocking, awaited = _transports.create()
            self._local = blocking, awaited
            self._taps = BlockingTapTransport(blocking, self.tap), AsyncTapTransport(awaited, self.tap)
            stack.enter_context(_transports.override(blocking=self._taps[0], asynchronous=self._taps[1]))
            stack.callback(self.env_vars.restore)
            self.env_vars.set_idle(environment(self.backend, self.url, user=self.default_user))
            stack.callback(setattr, _permissions, "on_refusal", _permissions.on_refusal)
            _permissions.on_refusal = self._report_undeclared
            self._stack = stack.pop_all()

    def leave(self) -> None:
        """Restore the process."""
        self._stack.close()

    def set_live(self, live: bool) -> None:
        """Send calls where they would go without the kit, or to the local WeChat again."""
        self.live = live
        blocking, awaited = self._local
        if live:
            new = _transports.create()
            blocking, awaited = self._original[0] or new[0], self._original[1] or new[1]
        self._taps[0].inner, self._taps[1].inner = blocking, awaited
        self.env_vars.set_idle({} if live else environment(self.backend, self.url, user=self.default_user))

    def invocation(
        self,
        function: Function,
        event: Mapping[str, Any] | None,
        *,
        handler: str,
        openid: str | None,
        unionid: str | None,
        appid: str | None,
        source: str | None,
        context: Mapping[str, Any] | None,
        env: str | Mapping[str, str] | None,
        timeout: float | None,
    ) -> Invocation:
        """Return an invocation, ready to run."""
        loaded, handler = self.functions.find(function, handler)
        if not self._has_permissions:
            self.backend.allow(loaded.allowed, function=loaded.name)
        event = events.to_event(event)
        user = self._user(event, openid, unionid, appid)
        event = event.for_user(user)
        variables = {} if self.live else self._variables(event, user, loaded.name, source, env)
        content = event if event.kind != "client" else events.delivered(event, user)
        return Invocation(
            self.functions,
            loaded,
            handler,
            events.as_json(content),
            variables,
            self.env_vars,
            context=context or {},
            timeout=timeout,
        )

    def run(self, invocation: Invocation) -> Any:
        return invocation.run(self._runner)

    def unmet(self) -> Iterator[Violation]:
        """Yield the violations that show when the test ends."""
        for expectation in self.expectations:
            yield from expectation.unmet()
        yield from self.function_caller.unmet()

    def identities(self) -> dict[str, str]:
        """Return the ids to mask in recordings, each with its kind; the default user's first."""
        variables = self.env_vars.original() if self.live else {}
        users = [(variables.get("WX_OPENID", ""), variables.get("WX_UNIONID", ""))]
        users += [(user.openid, user.unionid) for user in (self.default_user, *self.backend.users)]
        identities: dict[str, str] = {}
        for openid, unionid in users:
            identities |= {openid: "openid", unionid: "unionid"}
        identities.pop("", None)
        return identities

    def _default_user(self, user: User) -> User:
        users = self.backend.users
        if user.appid and not any(each.appid for each in users):
            users.appid = user.appid
        first = next(iter(users), users.default)
        base = first if not user.openid else users.find(user.openid) or User(user.openid)
        return users.add(User(base.openid, user.unionid or base.unionid, user.appid or base.appid, base.client_ip))

    def _user(self, event: events.Event, openid: str | None, unionid: str | None, appid: str | None) -> User:
        users = self.backend.users
        openid = openid or event.openid
        if openid:
            base = users.find(openid) or User(openid)
        else:
            base = users.find(self.default_user.openid) or self.default_user
        unionid = base.unionid if unionid is None else unionid
        return users.add(User(base.openid, unionid, appid or base.appid, base.client_ip))

    def _variables(
        self, event: events.Event, user: User, function: str, source: str | None, env: str | Mapping[str, str] | None
    ) -> dict[str, str]:
        backend = self.backend
        if isinstance(env, str) and env and env != backend.env and not backend.any_env:
            raise ValueError(f"env={env!r}: this local WeChat only has the environment {backend.env!r}")
        source = source or ("wx_http" if event.kind == "http" else "wx_client")
        variables = environment(
            backend, self.url, user=user, function=function, source=source, timer=event.kind == "timer"
        )
        if event.kind == "http":  # a request from anywhere, without a user of the mini program
            for name in ("WX_OPENID", "WX_UNIONID"):
                variables.pop(name, None)
            variables["WX_API_TOKEN"] = backend.tokens.mint(Caller(None, function, source))
        if event.open_data_keys:
            variables["WX_OPEN_DATA_INFO"] = json.dumps({"keys": list(event.open_data_keys)})
        variables["WX_CONTEXT_KEYS"] = ",".join(
            name for name in (*variables["WX_CONTEXT_KEYS"].split(","), "WX_OPEN_DATA_INFO") if name in variables
        )
        if isinstance(env, str) and env:
            variables["TCB_ENV"] = variables["SCF_NAMESPACE"] = env
        return {**variables, **(env if isinstance(env, Mapping) else {})}

    def _observe(self, call: CallRecord, answer: ApiResponse) -> None:
        if answer.origin == "open data":
            ids = call.wire.get("cloudid_list")
            known = self.backend.open_data
            missing = [one for one in ids or () if one not in known and one not in self.unknown_ids]
            if missing and isinstance(ids, list) and not self.violations.allows("unknown"):
                violation = unknown_cloud_ids(call, self.backend.responses, missing, list(known.ids()))
                self.violations.add(violation, raises=True)
        elif answer.origin == "nothing" and answer.error_code != _NOT_FOUND:
            self.violations.add(rejected_call(call))
        elif answer.origin == "nothing" and not self.violations.allows("unknown"):
            self.violations.add(unknown_call(call, self.backend.responses), raises=True)

    def _report_undeclared(self, api: str, permissions: Permissions) -> None:
        self.violations.add(undeclared_call(api, permissions))


class _UncheckedCatalog(ContractCatalog):
    """Does not check the parameters of each call: ``Call.problems`` does when a test asks for them."""

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ()


class _InMemoryDocuments(Documents):
    """The databases of one test, in memory, with the documents of its local.yaml.

    Args:
        documents: those of the backend, which has read local.yaml.
        env: id of the environment.
        clock: for server dates.
        any_env: one database for every environment.
    """

    def __init__(self, documents: Documents, env: str, clock: Clock, *, any_env: bool) -> None:
        super().__init__(None, env, clock)
        self._any_env = any_env
        self.seed(documents.seeds)

    def engine(self, env: str = "") -> Engine:
        return super().engine("" if self._any_env else env)
