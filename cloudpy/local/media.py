"""Uploaded media, by id, for as long as WeChat stores them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .calls import File
from .changes import Changes
from .responses import ApiResponse, error_response, file_response, reply_response

LIFE = 3 * 24 * 3600.0  # seconds until temporary media expire
_UPLOADS = {
    "customerServiceMessage.uploadTempMedia": LIFE,
    "officialAccount.media.upload": LIFE,
    "officialAccount.material.addMaterial": float("inf"),
}
_FETCHES = ("customerServiceMessage.getTempMedia", "officialAccount.media.get", "officialAccount.material.get")
_MISSING = "invalid media_id"
_MAX_EXPIRED = 10_000  # ids


class Medium(NamedTuple):
    """A stored file with its id, and when it was uploaded and expires, in seconds since 1970."""

    media_id: str
    file: File
    created: float
    ends: float


class MediaStore:
    """The media uploaded to one local WeChat; `clock` returns seconds since 1970.

    The bytes of expired media are freed by the next call; their ids are remembered, so that they stay invalid.
    """

    def __init__(self, clock: Callable[[], float], changes: Changes | None = None) -> None:
        self._clock = clock
        self._changes = changes or Changes()
        self._media: dict[str, tuple[File, float]] = {}
        self._created: dict[str, float] = {}
        self._expired: dict[str, None] = {}  # the oldest first
        self._next_end = float("inf")  # nothing expires earlier

    def __len__(self) -> int:
        self._free()
        return len(self._media)

    def __repr__(self) -> str:
        return f"<MediaStore of {len(self)} files>"

    def add(self, file: File, *, life: float = LIFE) -> str:
        """Store a file for `life` seconds and return its id, the same for the same file."""
        self._free()
        media_id = hashlib.sha256(f"{file.content_type}\n{life}\n".encode() + file.value).hexdigest()
        now = self._clock()
        self._media[media_id] = (file, now + life)
        self._next_end = min(self._next_end, now + life)
        self._created.setdefault(media_id, now)
        self._expired.pop(media_id, None)
        self._changes.publish("media", {"mediaId": media_id})
        return media_id

    def remove(self, media_id: str) -> bool:
        """Make a file expire now. Return False when its id is unknown or has expired."""
        if self.find(media_id) is None:
            return False
        file, _ = self._media[media_id]
        self._media[media_id] = (file, self._clock())
        self._next_end = self._clock()
        self._free()
        self._changes.publish("media", {"mediaId": media_id})
        return True

    def restore(self, media: Iterable[Medium]) -> None:
        """Replace all files."""
        found = list(media)
        self._media = {one.media_id: (one.file, one.ends) for one in found}
        self._created = {one.media_id: one.created for one in found}
        self._expired = {}
        self._next_end = min((one.ends for one in found), default=float("inf"))
        self._changes.publish("media", {})

    def __iter__(self) -> Iterator[Medium]:
        self._free()
        for media_id, (file, ends) in list(self._media.items()):
            yield Medium(media_id, file, self._created.get(media_id, 0.0), ends)

    def find(self, media_id: str) -> File | None:
        """Return the file of an id, or None when it is unknown or has expired."""
        self._free()
        return self._media.get(media_id, (None, 0.0))[0]

    def snapshot(self) -> dict[str, Any]:
        """Return the files by id, each as ``{"filename", "contentType", "value": bytes}``."""
        self._free()
        return {
            media_id: {"filename": file.filename, "contentType": file.content_type, "value": file.value}
            for media_id, (file, _) in self._media.items()
        }

    def _free(self) -> None:
        now = self._clock()
        if now < self._next_end:
            return
        for media_id in [media_id for media_id, (_, ends) in self._media.items() if ends <= now]:
            del self._media[media_id], self._created[media_id]
            self._expired[media_id] = None
        self._next_end = min((ends for _, ends in self._media.values()), default=float("inf"))
        while len(self._expired) > _MAX_EXPIRED:
            del self._expired[next(iter(self._expired))]

    def respond(self, api: str, wire: Mapping[str, Any], files: Mapping[str, File]) -> ApiResponse | None:
        """Return the response to an upload, or to a download of an upload; None for any other call."""
        if api in _UPLOADS and files:
            file = next(iter(files.values()))
            media_id = self.add(file, life=_UPLOADS[api])
            if api == "officialAccount.material.addMaterial":
                return reply_response({"mediaId": media_id}, origin="media")
            kind = wire.get("type") if isinstance(wire.get("type"), str) else "image"
            result = {"type": kind, "mediaId": media_id, "createdAt": int(self._created[media_id])}
            return reply_response(result, origin="media")
        media_id = str(wire.get("media_id"))
        if api not in _FETCHES:
            return None
        stored = self.find(media_id)
        if stored is None:
            return error_response(40007, _MISSING) if media_id in self._expired else None
        return file_response(stored.value, stored.content_type, origin="media")
