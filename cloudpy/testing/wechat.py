"""The local WeChat of one test: users, stubs, invocations and calls in one object."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any, Literal

from ..local import User, environment
from ..runtime.loader import DEFAULT
from .calls import Call, Calls
from .database import Database
from .errors import StubError
from .events import Events, as_json
from .functions import Function
from .recording import Recording
from .replay import Replay
from .session import Session, Unknown
from .storage import Storage
from .stub import Stub
from .transport import Clock
from .violations import Violations, numbered

__tracebackhide__ = True  # a failing test shows the test and the function, not these lines

Transport = Literal["memory", "http"]
CLOUD_ID_LIFETIME = 300.0  # seconds
_TRANSPORTS: dict[str, Transport] = {"process": "memory", "gateway": "http"}  # the values of `door`


class LocalWeChat:
    """A local WeChat for one test; inside ``with`` every cloud call of this process goes to it.

    Args:
        local: path of a local.yaml with users, open data, responses and documents.
        strict: False accepts calls without a stub (answered with a sample of the right shape), unused stubs and
            missing permissions.
        reason: why it is not strict, for the next reader.
        openid: of the default user, who calls unless another is named.
        unionid: of the default user.
        appid: of the default user.
        env: id of the environment; calls for another are rejected. By default every environment is accepted.
        unknown: for a call without a stub: ``fail`` fails the test, ``refuse`` answers -604100 as WeChat does for
            an unknown API, ``sample`` makes up an answer of the right shape.
        transport: ``memory`` answers without sockets; ``http`` starts the real gateway on a loopback port, which
            other programs can call too (see ``environment``).
        roots: folders that relative paths start from; that of the calling file and the current one by default.
        door: deprecated, ``process`` or ``gateway``: use ``transport``.

    Raises:
        ValueError: an option is invalid.
        LoadError: there is no such local.yaml.
        LocalDataError: the local.yaml is invalid.
    """

    def __init__(
        self,
        local: str | os.PathLike[str] | None = None,
        *,
        strict: bool = True,
        reason: str = "",
        openid: str = "",
        unionid: str = "",
        appid: str = "",
        env: str = "",
        unknown: Unknown | None = None,
        transport: Transport = "memory",
        roots: Sequence[str | os.PathLike[str]] = (),
        door: Literal["process", "gateway"] | None = None,
    ) -> None:
        _check_choice("unknown", unknown, (None, "fail", "refuse", "sample"))
        if door is not None:
            _check_choice("door", door, tuple(_TRANSPORTS))
            transport = _TRANSPORTS[door]
            warnings.warn(f"door={door!r} is deprecated: use transport={transport!r}", DeprecationWarning, stacklevel=2)
        _check_choice("transport", transport, ("memory", "http"))
        self._session = Session(
            None if local is None else os.fspath(local),
            violations=Violations(strict=strict, reason=reason),
            user=User(openid, unionid, appid),
            env=env,
            unknown=unknown or ("fail" if strict else "sample"),
            gateway=transport == "http",
            roots=[os.fspath(root) for root in roots] or [_folder_of(sys._getframe(1)), os.getcwd()],
        )
        self._events = Events(self._session.backend, lambda: self._session.default_user)
        self._recordings: list[Recording | Replay] = []
        self._entered = False

    # Setting up

    @property
    def storage(self) -> Storage:
        """The files: ``wechat.storage.put("a.png", b"…")`` before, ``wechat.storage["a.png"]`` after."""
        return Storage(self._session.backend)

    @property
    def database(self) -> Database:
        """The documents: ``wechat.database["todos"].add({…})`` before, ``wechat.database["todos"].one({…})`` after."""
        return Database(self._session)

    @property
    def events(self) -> Events:
        """Builds the events of timers, message push, HTTP access and mini programs."""
        return self._events

    @property
    def clock(self) -> Clock:
        """The local WeChat's clock, which stands still until it is advanced: ``wechat.clock.advance(minutes=6)``."""
        return self._session.clock

    def user(self, openid: str, *, unionid: str = "", appid: str = "") -> None:
        """Add a user; ``invoke(openid=…)`` and ``open_data(openid=…)`` add theirs."""
        self._session.backend.users.add(User(openid, unionid, appid))

    def open_data(
        self, cloud_id: str, data: Mapping[str, Any] | None, *, openid: str = "", expired: bool = False
    ) -> None:
        """Add the open data of a CloudID, valid for five minutes of the kit's clock.

        Args:
            cloud_id: the CloudID.
            data: what ``getOpenData`` returns under ``json.data``, with its keys as they are; None for an id that
                WeChat does not know (-601005).
            openid: the owner, nobody else gets the data (-601007); the default user when empty.
            expired: it has expired already (-601006).

        Raises:
            StubError: the data have no JSON form.
        """
        if not isinstance(cloud_id, str):
            raise TypeError(f"open_data(): a CloudID must be a string, got {cloud_id!r}")
        self._session.unknown_ids.discard(cloud_id)
        if data is None:
            self._session.unknown_ids.add(cloud_id)
            return
        backend = self._session.backend
        owner = backend.users.add(openid) if openid else self._session.default_user
        life = 0 if expired else CLOUD_ID_LIFETIME
        backend.open_data.add(cloud_id, as_json(data, "data"), openid=owner.openid, life=life)

    def stub(self, api: str, when: Mapping[str, Any] | None = None, *, check: bool = True) -> Stub:
        """Stub an API; add answers with ``.reply({…})``, ``.error(code)`` and so on.

        Args:
            api: its name without ``openapi.``: ``cloudbase.getOpenData``.
            when: parameters that a call must have to match, in camelCase; it may have others too, and ``ANY`` matches
                every value.
            check: check names, parameters and replies against WeChat's documentation.

        Raises:
            StubError: there is no such API or parameter; the message suggests one.
        """
        stub = Stub(self._session.backend.responses, self._session.violations, api, when, check=check)
        self._session.expectations.append(stub)
        return stub

    def functions(self, functions: Mapping[str, Function] | None = None, /, **named: Function) -> None:
        """Register functions for ``callFunction``; the calls are in ``calls("callFunction")``.

        ::

            wechat.functions({"mail": "functions/mail"}, add=lambda event: event["a"] + event["b"])

        The test fails if a registered function is never called, or an unregistered one is (with ``allow_unknown`` it
        is not found).

        Args:
            functions: name -> the path of the function's folder, a module that has ``main``, or a callable that takes
                the event (and the context) and returns the result. An exception arrives as -504002.
            **named: the same as keywords.

        Raises:
            LoadError: there is no such folder.
            StubError: a value has another type.
        """
        for name, function in {**(functions or {}), **named}.items():
            self._session.function_caller.add(name, function)

    def pay(self, out_trade_no: str) -> dict[str, Any]:
        """Pay an order that ``cloudPay.unifiedOrder`` has placed.

        Returns:
            The event that WeChat Pay sends to the function that the order names: ``wechat.invoke(folder, event)``.

        Raises:
            StubError: there is no such order, or it is not waiting for payment.
        """
        try:
            return self._session.backend.pay.paid(out_trade_no)
        except KeyError:
            raise StubError(f"pay(): no order {out_trade_no!r} was placed with cloudPay.unifiedOrder") from None
        except ValueError as error:
            raise StubError(f"pay(): {error}") from None

    def allow_unused(self, reason: str) -> None:
        """Allow unused stubs."""
        self._session.violations.allow("unused", reason)

    def allow_unknown(self, reason: str, *, answer: Literal["refuse", "sample"] = "refuse") -> None:
        """Allow calls without a stub; they are answered with -604100, or with a sample."""
        _check_choice("answer", answer, ("refuse", "sample"))
        self._session.violations.allow("unknown", reason)
        self._session.backend.unknown = answer

    def allow_refused(self, reason: str) -> None:
        """Allow calls without permission; they are rejected as in the cloud."""
        self._session.violations.allow("refused", reason)

    # Running

    def invoke(
        self,
        function: Function,
        event: Mapping[str, Any] | None = None,
        *,
        openid: str | None = None,
        unionid: str | None = None,
        appid: str | None = None,
        source: str | None = None,
        context: Mapping[str, Any] | None = None,
        env: str | Mapping[str, str] | None = None,
        timeout: float | None = 3.0,
        handler: str = DEFAULT,
    ) -> Any:
        """Run a function as the platform does, and return its result as the caller receives it.

        Args:
            function: the path of its folder or its file; a module that has ``main``; or the handler itself. A path is
                loaded once for each local WeChat: its state lasts for one test. The config.json in its folder says
                what it may call.
            event: a dict, which gets ``userInfo`` as a call from a mini program does; or one of ``events``.
            openid: of the caller; the default user's by default.
            unionid: of the caller.
            appid: of the caller.
            source: ``getWXContext()["SOURCE"]``; ``wx_client`` by default.
            context: keys of the context to replace or to add: ``{"request_id": "…"}``.
            env: id of the environment; or a dict of environment variables.
            timeout: its time limit in seconds; None for no limit. An async handler is stopped; for a sync one the
                limit is reported only after it returns.
            handler: ``file.function`` if it is not ``index.main``.

        Raises:
            LoadError: the function cannot be found or loaded.
            ResultError: the result has no JSON form; the message names the path: ``result["at"]: datetime …``.
            StubError: the event has no JSON form.
            TimeLimitError: it ran longer than its time limit.
            UnexpectedCallError: it made a call without a stub.
            RuntimeError: the handler is async and the test runs in an event loop; await ``ainvoke`` there.

        Exceptions of the handler pass through.
        """
        return self._session.run(
            self._session.invocation(
                function,
                event,
                handler=handler,
                openid=openid,
                unionid=unionid,
                appid=appid,
                source=source,
                context=context,
                env=env,
                timeout=timeout,
            )
        )

    async def ainvoke(
        self,
        function: Function,
        event: Mapping[str, Any] | None = None,
        *,
        openid: str | None = None,
        unionid: str | None = None,
        appid: str | None = None,
        source: str | None = None,
        context: Mapping[str, Any] | None = None,
        env: str | Mapping[str, str] | None = None,
        timeout: float | None = 3.0,
        handler: str = DEFAULT,
    ) -> Any:
        """Run a function as ``invoke`` does, in the event loop of the test."""
        invocation = self._session.invocation(
            function,
            event,
            handler=handler,
            openid=openid,
            unionid=unionid,
            appid=appid,
            source=source,
            context=context,
            env=env,
            timeout=timeout,
        )
        return await invocation.arun()

    def environment(self, *, openid: str = "", function: str = "") -> dict[str, str]:
        """Return the environment variables of one invocation; with ``transport="http"`` another program can call in."""
        session = self._session
        user = session.backend.users.add(openid) if openid else session.default_user
        return environment(session.backend, session.url, user=user, function=function)

    def record(self, path: str | os.PathLike[str], *, live: bool = False) -> Recording:
        """Write each call and its answer to a file of JSON lines, until the block or the test ends.

        Secrets and people's ids are masked before they are written.

        Args:
            path: overwritten.
            live: send the calls where they would go without the kit, with the environment of this process.
        """
        recording = Recording(path, self._session, live=live)
        self._recordings.append(recording)
        return recording

    def replay(self, path: str | os.PathLike[str], *, check: bool = True) -> Replay:
        """Answer from a file that ``record`` wrote, and from nothing else, until the block or the test ends.

        Each recorded answer is used once, for a call with the same parameters. A call without a recorded answer fails
        the test, and so does an unused answer.

        Args:
            path: of the file.
            check: check parameters and replies against WeChat's documentation.

        Raises:
            StubError: the file is not a recording, or has a reply that WeChat would never send; the message names the
                line.
        """
        replay = Replay(path, self._session, check=check)
        self._recordings.append(replay)
        return replay

    # Looking back

    def calls(self, api: str | None = None) -> Calls:
        """Return the calls so far, the oldest first: those of one API, or all."""
        return Calls(Call(record) for record in self._session.backend.calls.of(api))

    def verify(self) -> None:
        """Raise the violations so far; the end of the test does so too.

        Raises:
            ExpectationError: a call without a stub, a missing permission, an unused stub.
        """
        self._session.violations.raise_pending(self._session.unmet())

    def explain(self, error: BaseException) -> None:
        """Add the calls and violations so far as notes to an exception."""
        texts = [text for text in self._session.violations.texts() if text not in str(error)]
        calls = self.calls()
        notes = [f"cloud calls: {calls!r}"] if calls else []
        notes += [numbered(texts)] if texts else []
        # Python 3.10 has no add_note(), but pytest shows notes there too.
        vars(error)["__notes__"] = [*getattr(error, "__notes__", ()), *notes]

    def close(self) -> None:
        """Restore the process without raising violations; a ``with`` block does both."""
        self._session.violations.clear()
        self._session.expectations.clear()
        self._leave()

    def __enter__(self) -> LocalWeChat:
        if self._entered:
            raise RuntimeError("this LocalWeChat was used already; create another one")
        self._entered = True
        self._session.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
        if error is None:
            self.verify()
        else:
            self.explain(error)

    def _leave(self) -> None:
        try:
            for recording in self._recordings:
                recording.close()
        finally:
            self._session.leave()

    def __repr__(self) -> str:
        return f"<LocalWeChat, {len(self._session.expectations)} stubs, {len(self.calls())} calls>"


def _check_choice(name: str, value: object, choices: Sequence[object]) -> None:
    if value not in choices:
        listing = ", ".join(repr(choice) for choice in choices if choice is not None)
        raise ValueError(f"{name} must be one of {listing}, got {value!r}")


def _folder_of(frame: FrameType) -> str:
    return os.path.dirname(os.path.abspath(frame.f_globals.get("__file__") or ""))
