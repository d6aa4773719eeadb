"""Stores: values, leases and marks that the processes of a program share.

::

    from cloudpy.stores import RedisStore
    from cloudpy.tokens import StableToken

    token = StableToken("wx0123456789abcdef", secret, store=RedisStore("redis://127.0.0.1"))

A store keeps access tokens (``cloudpy.tokens``) and the marks of pushed messages that were handled (``cloudpy.push``).
``MemoryStore`` serves one process, ``FileStore`` the processes of one machine, ``RedisStore`` those of many.
Any object with the methods of ``Store`` will do.
"""

from ..errors import StoreError
from .factory import open_store
from .file import FileStore
from .memory import MemoryStore
from .redis import RedisStore
from .store import Entry, Lease, Store

__all__ = ["Entry", "FileStore", "Lease", "MemoryStore", "RedisStore", "Store", "StoreError", "open_store"]
