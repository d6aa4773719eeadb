"""Open data: what stands behind a CloudID, who may see it, and for how long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .. import _error_codes as codes
from .users import User

LIFE = 300.0  # seconds: how long WeChat keeps a CloudID
INVALID, EXPIRED, NOT_THEIRS = -601005, -601006, -601007
# The platform ends this text with a full stop where its table of codes does not.
_TEXTS = {EXPIRED: "cloudID expired."}


@dataclass(frozen=True, slots=True)
class OpenData:
    """The data behind one CloudID; `ends_at` is when it expires (seconds since 1970), None for never."""

    openid: str
    data: Any
    ends_at: float | None


class OpenDataStore:
    """Every CloudID that the local WeChat has handed out or read from its data file."""

    def __init__(self, clock: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._known: dict[str, OpenData] = {}
        self._minted: set[str] = set()

    def add(self, cloud_id: str, data: Any, *, openid: str, life: float | None = LIFE) -> None:
        """Puts `data` behind a CloudID.

        Args:
            data: anything JSON has a form for; it is copied, and its keys reach the caller as they are.
            openid: whose data it is; nobody else gets to see it.
            life: seconds it can be asked for; None for ever, 0 for one that has expired.

        Raises:
            TypeError, ValueError: `data` has no JSON form.
        """
        copy = json.loads(json.dumps(data, allow_nan=False))
        self._known[cloud_id] = OpenData(openid, copy, None if life is None else self._clock() + life)

    def adopt(self, other: OpenDataStore) -> None:
        """Takes over the CloudIDs that another one minted."""
        self._known = {**{name: other._known[name] for name in other._minted}, **self._known}
        self._minted |= other._minted

    def mint(self, data: Any, *, openid: str, life: float | None = LIFE) -> str:
        """A new CloudID for `data`."""
        cloud_id = f"{self._random_bytes(8).hex()}_{self._random_bytes(24).hex()}"
        self.add(cloud_id, data, openid=openid, life=life)
        self._minted.add(cloud_id)
        return cloud_id

    def look_up(self, cloud_ids: Iterable[str], user: User | None) -> list[dict[str, Any]]:
        """What the platform puts in the place of each CloudID, in their order.

        ``{"cloudID": …, "data": …}``, or ``{"cloudID": …, "errCode": …, "errMsg": …}`` for one that is unknown
        (-601005), expired (-601006) or someone else's (-601007): a failure stands in its place, it is not raised.
        """
        now = self._clock()
        openid = user.openid if user else None
        return [self._one(cloud_id, openid, now) for cloud_id in cloud_ids]

    def _one(self, cloud_id: str, openid: str | None, now: float) -> dict[str, Any]:
        found = self._known.get(cloud_id)
        if found is None:
            return _failure(cloud_id, INVALID)
        if found.openid != openid:
            return _failure(cloud_id, NOT_THEIRS)
        if found.ends_at is not None and now >= found.ends_at:
            return _failure(cloud_id, EXPIRED)
        return {"cloudID": cloud_id, "data": found.data}

    def ids(self) -> list[str]:
        """The CloudIDs that are known, the oldest first."""
        return list(self._known)

    def __contains__(self, cloud_id: object) -> bool:
        return cloud_id in self._known

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"<OpenDataStore of {len(self._known)} CloudIDs>"


def _failure(cloud_id: str, code: int) -> dict[str, Any]:
    return {"cloudID": cloud_id, "errCode": code, "errMsg": _TEXTS.get(code) or codes.text_of(code)}
