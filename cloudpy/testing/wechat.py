"""The local WeChat of one test: stubs, users, invocations, calls, all in one object."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any, Literal

from ..local import User, environment
from ..runtime.loader import DEFAULT
from .arranged import Arranged, one_of
from .calls import Call, Calls
from .functions import Function
from .recording import Recording
from .replay import Replay
from .session import Core, Unknown
from .violations import Ledger, listed

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

Door = Literal["process", "gateway"]


class LocalWeChat(Arranged):
    """A local WeChat for one test; inside ``with`` every cloud call of this process goes to it.

    Args:
        local: path of a local.yaml that says what it knows and answers from the start.
        strict: False lets pass what is otherwise told as a failure: calls nobody said anything about (they are
            answered with a sample of the right shape), stubs that stay unused, missing permissions.
        reason: why, for the next reader.
        openid: the default user, who calls when nobody else is named.
        unionid, appid: of the default user.
        env: id of the environment; calls for another are then refused. Left out, any is taken.
        unknown: what happens to a call nobody said anything about: ``fail`` fails the test, ``refuse`` answers
            -604100 as WeChat does for an API it does not know, ``sample`` makes an answer up in the right shape.
        door: ``process`` answers without sockets; ``gateway`` starts the real gateway on a loopback port, which
            other programs can call as well (see ``environment``).
        roots: folders in which relative paths are looked for; left out, that of the calling file and the current one.

    Raises:
        ValueError: an option has a value it cannot have.
        LoadError: there is no such local.yaml.
        LocalDataError: it cannot be used.
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
        door: Door = "process",
        roots: Sequence[str | os.PathLike[str]] = (),
    ) -> None:
        one_of("unknown", unknown, (None, "fail", "refuse", "sample"))
        one_of("door", door, ("process", "gateway"))
        core = Core(
            None if local is None else os.fspath(local),
            ledger=Ledger(strict=strict, reason=reason),
            user=User(openid, unionid, appid),
            env=env,
            unknown=unknown or ("fail" if strict else "sample"),
            gateway=door == "gateway",
            roots=[os.fspath(root) for root in roots] or [_folder_of(sys._getframe(1)), os.getcwd()],
        )
        super().__init__(core)
        self._tapes: list[Recording | Replay] = []
        self._entered = False

    # What is done

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
        """Runs a function as the platform does, and gives its result as it arrives at the caller.

        Args:
            function: the path of its folder, or of its file; a module that has ``main``; or the handler itself. A
                path is loaded once for each local WeChat: its state lasts for one test. The config.json in its
                folder says what it may call.
            event: a dict, to which ``userInfo`` is added as for a call from a mini program; or one of ``events``.
            openid: who calls; the default user when left out.
            unionid, appid: theirs.
            source: ``getWXContext()["SOURCE"]``; ``wx_client`` when left out.
            context: keys of the context that shall be others, or more: ``{"request_id": "…"}``.
            env: id of the environment; or a dict of environment variables of the function.
            timeout: its time limit in seconds; None for none. An async handler is ended; that a sync one took longer
                is told when it returns.
            handler: ``file.function``, for one that is not ``index.main``.

        Raises:
            LoadError: the function cannot be found or loaded.
            ResultError: the result has no JSON form, naming the path: ``result["at"]: datetime …``.
            StubError: the event has none.
            TimeLimitError: it ran longer than its time limit.
            UnexpectedCallError: it made a call that nothing was said about.
            RuntimeError: the handler is async, and the test runs in an event loop: await ``ainvoke`` there.

        Whatever else the handler raises comes through as it is.
        """
        return self._core.run(
            self._core.prepared(
                function,
                event,
                handler=handler,
                user=(openid, unionid, appid),
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
        """As ``invoke``, in the event loop that the test runs in."""
        run = self._core.prepared(
            function,
            event,
            handler=handler,
            user=(openid, unionid, appid),
            source=source,
            context=context,
            env=env,
            timeout=timeout,
        )
        return await run.awaited()

    def environment(self, *, openid: str = "", function: str = "") -> dict[str, str]:
        """The variables of one invocation, for a program of its own; with ``door="gateway"`` it can call in."""
        core = self._core
        user = core.backend.users.add(openid) if openid else core.default
        return environment(core.backend, core.url, user=user, function=function)

    def record(self, path: str | os.PathLike[str], *, live: bool = False) -> Recording:
        """Writes each call and its answer to a file of JSON lines, until the block or the test ends.

        Args:
            path: it is written anew.
            live: the calls go where they would go without the kit, with the environment of this process.

        Secrets, and the ids of people, are masked before they are written.
        """
        recording = Recording(path, self._core, live=live)
        self._tapes.append(recording)
        return recording

    def replay(self, path: str | os.PathLike[str], *, check: bool = True) -> Replay:
        """Answers from a file that ``record`` wrote, and from nothing else, until the block or the test ends.

        Each recorded answer is given once, to a call with the same parameters; a call that has none fails the test,
        and so does an answer that stays unused.

        Args:
            check: whether parameters and replies must be as WeChat's documentation has them.

        Raises:
            StubError: the file is none of ``record``, or has a reply that WeChat would never send, naming the line.
        """
        replay = Replay(path, self._core, check=check)
        self._tapes.append(replay)
        return replay

    # What was done

    def calls(self, api: str | None = None) -> Calls:
        """The calls so far, the oldest first: those of one API, or all."""
        return Calls(Call(record) for record in self._core.backend.calls.of(api))

    # How it ends

    def verify(self) -> None:
        """Raises what there is to complain of so far; the end of the test does so by itself.

        Raises:
            ExpectationError: a call that nothing was said about, a permission that is missing, a stub unused.
        """
        self._core.ledger.settle(self._core.unfinished())

    def explain(self, error: BaseException) -> None:
        """Adds a note to an exception: what was called so far, and what there is to complain of."""
        texts = [text for text in self._core.ledger.texts() if text not in str(error)]
        calls = self.calls()
        notes = [f"cloud calls: {calls!r}"] if calls else []
        notes += [listed(texts)] if texts else []
        # Python 3.10 has no add_note(), but pytest shows notes there too.
        vars(error)["__notes__"] = [*getattr(error, "__notes__", ()), *notes]

    def close(self) -> None:
        """Gives the process back what was lent, without complaints; a block does so by itself."""
        self._core.ledger.clear()
        self._core.stubs.clear()
        for tape in self._tapes:
            tape.close()
        self._core.leave()

    def __enter__(self) -> LocalWeChat:
        if self._entered:
            raise RuntimeError("this LocalWeChat was used already; make another one")
        self._entered = True
        self._core.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for tape in self._tapes:
                tape.close()
        finally:
            self._core.leave()
        if error is None:
            self.verify()
        else:
            self.explain(error)

    def __repr__(self) -> str:
        return f"<LocalWeChat, {len(self._core.stubs)} stubs, {len(self._core.backend.calls)} calls>"


def _folder_of(frame: FrameType) -> str:
    return os.path.dirname(os.path.abspath(frame.f_globals.get("__file__") or ""))
