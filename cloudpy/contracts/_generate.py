"""Makes plausible values from a schema, for replies that no example covers.

The values are samples, not truths: an openid looks like an openid, a date like a date, and the same seed gives the
same value.
"""

from __future__ import annotations

import copy
import string
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ._contract import Schema

if TYPE_CHECKING:
    import random

_BASE64 = string.ascii_letters + string.digits + "-_"
_HEX = "0123456789abcdef"
_NEW_YEAR = 1_767_225_600  # 2026-01-01T00:00:00Z, so that samples do not change from day to day


def _chars(rng: random.Random, alphabet: str, length: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


# The first pair whose word is in the lower-case key gives the text; the order matters (mediaid before id).
_TEXTS: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("openid", lambda rng: "o" + _chars(rng, _BASE64, 27)),
    ("unionid", lambda rng: "o" + _chars(rng, _BASE64, 27)),
    ("appid", lambda rng: "wx" + _chars(rng, _HEX, 16)),
    ("mediaid", lambda rng: _chars(rng, _BASE64, 43)),
    ("ticket", lambda rng: _chars(rng, _BASE64, 43)),
    ("touser", lambda rng: "o" + _chars(rng, _BASE64, 27)),
    ("templateid", lambda rng: _chars(rng, _BASE64, 43)),
    ("tmplid", lambda rng: _chars(rng, _BASE64, 43)),
    ("url", lambda rng: f"https://example.com/{_chars(rng, _HEX, 8)}"),
    ("link", lambda rng: f"https://example.com/{_chars(rng, _HEX, 8)}"),
    ("headimg", lambda rng: f"https://example.com/{_chars(rng, _HEX, 8)}.png"),
    ("img", lambda rng: f"https://example.com/{_chars(rng, _HEX, 8)}.png"),
    ("path", lambda rng: "pages/index/index"),
    ("page", lambda rng: "pages/index/index"),
    ("date", lambda rng: f"202601{rng.randrange(1, 29):02d}"),
    ("time", lambda rng: f"2026-01-{rng.randrange(1, 29):02d} 08:00:00"),
    ("phone", lambda rng: f"1380000{rng.randrange(10_000):04d}"),
    ("mobile", lambda rng: f"1380000{rng.randrange(10_000):04d}"),
    ("tel", lambda rng: f"1380000{rng.randrange(10_000):04d}"),
    ("email", lambda rng: "user@example.com"),
    ("userip", lambda rng: f"192.0.2.{rng.randrange(1, 255)}"),
    ("clientip", lambda rng: f"192.0.2.{rng.randrange(1, 255)}"),
    ("lang", lambda rng: "zh_CN"),
    ("color", lambda rng: "#63b359"),
    ("nickname", lambda rng: "昵称"),
    ("name", lambda rng: "示例名称"),
    ("title", lambda rng: "示例标题"),
    ("content", lambda rng: "示例内容"),
    ("desc", lambda rng: "示例说明"),
    ("address", lambda rng: "示例路 1 号"),
    ("sig", lambda rng: _chars(rng, _HEX, 64)),
    ("md5", lambda rng: _chars(rng, _HEX, 32)),
    ("token", lambda rng: _chars(rng, _HEX, 32)),
    ("id", lambda rng: _chars(rng, _HEX, 16)),
    ("no", lambda rng: _chars(rng, string.digits, 16)),
)

_NUMBERS: tuple[tuple[str, Callable[[random.Random], float]], ...] = (
    ("longitude", lambda rng: 113.32),
    ("latitude", lambda rng: 23.1),
    ("prob", lambda rng: 0.9),
    ("errcode", lambda rng: 0),
    ("count", lambda rng: 1),
    ("total", lambda rng: 1),
    ("time", lambda rng: _NEW_YEAR + rng.randrange(86_400)),
    ("created", lambda rng: _NEW_YEAR + rng.randrange(86_400)),
    ("id", lambda rng: rng.randrange(1, 1_000)),
)


def value(schema: Schema, rng: random.Random, key: str = "", *, only_required: bool = False) -> Any:
    """A value that obeys `schema`; `key` is the name it stands under.

    With `only_required` objects hold the keys that are required (or said to be), without it all of them.
    """
    if "enum" in schema:
        return rng.choice(list(schema["enum"]))
    if only_required and "default" in schema:
        return copy.deepcopy(schema["default"])
    if schema.get("in") == "file":
        return {"contentType": "image/png", "value": b"\x89PNG\r\n\x1a\n"}
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return _object(schema, rng, only_required)
    if kind == "array":
        items: Mapping[str, Any] = schema.get("items", {})
        return [value(items, rng, key, only_required=only_required)] if items else []
    if kind == "number":
        return next((make(rng) for word, make in _NUMBERS if word in key.lower()), rng.randrange(1, 100))
    if kind == "boolean":
        return True
    return next((make(rng) for word, make in _TEXTS if word in key.lower()), "示例")


def _object(schema: Schema, rng: random.Random, only_required: bool) -> dict[str, Any]:
    wanted = set(schema.get("required", ())) | set(schema.get("saidRequired", ()))
    # Of alternatives (`anyOf` of `required`) the first is as good as any.
    wanted.update(*(option.get("required", ()) for option in schema.get("anyOf", ())[:1]))
    made = {
        key: value(spec, rng, key, only_required=only_required)
        for key, spec in schema.get("properties", {}).items()
        if not only_required or key in wanted
    }
    free = schema.get("additionalProperties")
    if not made and isinstance(free, Mapping):
        made["thing1"] = value(free, rng, "thing1", only_required=only_required)
    return made
