"""A value from WeChat that expires, shared by many processes, one of which refreshes it.

The refreshing process has a lease of the store. When it stops in the middle, the lease ends by itself and another
process refreshes; what the first one writes later is refused, because its lease is no longer the newest (fencing).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import NamedTuple

from .._client.logging import logger
from ..errors import CloudSDKError, StoreError
from ..stores.store import Entry, Lease, Store
from . import endpoint

LEASE = 10.0  # seconds; a request for a token must end within it
FETCH_TIMEOUT = 8.0  # seconds for one request with its attempts
REFUSAL_LIFE = 10.0  # seconds for which a refusal of WeChat's is repeated without asking again
_MIN_POLL, _MAX_POLL = 0.02, 0.1  # seconds between two looks at the store while another process refreshes
_MAX_FENCED = 3  # how often a refresh that came too late is begun again
# A request that WeChat refuses with these is refused the next time as well, until somebody changes a setting.
_LASTING = frozenset((40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 45009, 48001, 50002, 50004, 50007, 61024))


class Fetched(NamedTuple):
    """A value that WeChat gave, and the seconds that it lasts from the moment it was asked."""

    value: str
    seconds: float


Fetch = Callable[[str, float], Fetched]  # (refused value or "", timeout in seconds)


class SharedValue:
    """The value of one key of a store.

    Args:
        name: what it is called in errors.
        key: its key. What belongs to it, begins with this key and a slash.
        identity: of the credentials; a refusal is shared by the programs with the same ones.
        fetch: asks WeChat.
    """

    def __init__(self, name: str, store: Store, key: str, identity: str, fetch: Fetch) -> None:
        self._name = name
        self._store = store
        self._key = key
        self._refusal_key = f"{key}/refused-{identity}"
        self._fetch = fetch

    def obtain_ahead(self, current: str, pause: float) -> Entry | None:
        """Return the value that follows `current`, which ends soon, without waiting for other processes.

        Args:
            current: the value in use.
            pause: seconds for which no other process asks WeChat, should it not give another value yet.

        Returns:
            None when another process refreshes, or has asked WeChat within its pause.

        Raises:
            CloudSDKError, StoreError: as of `obtain`.
        """
        entry = self._stored(current)
        if entry is not None or not self._store.add(f"{self._key}/ahead", max(pause, 0.001)):
            return entry
        return self.obtain(current, time.monotonic() + FETCH_TIMEOUT, refused=False, wait=False)

    def obtain(self, unwanted: str, end: float, *, refused: bool, wait: bool = True) -> Entry | None:
        """Return the value, other than `unwanted`, from the store or from WeChat.

        Args:
            unwanted: a value that must not be returned.
            end: the time of time.monotonic() until which another process is waited for.
            refused: whether WeChat refused `unwanted`, or it merely ends soon.
            wait: whether to wait while another process refreshes.

        Returns:
            None when another process refreshes and did not end in time.

        Raises:
            CloudSDKError: WeChat refused; it was asked by one of all that wait for the value.
            StoreError: the store cannot be reached.
        """
        fenced = 0
        while True:
            entry = self._stored(unwanted)
            if entry is not None:
                return entry
            lease = self._store.acquire(self._key, LEASE)
            if lease is None:
                if not wait or time.monotonic() >= end:
                    return None
                time.sleep(min(random.uniform(_MIN_POLL, _MAX_POLL), max(0.0, end - time.monotonic())))
                continue
            try:
                entry = self._stored(unwanted) or self._refresh(unwanted if refused else "", lease, end)
            finally:
                self._release(lease)
            if entry is not None:
                return entry
            fenced += 1
            if fenced > _MAX_FENCED:
                raise StoreError(errMsg=f"{self._name}:fail other processes refreshed it {fenced} times meanwhile")

    def _stored(self, unwanted: str) -> Entry | None:
        entry = self._store.get(self._key)
        if entry is not None and entry.value != unwanted:
            return entry
        refusal = self._store.get(self._refusal_key)
        if refusal is not None:
            code, words = json.loads(refusal.value)
            again = f"; WeChat is asked again in {refusal.seconds:.0f} seconds"
            raise endpoint.refusal(self._name, code, words + again)
        return None

    def _refresh(self, refused: str, lease: Lease, end: float) -> Entry | None:
        """Ask WeChat; return None when a newer lease was there before the answer."""
        begun = time.monotonic()
        try:
            fetched = self._fetch(refused, max(0.1, min(FETCH_TIMEOUT, end - begun)))
        except CloudSDKError as error:
            if error.errCode in _LASTING:
                self._remember(error)
            raise
        left = fetched.seconds - (time.monotonic() - begun)
        try:
            if not self._store.put(self._key, fetched.value, max(left, 0.001), lease):
                return None
        except StoreError as error:
            # It is a good token all the same; who needs one next will hear of the store.
            logger().warning("%s: a new one was fetched, but could not be shared: %s", self._name, error.errMsg)
        return Entry(fetched.value, left)

    def _remember(self, error: CloudSDKError) -> None:
        words = error.errMsg.partition(f":fail {error.errCode} ")[2].partition(" (")[0]
        try:
            self._store.put(self._refusal_key, json.dumps([error.errCode, words]), REFUSAL_LIFE)
        except StoreError:
            pass  # then the next one asks WeChat itself

    def _release(self, lease: Lease) -> None:
        try:
            self._store.release(lease)
        except StoreError as error:
            logger().warning("%s: its lease ends in %g seconds by itself: %s", self._name, LEASE, error.errMsg)
