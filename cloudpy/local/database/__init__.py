"""The document database of the local WeChat: MongoDB's rules as the cloud has them, without HTTP and without the SDK.

- ``Engine``: collections, documents, transactions; in memory, or in a folder
- ``perform``: one action of the gateway's wire on an engine
"""

from .actions import perform
from .engine import Engine
from .errors import DatabaseError, StoreError
from .query import Query

__all__ = ["DatabaseError", "Engine", "Query", "StoreError", "perform"]
