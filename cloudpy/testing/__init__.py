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

    from ._any import ANY
    from ._calls import Call, Calls
    from ._clock import Clock
    from ._database import Database, Documents
    from ._errors import ExpectationError, StubError, TimeLimitError, UnexpectedCallError
    from ._events import CloudID, Event, Events
    from ._storage import Storage
    from ._stub import Stub
    from ._unittest import WeChatTestCase
    from ._wechat import LocalWeChat

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
    "ANY": "_any",
    "Call": "_calls",
    "Calls": "_calls",
    "Clock": "_clock",
    "CloudID": "_events",
    "Database": "_database",
    "Documents": "_database",
    "Event": "_events",
    "Events": "_events",
    "ExpectationError": "_errors",
    "LocalWeChat": "_wechat",
    "Storage": "_storage",
    "Stub": "_stub",
    "StubError": "_errors",
    "TimeLimitError": "_errors",
    "UnexpectedCallError": "_errors",
    "WeChatTestCase": "_unittest",
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
