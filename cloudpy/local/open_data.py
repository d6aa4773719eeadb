"""Open data: the data behind a CloudID, its owner and expiry, and CloudIDs in the event of a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import errors as codes
from .users import User

LIFE = 300.0  # seconds that WeChat keeps a CloudID
MAX_CLOUD_IDS = 5  # that WeChat resolves in one call
INVALID, EXPIRED, NOT_THEIRS = -601005, -601006, -601007
# The platform ends this text with a full stop, unlike in its table of codes.
_TEXTS = {EXPIRED: "cloudID expired."}


class TooManyCloudIDsError(ValueError):
    """An event has more CloudIDs at its top level than WeChat resolves."""


@dataclass(frozen=True, slots=True)
class OpenData:
    """The data behind one CloudID; `ends_at` is its expiry (seconds since 1970), None for never."""

    openid: str
    data: Any
    ends_at: float | None


class OpenDataStore:
    """Every CloudID that the local WeChat issued or read from its data file."""

    def __init__(self, clock: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._entries: dict[str, OpenData] = {}
        self._minted: set[str] = set()

    def add(self, cloud_id: str, data: Any, *, openid: str, life: float | None = LIFE) -> None:
        """Store `data` under a CloudID.

        Args:
            cloud_id: the CloudID.
            data: JSON value; it is copied, and its keys reach the caller unchanged.
            openid: owner of the data; nobody else can read it.
            life: seconds until it expires; None for never, 0 for already expired.

        Raises:
            TypeError, ValueError: `data` has no JSON form.
        """
        copy = json.loads(json.dumps(data, allow_nan=False))
        self._entries[cloud_id] = OpenData(openid, copy, None if life is None else self._clock() + life)

    def adopt(self, other: OpenDataStore) -> None:
        """Keep the CloudIDs that another store minted."""
        self._entries = {**{name: other._entries[name] for name in other._minted}, **self._entries}
        self._minted |= other._minted

    def created(self) -> dict[str, OpenData]:
        """Return the CloudIDs that were created while the local WeChat ran, with their data."""
        return {name: self._entries[name] for name in self._entries if name in self._minted}

    def restore(self, created: Mapping[str, OpenData]) -> None:
        """Replace the CloudIDs that were created by others."""
        for name in self._minted:
            self._entries.pop(name, None)
        self._minted = set(created) - self._entries.keys()
        self._entries = {**created, **self._entries}

    def mint(self, data: Any, *, openid: str, life: float | None = LIFE) -> str:
        """Return a new CloudID for `data`."""
        cloud_id = f"{self._random_bytes(8).hex()}_{self._random_bytes(24).hex()}"
        self.add(cloud_id, data, openid=openid, life=life)
        self._minted.add(cloud_id)
        return cloud_id

    def look_up(self, cloud_ids: Iterable[str], user: User | None) -> list[dict[str, Any]]:
        """Return what the platform returns for each CloudID, in order.

        ``{"cloudID": …, "data": …}``, or ``{"cloudID": …, "errCode": …, "errMsg": …}`` for one that is unknown
        (-601005), expired (-601006) or another user's (-601007). Failures are items of the list, not exceptions.
        """
        now = self._clock()
        openid = user.openid if user else None
        return [self._look_up(cloud_id, openid, now) for cloud_id in cloud_ids]

    def _look_up(self, cloud_id: str, openid: str | None, now: float) -> dict[str, Any]:
        entry = self._entries.get(cloud_id)
        if entry is None:
            return _failure(cloud_id, INVALID)
        if entry.openid != openid:
            return _failure(cloud_id, NOT_THEIRS)
        if entry.ends_at is not None and now >= entry.ends_at:
            return _failure(cloud_id, EXPIRED)
        return {"cloudID": cloud_id, "data": entry.data}

    def replace_cloud_ids(
        self, event: Mapping[str, Any], cloud_ids: Mapping[str, str], user: User | None
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the event with ``{"cloudID", "data"}`` in place of each CloudID, and the keys that succeeded.

        An unknown, expired or foreign CloudID becomes ``{"cloudID", "errCode", "errMsg"}``. The platform passes the
        keys to the function as ``OPEN_DATA_INFO``, which tells them from data that a user made up.

        Args:
            event: event of the call.
            cloud_ids: its CloudIDs by key, see `find_cloud_ids`.
            user: user who calls.

        Raises:
            TooManyCloudIDsError: there are more than five.
        """
        if len(cloud_ids) > MAX_CLOUD_IDS:
            raise TooManyCloudIDsError(
                f"{len(cloud_ids)} CloudIDs at the top level; WeChat takes {MAX_CLOUD_IDS} in one call"
            )
        items = self.look_up(cloud_ids.values(), user)
        content = dict(event)
        content.update(zip(cloud_ids, items, strict=True))
        return content, tuple(key for key, item in zip(cloud_ids, items, strict=True) if "data" in item)

    def ids(self) -> list[str]:
        """Return all CloudIDs, the oldest first."""
        return list(self._entries)

    def __contains__(self, cloud_id: object) -> bool:
        return cloud_id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<OpenDataStore of {len(self._entries)} CloudIDs>"


def find_cloud_ids(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the CloudIDs of an event by key: those of values like ``{"weRunData": {"cloudID": "…"}}``.

    Only values at the top level count, and only those with no other key beside the id.
    """
    return {
        key: value["cloudID"]
        for key, value in event.items()
        if isinstance(value, Mapping) and value.keys() == {"cloudID"} and isinstance(value["cloudID"], str)
    }


def _failure(cloud_id: str, code: int) -> dict[str, Any]:
    return {"cloudID": cloud_id, "errCode": code, "errMsg": _TEXTS.get(code) or codes.text_of(code)}
