"""Answers of the other end, built with Google's protobuf."""

from __future__ import annotations

import json
from typing import Any

from tests.peer import oracle
from tests.peer.recorder import Answer

JSON_ERROR = "application/json; charset=utf-8"
"""The one spelling by which the Node package tells an error of the gateway from an answer of WeChat."""


def wechat(
    data: bytes | str = b'{"errcode":0,"errmsg":"ok"}', content_type: str = "application/json", **fields: Any
) -> Answer:
    """A `CommOpenApiResp` as the gateway passes it on."""
    body = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return Answer(oracle.build("CommOpenApiResp", resp_data=body, content_type=content_type, **fields))


def wechat_json(value: Any) -> Answer:
    return wechat(json.dumps(value, ensure_ascii=False))
