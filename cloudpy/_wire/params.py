"""Encode the parameters of a call: each top-level key is a key-value pair of the message."""

from __future__ import annotations

from collections.abc import Mapping

from .._undefined import UNDEFINED
from . import case, jsontext
from .javascript import utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .protobuf import Message


class ComputedParam:
    """A value computed from the other parameters when they are encoded, such as a signature of ``openapi.midas``."""

    __slots__ = ()

    def compute(self, api: str, params: Mapping[Any, Any]) -> str:
        """Return the value; `params` have the names that are sent."""
        raise NotImplementedError


def encode_params(api: str, params: Mapping[str, Any], convert_case: bool) -> list[Message]:
    """Return the pairs of `params`: JSON text, or raw bytes for a file (``{contentType, value: bytes}``).

    The type of a file is sent only as the extension of its filename, as by the Node package.

    Raises:
        NotJSONError: a value has no JSON form; the error names its path.
        CloudSDKError: a computed value cannot be computed.
    """
    converted: Mapping[Any, Any] = case.to_snake(params) if convert_case else params
    pairs = []
    for key, value in converted.items():
        if value is UNDEFINED:
            continue
        name = key if isinstance(key, str) else jsontext.stringify(key)
        if isinstance(value, ComputedParam):
            value = value.compute(api, converted)
        if type(value) is dict or (type(value) is not list and isinstance(value, Mapping)):
            content_type = value.get("contentType") or value.get("content_type")
            if content_type and isinstance(value.get("value"), (bytes, bytearray, memoryview)):
                pairs.append(_file(api, name, value, jsontext.text(content_type)))
                continue
        pairs.append({"key": name, "value": utf8(jsontext.stringify(value, name))})
    return pairs


def _file(api: str, key: str, value: Mapping[str, Any], content_type: str) -> Message:
    from . import mime  # here: only a file needs its table

    extension = mime.extension(content_type)
    if extension is None:
        import logging  # late: not needed at a cold start

        logging.getLogger("cloudpy").warning(
            "openapi.%s: %s.contentType is %r, which is not a known MIME type; the file is named .png",
            api,
            key,
            content_type,
        )
    # Case conversion has renamed fileName to file_name: as in Node, a custom name needs convertCase=False.
    filename = value.get("fileName") or f"{key}.{extension or 'png'}"
    return {
        "key": key,
        "value": bytes(value["value"]),
        "filename": jsontext.text(filename),
    }
