"""The events of the console for pages that were away."""

from __future__ import annotations

import asyncio
import threading

import pytest

from cloudpy.devserver.console.events import EventHub


def test_events_are_kept_for_a_page_that_was_away() -> None:
    asyncio.run(_away())


async def _away() -> None:
    hub = EventHub()
    hub.publish("a", 1)
    hub.publish("b", {"x": "\n\n"})
    stream = hub.stream(after=1)
    assert b"hello" in await anext(stream)
    assert b'id: 2\nevent: b\ndata: {"x":"\\n\\n"}\n\n' == await anext(stream)
    threading.Thread(target=hub.close).start()
    assert b"event: end" in await anext(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    assert not hub.is_watched


def test_a_page_that_missed_too_much_loads_again() -> None:
    asyncio.run(_missed())


async def _missed() -> None:
    hub = EventHub()
    for number in range(3000):
        hub.publish("a", number)
    stream = hub.stream(after=5)
    await anext(stream)
    assert b"event: reset" in await anext(stream)
    await stream.aclose()
