"""Sample replies: of the right shape, and the same for the same request."""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._wire.case import snake
from .._wire.suggest import folded
from . import images
from .catalog import Contract, Schema, get

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: `json`, a result in camelCase without errCode and errMsg; or `content_type` and `body`, a file."""

    json: dict[str, Any] | None = None
    content_type: str | None = None
    body: bytes | None = None


def sample_reply(name: str, params: Mapping[str, Any] | None = None) -> Sample:
    """Return a plausible reply of the API `name` to `params`; an empty object when its shape is unknown.

    The same name and params give the same sample, in every process. It agrees with `check_reply`. Where a reply
    repeats a parameter (`type` of an upload, an order's id) it repeats the one given.
    """
    import random

    given = dict(params or {})
    contract = get(name)
    if contract is None:
        return Sample(json={})
    rng = random.Random(_seed(name, given))
    if contract.binary == "yes":
        return _file(contract, given, rng)
    if name in _SPECIAL:
        return Sample(json=_SPECIAL[name](contract, given))
    if contract.example_reply is not None:
        made = copy.deepcopy(dict(contract.example_reply))
    else:
        made = generate({"type": "object", **contract.result}, rng)
    return Sample(json=_echo(contract, made, given))


def _seed(name: str, params: Mapping[str, Any]) -> int:
    import hashlib

    def plain(value: Any) -> Any:
        if isinstance(value, bytes | bytearray | memoryview):
            return hashlib.sha256(bytes(value)).hexdigest()
        return repr(value)

    canonical = json.dumps([name, params], sort_keys=True, default=plain, ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(canonical.encode()).digest()[:8], "big")


def _param(given: Mapping[str, Any], name: str) -> Any:
    """Return the value of the parameter `name`, in any spelling."""
    return next((value for key, value in given.items() if snake(str(key)) == snake(name)), None)


def _echo(contract: Contract, made: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    for key in made.keys() & contract.params.get("properties", {}).keys():
        value = _param(given, key)
        if type(value) is type(made[key]) and isinstance(value, str | int):
            made[key] = value
    return made


def _open_data(contract: Contract, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item for each requested CloudID."""
    example = dict(contract.example_reply or {})
    asked = _param(given, "cloudidList")
    if not isinstance(asked, list | tuple):
        return copy.deepcopy(example)
    item = example["dataList"][0]
    return {
        "dataList": [
            {"cloudId": str(each), "json": {**copy.deepcopy(item["json"]), "cloudID": str(each)}} for each in asked
        ]
    }


_SPECIAL = {"cloudbase.getOpenData": _open_data}


def _file(contract: Contract, given: Mapping[str, Any], rng: random.Random) -> Sample:
    """Return an image of the requested width; PNG if transparent, else of WeChat's usual type."""
    content_type = contract.content_type or "application/octet-stream"
    if not content_type.startswith("image/"):
        return Sample(content_type=content_type, body=rng.randbytes(64))
    width = _param(given, "width")
    # WeChat draws codes of 280 to 1280 pixels, by default 430.
    points = int(min(max(width, 280), 1280)) if isinstance(width, int | float) and width == width else 430
    grid = images.pattern(rng)
    if _param(given, "isHyaline") is True:
        body = images.png(grid, points, color=_color(_param(given, "lineColor")), transparent=True)
        return Sample(content_type="image/png", body=body)
    return Sample(content_type="image/jpeg", body=images.jpeg(grid, points))


def _color(given: Any) -> tuple[int, int, int]:
    """Return `{"r": 0, "g": 0, "b": 0}` as a triple; black for anything else."""
    if not isinstance(given, Mapping):
        return (0, 0, 0)
    parts = {folded(str(key)): value for key, value in given.items()}
    channels = [str(parts.get(name, 0)) for name in "rgb"]
    if not all(channel.isdecimal() and int(channel) < 256 for channel in channels):
        return (0, 0, 0)
    return (int(channels[0]), int(channels[1]), int(channels[2]))


_BASE64 = string.ascii_letters + string.digits + "-_"
_HEX = "0123456789abcdef"
_NEW_YEAR = 1_767_225_600  # 2026-01-01T00:00:00Z, so that samples do not change from day to day


def _chars(rng: random.Random, alphabet: str, length: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


# The first pair whose word is in the lower-case key makes the string; order matters (mediaid before id).
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


def generate(schema: Schema, rng: random.Random, key: str = "", *, only_required: bool = False) -> Any:
    """Return a value that obeys `schema`; `key` is its name.

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
        return [generate(items, rng, key, only_required=only_required)] if items else []
    if kind == "number":
        return next((make(rng) for word, make in _NUMBERS if word in key.lower()), rng.randrange(1, 100))
    if kind == "boolean":
        return True
    return next((make(rng) for word, make in _TEXTS if word in key.lower()), "示例")


def _object(schema: Schema, rng: random.Random, only_required: bool) -> dict[str, Any]:
    wanted = set(schema.get("required", ())) | set(schema.get("saidRequired", ()))
    # Of alternatives (`anyOf` of `required`) the first is as good as any.
    wanted.update(*(option.get("required", ()) for option in schema.get("anyOf", ())[:1]))
    result = {
        key: generate(spec, rng, key, only_required=only_required)
        for key, spec in schema.get("properties", {}).items()
        if not only_required or key in wanted
    }
    free = schema.get("additionalProperties")
    if not result and isinstance(free, Mapping):
        result["thing1"] = generate(free, rng, "thing1", only_required=only_required)
    return result
