"""The parameters of a call as pairs, the form in which the gateway takes them: each top-level key is one pair."""

from __future__ import annotations

from collections.abc import Mapping

from . import case, jsontext, mime
from .javascript import utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .protobuf import Message


class Computed:
    """A value that is worked out of the other parameters when they are encoded; ``openapi.midas`` knows one."""

    __slots__ = ()

    def compute(self, api: str, params: Mapping[Any, Any]) -> str:
        """The value; `params` have the names under which they travel."""
        raise NotImplementedError


def encode(api: str, params: Mapping[str, Any], convert_case: bool) -> list[Message]:
    """The pairs of `params`: JSON text each, or raw bytes for a file (``{contentType, value: bytes}``).

    Of a file's type only the extension in its filename travels: the Node package never fills the pair's own field.

    Raises:
        NotJSONError: a value that JSON has no form for, with its path.
        CloudSDKError: a value that is computed cannot be.
    """
    converted: Mapping[Any, Any] = case.to_snake(params) if convert_case else params
    pairs = []
    for key, value in converted.items():
        name = key if isinstance(key, str) else jsontext.stringify(key)
        if isinstance(value, Computed):
            value = value.compute(api, converted)
        if type(value) is dict or (type(value) is not list and isinstance(value, Mapping)):
            content_type = value.get("contentType") or value.get("content_type")
            if content_type and isinstance(value.get("value"), (bytes, bytearray, memoryview)):
                pairs.append(_file(api, name, value, jsontext.text(content_type)))
                continue
        pairs.append({"key": name, "value": utf8(jsontext.stringify(value, name))})
    return pairs


def _file(api: str, key: str, value: Mapping[str, Any], content_type: str) -> Message:
    extension = mime.extension(content_type)
    if extension is None:
        import logging  # here: it is not needed at a cold start

        logging.getLogger("cloudpy").warning(
            "openapi.%s: %s.contentType is %r, which is no known MIME type; the file is named .png",
            api,
            key,
            content_type,
        )
    # Case conversion has made fileName file_name by now: as in Node, a name of one's own needs convertCase=False.
    filename = value.get("fileName") or f"{key}.{extension or 'png'}"
    return {
        "key": key,
        "value": bytes(value["value"]),
        "filename": jsontext.text(filename),
    }
