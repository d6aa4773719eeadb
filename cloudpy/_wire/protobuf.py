"""A codec for the gateway's few protobuf messages; Google's runtime would slow a cold start.

Values are dicts. Encoding writes every key that is present, defaults too, as the Node package does. Decoding gives
scalar fields their defaults and repeated fields a list; an absent message is None. A known field in a foreign wire
type is an error (a protobuf runtime would skip it): such bytes are not one of our messages.
"""

from __future__ import annotations

from collections.abc import Mapping

from .javascript import utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Message = dict[str, Any]
    # field number -> (name, kind, repeated); kind is a scalar kind or the name of another message
    Fields = Mapping[int, tuple[str, str, bool]]


_DEFAULTS: dict[str, Any] = {"string": "", "bytes": b"", "uint32": 0, "int32": 0, "enum": 0, "bool": False}
_VARINTS = {"uint32", "int32", "enum", "bool"}
_MAX_GROUP_DEPTH = 100
_SHORT = 28  # tags and lengths have five bytes at most: the last is shifted so far


class DecodeError(ValueError):
    """The bytes are not such a message."""


_SMALL = [bytes((number,)) for number in range(0x80)]


def _varint(number: int) -> bytes:
    if number < 0x80:
        return _SMALL[number]
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class Codec:
    """Encode and decode the messages of one schema (message name -> its fields)."""

    def __init__(self, schema: Mapping[str, Fields]) -> None:
        self._fields: dict[str, dict[int, tuple[str, str, bool]]] = {}
        self._tags: dict[str, list[tuple[str, str, bool, bytes]]] = {}
        self._defaults: dict[str, Message] = {}  # of the fields that are not repeated
        self._repeated: dict[str, list[str]] = {}
        for message, fields in schema.items():
            self._fields[message] = dict(fields)
            self._defaults[message] = {name: _DEFAULTS.get(kind) for name, kind, many in fields.values() if not many}
            self._repeated[message] = [name for name, _, many in fields.values() if many]
            self._tags[message] = [
                (name, kind, repeated, _varint(number << 3 | (0 if kind in _VARINTS else 2)))
                for number, (name, kind, repeated) in fields.items()
            ]

    def encode(self, message: str, value: Mapping[str, Any]) -> bytes:
        """Return the bytes of a message; absent keys and None are omitted."""
        out: list[bytes] = []
        for name, kind, repeated, tag in self._tags[message]:
            field = value.get(name)
            if field is None:
                continue
            for item in field if repeated else (field,):
                if kind == "bytes":
                    data = bytes(item)
                elif kind == "string":
                    data = utf8(item)
                elif kind in _VARINTS:
                    out += tag, _varint(int(item) & 0xFFFFFFFFFFFFFFFF)
                    continue
                else:
                    data = self.encode(kind, item)
                size = len(data)
                out += tag, (_SMALL[size] if size < 0x80 else _varint(size)), data
        return b"".join(out)

    def decode(self, message: str, data: bytes) -> Message:
        """Return a message as a dict with every field of its schema.

        Raises:
            DecodeError: the bytes are cut off, or are not such a message.
        """
        fields = self._fields[message]
        value = self._defaults[message].copy()
        for name in self._repeated[message]:
            value[name] = []
        position, end = 0, len(data)
        while position < end:
            # nearly every tag and length is one byte: not worth a call
            tag = data[position]
            if tag < 0x80:
                position += 1
            else:
                tag, position = _read_varint(data, position, _SHORT)
            number, wire = tag >> 3, tag & 7
            if not 0 < number < 1 << 29:
                raise DecodeError(f"field number {number} at byte {position}")
            known = fields.get(number)
            if known is None:
                position = _skip(data, position, wire, number, 0)
                continue
            name, kind, repeated = known
            if wire != (0 if kind in _VARINTS else 2):
                raise DecodeError(f"field {name} in wire type {wire} at byte {position}")
            item: Any
            if wire == 0:
                raw, position = _read_varint(data, position)
                item = _integer(kind, raw)
            else:
                if position < end and data[position] < 0x80:
                    length = data[position]
                    position += 1
                else:
                    length, position = _read_varint(data, position, _SHORT)
                if length > end - position:
                    raise DecodeError(f"field {name} wants {length} bytes, {end - position} are left")
                chunk = data[position : position + length]
                position += length
                if kind == "bytes":
                    item = chunk
                elif kind == "string":
                    item = chunk.decode("utf-8", "replace")
                else:
                    item = self.decode(kind, chunk)
            if repeated:
                value[name].append(item)
            else:
                value[name] = item
        return value


def _integer(kind: str, raw: int) -> int | bool:
    if kind == "bool":
        return raw != 0
    raw &= 0xFFFFFFFF
    return raw - (1 << 32) if kind != "uint32" and raw >= 1 << 31 else raw


def _read_varint(data: bytes, position: int, last: int = 63) -> tuple[int, int]:
    number = shift = 0
    try:
        while True:
            byte = data[position]
            position += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number & 0xFFFFFFFFFFFFFFFF, position
            shift += 7
            if shift > last:
                raise DecodeError(f"varint too long at byte {position}")
    except IndexError:
        raise DecodeError(f"cut short at byte {position}") from None


def _skip(data: bytes, position: int, wire: int, number: int, depth: int) -> int:
    if wire == 0:
        return _read_varint(data, position)[1]
    if wire == 2:
        length, position = _read_varint(data, position, _SHORT)
    elif wire == 1 or wire == 5:
        length = 8 if wire == 1 else 4
    elif wire == 3 and depth < _MAX_GROUP_DEPTH:
        return _skip_group(data, position, number, depth)
    else:
        raise DecodeError(f"wire type {wire} at byte {position}")
    if length > len(data) - position:
        raise DecodeError(f"cut short at byte {position}")
    return position + length


def _skip_group(data: bytes, position: int, number: int, depth: int) -> int:
    while True:
        tag, position = _read_varint(data, position, _SHORT)
        if not 0 < tag >> 3 < 1 << 29:
            raise DecodeError(f"field number {tag >> 3} at byte {position}")
        if tag & 7 == 4:
            if tag >> 3 != number:
                raise DecodeError(f"group {number} closed as {tag >> 3} at byte {position}")
            return position
        position = _skip(data, position, tag & 7, tag >> 3, depth + 1)
