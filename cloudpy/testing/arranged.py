"""What a test says before it runs a function: users, open data, stubs, the time, and what it lets pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..local import User
from .clock import Clock
from .database import Database
from .errors import StubError
from .events import Events, as_json
from .functions import Function
from .session import Core
from .storage import Storage
from .stub import Stub

__tracebackhide__ = True
LIFE = 300.0  # seconds that a CloudID lives


class Arranged:
    """The part of LocalWeChat that says what it knows and answers."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._events = Events(core.backend, lambda: core.default)

    @property
    def storage(self) -> Storage:
        """Its files: ``wechat.storage.put("a.png", b"…")`` before, ``wechat.storage["a.png"]`` after."""
        return Storage(self._core.backend)

    @property
    def database(self) -> Database:
        """Its documents: ``wechat.database["todos"].add({…})`` before, ``wechat.database["todos"].one({…})`` after."""
        return Database(self._core)

    def user(self, openid: str, *, unionid: str = "", appid: str = "") -> None:
        """Makes a user known; ``invoke(openid=…)`` and ``open_data(openid=…)`` do so by themselves."""
        self._core.backend.users.add(User(openid, unionid, appid))

    def open_data(
        self, cloud_id: str, data: Mapping[str, Any] | None, *, openid: str = "", expired: bool = False
    ) -> None:
        """Puts open data behind a CloudID, for five minutes of the kit's clock.

        Args:
            data: as ``getOpenData`` shall give it under ``json.data``; its keys reach the function as they are. None
                for an id that WeChat shall not know (-601005).
            openid: whose it is, nobody else gets it (-601007); the default user's when empty.
            expired: it has expired already (-601006).

        Raises:
            StubError: the data have no JSON form.
        """
        if not isinstance(cloud_id, str):
            raise TypeError(f"open_data(): a CloudID is a text, got {cloud_id!r}")
        self._core.invalid.discard(cloud_id)
        if data is None:
            self._core.invalid.add(cloud_id)
            return
        owner = self._core.backend.users.add(openid) if openid else self._core.default
        life = 0 if expired else LIFE
        self._core.backend.open_data.add(cloud_id, as_json(data, "data"), openid=owner.openid, life=life)

    def stub(self, api: str, when: Mapping[str, Any] | None = None, *, check: bool = True) -> Stub:
        """What an API answers, instead of what the local WeChat would: go on with ``.reply({…})``, ``.error(code)``, …

        Args:
            api: its name, without ``openapi.``: ``cloudbase.getOpenData``.
            when: the parameters it is for, in camelCase; others may stand beside them, and ``ANY`` fits anything.
            check: whether names, parameters and replies must be as WeChat's documentation has them.

        Raises:
            StubError: there is no such API or parameter; naming what was meant.
        """
        stub = Stub(self._core.backend.responses, self._core.ledger, api, when, check=check)
        self._core.stubs.append(stub)
        return stub

    def functions(self, functions: Mapping[str, Function] | None = None, /, **named: Function) -> None:
        """What ``callFunction`` finds under a name; calls are in ``calls("callFunction")``.

        ::

            wechat.functions({"mail": "functions/mail"}, add=lambda event: event["a"] + event["b"])

        Args:
            functions, named: for each name the path of the function's folder, a module that has ``main``, or a
                callable that takes the event (and the context) and gives the result. What one raises arrives as
                -504002. One that is never called fails the test.

        A name that is not among them fails the test (with ``allow_unknown``: it is not found).

        Raises:
            LoadError: there is no such folder.
            StubError: it is none of these.
        """
        for name, function in {**(functions or {}), **named}.items():
            self._core.siblings.add(name, function)

    def pay(self, out_trade_no: str) -> dict[str, Any]:
        """Lets the user pay an order that ``cloudPay.unifiedOrder`` placed.

        Returns:
            the event that WeChat Pay sends to the function that the order names: ``wechat.invoke(folder, event)``.

        Raises:
            StubError: there is no such order, or it is not waiting to be paid.
        """
        try:
            return self._core.backend.pay.paid(out_trade_no)
        except KeyError:
            raise StubError(f"pay(): no order {out_trade_no!r} was placed with cloudPay.unifiedOrder") from None
        except ValueError as error:
            raise StubError(f"pay(): {error}") from None

    @property
    def events(self) -> Events:
        """Builds the events of timers, message push, HTTP access and mini programs."""
        return self._events

    @property
    def clock(self) -> Clock:
        """The local WeChat's time, which stands still until it is moved: ``wechat.clock.advance(minutes=6)``."""
        return self._core.clock

    def allow_unused(self, reason: str) -> None:
        """Stubs of this test may stay unused."""
        self._core.ledger.allow("unused", reason)

    def allow_unknown(self, reason: str, *, answer: Literal["refuse", "sample"] = "refuse") -> None:
        """Calls that nothing was said about are refused with -604100, or answered with a sample; no test fails."""
        one_of("answer", answer, ("refuse", "sample"))
        self._core.ledger.allow("unknown", reason)
        self._core.unknown = self._core.backend.unknown = answer

    def allow_refused(self, reason: str) -> None:
        """Calls without permission are refused, which is what this test is about."""
        self._core.ledger.allow("refused", reason)


def one_of(name: str, value: object, known: Sequence[object]) -> None:
    """Refuses a value that is none of `known`."""
    if value not in known:
        listing = ", ".join(repr(one) for one in known if one is not None)
        raise ValueError(f"{name} is one of {listing}, got {value!r}")
