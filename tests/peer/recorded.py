"""One HTTP request as it came over the wire, and the form inside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.peer import oracle


@dataclass(frozen=True)
class Part:
    """One part of a multipart form."""

    name: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Recorded:
    """A request, whole: nothing is normalised, so that a test can compare what it likes."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    base: str = ""  # "//host:port" that the request was sent to
    parts: list[Part] = field(init=False)
    _values: dict[str, list[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._values = {}
        for name, value in self.headers:
            self._values.setdefault(name.lower(), []).append(value)
        self.parts = list(_parts(self.header("content-type") or "", self.body))

    @property
    def values(self) -> dict[str, Any]:
        """The keys of a request that is a JSON object."""
        values: dict[str, Any] = json.loads(self.body)
        return values

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The value of the only header of this name."""
        values = self._values.get(name.lower(), [])
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    @cached_property
    def fields(self) -> dict[str, bytes]:
        """The form's fields in the order they were sent."""
        names = [part.name for part in self.parts]
        assert len(names) == len(set(names)), f"a field came twice: {names}"
        return {part.name: part.body for part in self.parts}

    def call(self) -> oracle.Message:
        """The `CommApiData` inside, decoded by Google's protobuf."""
        return oracle.parse("CommApiData", self.fields["requestData"])

    def pairs(self) -> dict[str, tuple[bytes, str, str]]:
        """key: (value, contenttype, filename) of an openapi call."""
        pairs = self.call().openapi_data.pairs
        found = {pair.key: (pair.value, pair.contenttype, pair.filename) for pair in pairs}
        assert len(found) == len(pairs), f"a key came twice: {[pair.key for pair in pairs]}"
        return found


def _parts(content_type: str, body: bytes) -> list[Part]:
    kind, _, boundary = content_type.partition("boundary=")
    if not kind.startswith("multipart/form-data"):
        return []
    # The first delimiter has no line break before it; giving it one makes all delimiters alike.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.strip('"').encode("latin-1"))
    assert pieces[0] == b"", f"{len(pieces[0])} bytes before the first part"
    assert pieces[-1].startswith(b"--"), "the form does not end with the closing delimiter"
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, blank, body = piece.partition(b"\r\n\r\n")
    assert blank, f"a part without an end to its headers: {piece[:80]!r}"
    headers = {}
    for line in head.decode("utf-8").strip("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    disposition = headers["content-disposition"]
    name = disposition.partition('name="')[2].partition('"')[0]
    assert disposition == f'form-data; name="{name}"', disposition
    return Part(name, headers, body)
