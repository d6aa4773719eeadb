"""Uploaded media: what was uploaded under which id, for as long as WeChat keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from .answers import Answer, buffer, error, reply
from .calls import File

LIFE = 3 * 24 * 3600.0  # seconds that temporary media are kept
_UPLOADS = {
    "customerServiceMessage.uploadTempMedia": LIFE,
    "officialAccount.media.upload": LIFE,
    "officialAccount.material.addMaterial": float("inf"),
}
_FETCHES = ("customerServiceMessage.getTempMedia", "officialAccount.media.get", "officialAccount.material.get")
_MISSING = "invalid media_id"


class MediaStore:
    """The media that were uploaded to one local WeChat; `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[File, float]] = {}
        self._created: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return f"<MediaStore, {len(self)} kept>"

    def add(self, file: File, *, life: float = LIFE) -> str:
        """Keeps a file for `life` seconds; its id, which is the same for the same file: so are answers, then."""
        media_id = hashlib.sha256(f"{file.content_type}\n{life}\n".encode() + file.value).hexdigest()
        now = self._clock()
        self._kept[media_id] = (file, now + life)
        self._created.setdefault(media_id, now)
        return media_id

    def find(self, media_id: str) -> File | None:
        """The file of an id, while it is kept."""
        file, ends = self._kept.get(media_id, (None, 0.0))
        return file if file and self._clock() < ends else None

    def snapshot(self) -> dict[str, Any]:
        """What is kept, by id: ``{"filename", "contentType", "value": bytes}`` of each."""
        return {
            media_id: {"filename": file.filename, "contentType": file.content_type, "value": file.value}
            for media_id, (file, _) in self._kept.items()
        }

    def answer(self, api: str, wire: Mapping[str, Any], files: Mapping[str, File]) -> Answer | None:
        """The answer to an upload, or to a fetch of something uploaded here; None for any other call."""
        if api in _UPLOADS and files:
            file = next(iter(files.values()))
            media_id = self.add(file, life=_UPLOADS[api])
            if api == "officialAccount.material.addMaterial":
                return reply({"mediaId": media_id}, origin="media")
            kind = wire.get("type") if isinstance(wire.get("type"), str) else "image"
            answered = {"type": kind, "mediaId": media_id, "createdAt": int(self._created[media_id])}
            return reply(answered, origin="media")
        media_id = str(wire.get("media_id"))
        if api not in _FETCHES or media_id not in self._kept:
            return None
        found = self.find(media_id)
        if found is None:
            return error(40007, _MISSING)
        return buffer(found.value, found.content_type, origin="media")
