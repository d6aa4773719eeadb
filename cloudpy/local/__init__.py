"""The local WeChat: one backend that knows users, open data, permissions and answers, and the doors it answers at.

- ``Backend``: the local WeChat itself, without sockets
- ``load``: a backend from a ``local.yaml`` and a ``config.json``
- ``connected``: the SDK of this process talks to a backend, without sockets
- ``GatewayServer``: a backend on a socket, for programs in any language
"""

from typing import TYPE_CHECKING, Any

from .backend import Backend
from .calls import Call, CallLog, File, Incoming
from .catalog import Contracts, Knowledge, Nothing
from .data import LocalData, LocalDataError, load, read
from .env_vars import environment
from .in_process import URL, AsyncInProcessTransport, InProcessTransport, connected
from .mismatch import difference
from .open_data import OpenData, OpenDataStore
from .responses import FAULTS, Answer, Answers, Canned, Fault, buffer, error, reply, text
from .tokens import Tokens
from .users import Caller, User, Users

if TYPE_CHECKING:
    from .http.server import GatewayServer

__all__ = [
    "FAULTS",
    "URL",
    "Answer",
    "Answers",
    "AsyncInProcessTransport",
    "Backend",
    "Call",
    "CallLog",
    "Caller",
    "Canned",
    "Contracts",
    "Fault",
    "File",
    "GatewayServer",
    "InProcessTransport",
    "Incoming",
    "Knowledge",
    "LocalData",
    "LocalDataError",
    "Nothing",
    "OpenData",
    "OpenDataStore",
    "Tokens",
    "User",
    "Users",
    "buffer",
    "connected",
    "difference",
    "environment",
    "error",
    "load",
    "read",
    "reply",
    "text",
]


def __getattr__(name: str) -> Any:
    if name == "GatewayServer":  # aiohttp comes with it, which a test in process does without
        from .http.server import GatewayServer

        return GatewayServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
