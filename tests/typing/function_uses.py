"""A decorated handler for type checkers: it keeps its signature. Read by test_typing.py's checkers, never imported."""

from __future__ import annotations

from typing import Any

import cloudpy
import cloudpy.sync


@cloudpy.function
async def main(event: dict[str, Any], context: dict[str, Any]) -> dict[str, int]:
    return {"a": len(event)}


@cloudpy.sync.function
def blocking(event: dict[str, Any], context: dict[str, Any]) -> int:
    return len(event)


async def uses() -> int:
    return (await main({}, {}))["a"] + blocking({}, {})


async def wrong() -> None:
    main({}, {}).upper()  # wrong: a coroutine has no upper
    blocking({})  # wrong: the context is missing
