"""Unit-test a cloud function on a laptop: a local WeChat of its own for each test, in process, without sockets.

With pytest the fixture ``wechat`` is there as soon as cloudpy is installed::

    def test_steps(wechat):
        wechat.open_data("cid-1", {"stepInfoList": []}, openid="o-alice")
        result = wechat.invoke("functions/steps", {"cloudID": "cid-1"}, openid="o-alice")

Elsewhere ``with LocalWeChat() as wechat:``, or ``WeChatTestCase`` for unittest.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .any import ANY
    from .calls import Call, Calls
    from .clock import Clock
    from .database import Database, Documents
    from .errors import ExpectationError, StubError, TimeLimitError, UnexpectedCallError
    from .events import CloudID, Event, Events
    from .storage import Storage
    from .stub import Stub
    from .unittest import WeChatTestCase
    from .wechat import LocalWeChat

__all__ = [
    "ANY",
    "Call",
    "Calls",
    "Clock",
    "CloudID",
    "Database",
    "Documents",
    "Event",
    "Events",
    "ExpectationError",
    "LocalWeChat",
    "Storage",
    "Stub",
    "StubError",
    "TimeLimitError",
    "UnexpectedCallError",
    "WeChatTestCase",
]

# pytest imports this package at every start, for its plugin: what a test needs comes with the first name asked for.
_HOMES = {
    "ANY": "any",
    "Call": "calls",
    "Calls": "calls",
    "Clock": "clock",
    "CloudID": "events",
    "Database": "database",
    "Documents": "database",
    "Event": "events",
    "Events": "events",
    "ExpectationError": "errors",
    "LocalWeChat": "wechat",
    "Storage": "storage",
    "Stub": "stub",
    "StubError": "errors",
    "TimeLimitError": "errors",
    "UnexpectedCallError": "errors",
    "WeChatTestCase": "unittest",
}


def __getattr__(name: str) -> "Any":
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
