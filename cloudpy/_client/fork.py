"""Import the modules of a call before the process forks.

A child that is forked while another thread is importing inherits the lock of that import, which nobody releases: its
first call would wait forever.
"""

from __future__ import annotations

import os
import sys

_MODULES = (
    "base64",
    "difflib",
    "encodings.idna",  # socket.getaddrinfo() imports it
    "hashlib",
    "hmac",
    "httptools",
    "json",
    "logging",
    "random",
    "selectors",
    "ssl",
    "tempfile",
    "urllib.parse",
    "cloudpy._client.access_token",
    "cloudpy._client.https",
    "cloudpy._client.logging",
    "cloudpy._client.openapi",
    "cloudpy._client.redact",
    "cloudpy._client.services.account",
    "cloudpy._client.services.ai_sync",
    "cloudpy._client.services.database",
    "cloudpy._client.services.database_sync",
    "cloudpy._client.services.functions",
    "cloudpy._client.services.open_data",
    "cloudpy._client.services.pay",
    "cloudpy._client.services.storage",
    "cloudpy._client.services.transfer",
    "cloudpy._transports.blocking",
    "cloudpy._wire.jsontext",
    "cloudpy._wire.mime",
    "cloudpy._wire.status_text",
    "cloudpy._wire.signature",
)
_CONTRACTS = ("cloudpy.contracts", "jsonschema.validators", "yaml")
_registered = False
_pending: set[str] = set()


def load_before_fork(*, contracts: bool) -> None:
    """Import what calls need before this process forks while it has other threads; this takes some 30 ms, once.

    Args:
        contracts: whether calls load the contracts.
    """
    global _registered
    if not hasattr(os, "register_at_fork"):
        return
    if not _registered:
        _registered = True
        _pending.update(_MODULES)
        os.register_at_fork(before=_load)
    if contracts:
        _pending.update(_CONTRACTS)


def _load() -> None:
    threads = sys.modules.get("threading")
    if threads is None or threads.active_count() == 1:
        return  # nobody is importing anything
    from importlib import import_module

    late = "logging" not in sys.modules
    if "asyncio" in sys.modules:  # there is no awaited call without
        _pending.add("cloudpy._transports.aio")
    for name in list(_pending):
        try:
            import_module(name)
        except ImportError:  # a module that this Python or this package lacks is not used by calls
            pass
        _pending.discard(name)
    if late:
        # logging acquires its lock before each fork and releases it after; at this fork it was not loaded before.
        import logging

        acquire = getattr(logging, "_acquireLock", None) or logging._lock.acquire  # type: ignore[attr-defined]
        acquire()
