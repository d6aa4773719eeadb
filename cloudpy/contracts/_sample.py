"""Answers for an API that nobody wrote an answer for: of the right shape, and the same for the same question."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _generate, _images
from ._case import letters, snake
from ._contract import Contract
from ._store import get

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Sample:
    """Either `json`, a result in camelCase without errCode and errMsg, or `content_type` and `body`, a file."""

    json: dict[str, Any] | None = None
    content_type: str | None = None
    body: bytes | None = None


def sample_reply(name: str, params: Mapping[str, Any] | None = None) -> Sample:
    """A plausible answer of the API `name` to `params`; an empty object when its shape is not known.

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
        made = _generate.value({"type": "object", **contract.result}, rng)
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
    """The value given for `name`, whichever way it is spelt."""
    return next((value for key, value in given.items() if snake(str(key)) == snake(name)), None)


def _echo(contract: Contract, made: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    for key in made.keys() & contract.params.get("properties", {}).keys():
        value = _param(given, key)
        if type(value) is type(made[key]) and isinstance(value, str | int):
            made[key] = value
    return made


def _open_data(contract: Contract, given: Mapping[str, Any]) -> dict[str, Any]:
    """One item for each cloudID that was asked for."""
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
    """A picture as wide as was asked for; PNG when it shall be transparent, else the type WeChat usually sends."""
    content_type = contract.content_type or "application/octet-stream"
    if not content_type.startswith("image/"):
        return Sample(content_type=content_type, body=rng.randbytes(64))
    width = _param(given, "width")
    # WeChat draws codes of 280 to 1280 points and takes 430 when nothing is said.
    points = int(min(max(width, 280), 1280)) if isinstance(width, int | float) and width == width else 430
    grid = _images.pattern(rng)
    if _param(given, "isHyaline") is True:
        body = _images.png(grid, points, color=_color(_param(given, "lineColor")), transparent=True)
        return Sample(content_type="image/png", body=body)
    return Sample(content_type="image/jpeg", body=_images.jpeg(grid, points))


def _color(given: Any) -> tuple[int, int, int]:
    """`{"r": 0, "g": 0, "b": 0}` as a triple; black for whatever is not a colour."""
    if not isinstance(given, Mapping):
        return (0, 0, 0)
    parts = {letters(str(key)): value for key, value in given.items()}
    channels = [str(parts.get(name, 0)) for name in "rgb"]
    if not all(channel.isdecimal() and int(channel) < 256 for channel in channels):
        return (0, 0, 0)
    return (int(channels[0]), int(channels[1]), int(channels[2]))
