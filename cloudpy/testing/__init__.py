"""Unit-test cloud functions against a local WeChat: in process, without an account or sockets.

Installing cloudpy adds the pytest fixture ``wechat``::

    def test_steps(wechat):
        wechat.open_data("cid-1", {"stepInfoList": []}, openid="o-alice")
        result = wechat.invoke("functions/steps", {"cloudID": "cid-1"}, openid="o-alice")

Without pytest: ``with LocalWeChat() as wechat:``, or ``WeChatTestCase`` for unittest.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .calls import Call, Calls
    from .database import Database, Documents
    from .errors import ExpectationError, StubError, TimeLimitError, UnexpectedCallError
    from .events import CloudID, Event, Events
    from .storage import Storage
    from .stub import ANY, Stub
    from .transport import Clock
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

# Lazy: pytest imports this package at every start, for its plugin.
_MODULES = {
    "ANY": "stub",
    "Call": "calls",
    "Calls": "calls",
    "Clock": "transport",
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
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
