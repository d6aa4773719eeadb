"""What a first call will need, imported before it comes."""

from __future__ import annotations

import sys

from .loader import Handler


def warm_up(handler: Handler) -> None:
    """Imports the asynchronous transport when the function is likely to make cloud calls with it."""
    if handler.is_async and "cloudpy._client.cloud" in sys.modules and "cloudpy._transports.aio" not in sys.modules:
        import asyncio  # noqa: F401

        from .._transports import async_transport

        async_transport()
