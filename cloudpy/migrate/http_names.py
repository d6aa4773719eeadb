"""Which calls are requests by an HTTP client that is translated."""

from __future__ import annotations

from .catalog import CLIENTS
from .module import Module
from .nodes import field, first_name, strip, text_of
from .syntax import Node

# How the body of a reply of got is asked for
_READS = ("json", "text", "buffer")


def http_client(module: Module, call: Node) -> str:
    """Return the client that a call is a request of, or an empty string."""
    first = first_name(call)
    if first.type == "call_expression":  # got(…).json()
        callee = strip(field(call, "function"))
        chained = callee.type == "member_expression" and strip(field(callee, "object")).id == first.id
        is_read = chained and text_of(field(callee, "property")) in _READS
        return "got" if is_read and http_client(module, first) == "got" else ""
    if first.type != "identifier":
        return ""
    source = module.source_of(first)[0]
    if source in CLIENTS:
        return source
    return "fetch" if text_of(first) == "fetch" and module.names.of.get(first.id) is None else ""
