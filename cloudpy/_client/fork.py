"""What a call imports is imported before the process forks.

A child that is forked while another thread is importing inherits the lock of that import, which nobody will release:
its own first call would wait for it without end.
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
    "json",
    "logging",
    "random",
    "selectors",
    "ssl",
    "tempfile",
    "urllib.parse",
    "cloudpy._client.accounts",
    "cloudpy._client.call",
    "cloudpy._client.https",
    "cloudpy._client.log",
    "cloudpy._client.redact",
    "cloudpy._client.services.account",
    "cloudpy._client.services.call_function",
    "cloudpy._client.services.call_open_api",
    "cloudpy._client.services.cloud_pay",
    "cloudpy._client.services.database",
    "cloudpy._client.services.database_sync",
    "cloudpy._client.services.download",
    "cloudpy._client.services.files",
    "cloudpy._client.services.json_call",
    "cloudpy._client.services.signature",
    "cloudpy._client.services.svrkit",
    "cloudpy._client.services.upload",
    "cloudpy._client.access_token",
    "cloudpy._transports.blocking",
    "cloudpy._wire.jsontext",
    "cloudpy._wire.phrases",
    "cloudpy._wire.signature",
)
_CONTRACTS = ("cloudpy._client.validation", "cloudpy.contracts", "jsonschema.validators", "yaml")
_registered = False
_pending: set[str] = set()


def load_before_fork(*, contracts: bool) -> None:
    """Have what calls import loaded before this process forks while it has other threads; it takes some 30 ms, once.

    Args:
        contracts: whether calls will open the contracts.
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
        except ImportError:  # what this Python or this package lacks, no call uses
            pass
        _pending.discard(name)
    if late:
        # It acquires its lock before each fork but this one, at which it was not loaded, and releases it after each.
        import logging

        acquire = getattr(logging, "_acquireLock", None) or logging._lock.acquire  # type: ignore[attr-defined]
        acquire()
