"""CloudIDs in the event of a call from a mini program: at the top level the open data takes their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backend import Backend
    from .users import User

MAX_CLOUD_IDS = 5  # as many as WeChat resolves in one call


class TooManyCloudIDsError(ValueError):
    """An event has more CloudIDs at its top level than WeChat takes."""


def find_cloud_ids(event: Mapping[str, Any]) -> dict[str, str]:
    """The CloudIDs of an event written as JSON, by their key: ``{"weRunData": {"cloudID": "…"}}``.

    Only at the top level, and only where nothing stands beside the id: deeper ones stay what they are.
    """
    return {
        key: value["cloudID"]
        for key, value in event.items()
        if isinstance(value, Mapping) and value.keys() == {"cloudID"} and isinstance(value["cloudID"], str)
    }


def replace_cloud_ids(
    backend: Backend, event: Mapping[str, Any], asked: Mapping[str, str], user: User | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The event with ``{"cloudID", "data"}`` in the place of each CloudID, and the keys where that went well.

    In the place of one that is unknown, expired or someone else's stands ``{"cloudID", "errCode", "errMsg"}``. The keys
    are what the platform tells the function as ``OPEN_DATA_INFO``, by which it knows them from what a user made up.

    Raises:
        TooManyCloudIDsError: there are more than five.
    """
    if len(asked) > MAX_CLOUD_IDS:
        raise TooManyCloudIDsError(f"{len(asked)} CloudIDs at the top level; WeChat takes {MAX_CLOUD_IDS} in one call")
    items = backend.open_data.look_up(asked.values(), user)
    content = dict(event)
    content.update(zip(asked, items, strict=True))
    return content, tuple(key for key, item in zip(asked, items, strict=True) if "data" in item)
