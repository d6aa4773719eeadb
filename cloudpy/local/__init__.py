"""The local WeChat: one backend that knows users, open data, permissions and responses, and the endpoints before it.

- ``Backend``: the local WeChat itself, without sockets
- ``load``: a backend from a ``local.yaml`` and a ``config.json``
- ``connected``: the SDK of this process talks to a backend, without sockets
- ``GatewayServer``: a backend on a socket, for programs in any language
"""

from typing import TYPE_CHECKING, Any

from .backend import Backend
from .calls import ApiRequest, CallLog, CallRecord, File
from .catalog import ApiCatalog, ContractCatalog, EmptyCatalog
from .data import LocalData, LocalDataError, load, read
from .env_vars import environment
from .in_process import URL, AsyncInProcessTransport, InProcessTransport, connected
from .open_data import OpenData, OpenDataStore
from .responses import (
    FAULTS,
    ApiResponse,
    CannedResponse,
    CannedResponses,
    Fault,
    error_response,
    file_response,
    mismatch,
    reply_response,
    text_response,
)
from .tokens import Tokens
from .users import Caller, User, Users

if TYPE_CHECKING:
    from .http.server import GatewayServer

__all__ = [
    "FAULTS",
    "URL",
    "ApiCatalog",
    "ApiRequest",
    "ApiResponse",
    "AsyncInProcessTransport",
    "Backend",
    "CallLog",
    "CallRecord",
    "Caller",
    "CannedResponse",
    "CannedResponses",
    "ContractCatalog",
    "EmptyCatalog",
    "Fault",
    "File",
    "GatewayServer",
    "InProcessTransport",
    "LocalData",
    "LocalDataError",
    "OpenData",
    "OpenDataStore",
    "Tokens",
    "User",
    "Users",
    "connected",
    "environment",
    "error_response",
    "file_response",
    "load",
    "mismatch",
    "read",
    "reply_response",
    "text_response",
]

# Names until 0.1: still there for one minor version.
_RENAMED = {
    "Answer": "ApiResponse",
    "Answers": "CannedResponses",
    "Call": "CallRecord",
    "Canned": "CannedResponse",
    "Contracts": "ContractCatalog",
    "Incoming": "ApiRequest",
    "Knowledge": "ApiCatalog",
    "Nothing": "EmptyCatalog",
    "buffer": "file_response",
    "difference": "mismatch",
    "error": "error_response",
    "reply": "reply_response",
    "text": "text_response",
}


def __getattr__(name: str) -> Any:
    if name == "GatewayServer":  # late: it brings aiohttp, which an in-process test does not need
        from .http.server import GatewayServer

        return GatewayServer
    if name in _RENAMED:
        import warnings

        new = _RENAMED[name]
        warnings.warn(f"cloudpy.local.{name} is now cloudpy.local.{new}", DeprecationWarning, stacklevel=2)
        return globals()[new]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
