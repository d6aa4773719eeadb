"""Who waits for a request for a token goes on at once when it is given up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cloudpy._client.access_token import TokenSource
from cloudpy.errors import StoreError
from cloudpy.stores import MemoryStore
from cloudpy.tokens.shared import Fetched, SharedValue
from cloudpy.tokens.source import SharedSource


def wait_for_waiter(source: TokenSource) -> None:
    while not (source._flight and source._flight._waiters):  # type: ignore[attr-defined]
        time.sleep(0.001)


def test_another_thread_takes_over_from_one_that_is_interrupted() -> None:
    asked: list[int] = []

    def token() -> str:
        asked.append(1)
        if len(asked) == 1:
            wait_for_waiter(source)
            raise KeyboardInterrupt
        return "token"

    source = TokenSource(token)
    with ThreadPoolExecutor(2) as pool:
        interrupted = pool.submit(source.get)
        while not asked:
            time.sleep(0.001)
        other = pool.submit(source.get, ends=time.monotonic() + 60)
        assert "token" == other.result(30)
        with pytest.raises(KeyboardInterrupt):
            interrupted.result()


def test_a_refresh_ahead_that_fails_holds_nobody_up() -> None:
    class Store(MemoryStore):
        def add(self, key: str, seconds: float) -> bool:
            wait_for_waiter(source)
            raise StoreError(errMsg="the store is gone")

    shared = SharedValue("token", Store(), "key", "identity", lambda refused, timeout: Fetched("second", 7200))
    source = SharedSource("token", shared)
    source._token, source._ends, source._due = "first", time.monotonic() + 600, 0.0
    assert "first" == source.get()  # starts the refresh, which waits for the thread below
    with ThreadPoolExecutor(1) as pool:
        assert "second" == pool.submit(source.get, "first", time.monotonic() + 60).result(30)
    assert not [thread for thread in threading.enumerate() if thread.name == "token" and not thread.daemon]
