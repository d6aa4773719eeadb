"""Which calls are requests by an HTTP client that is translated."""

from __future__ import annotations

from .catalog import CLIENTS
from .module import Module
from .nodes import first_name, text_of
from .syntax import Node


def http_client(module: Module, call: Node) -> str:
    """Return the client that a call is a request of, or an empty string."""
    first = first_name(call)
    if first.type != "identifier":
        return ""
    source = module.source_of(first)[0]
    if source in CLIENTS:
        return source
    return "fetch" if text_of(first) == "fetch" and module.names.of.get(first.id) is None else ""
