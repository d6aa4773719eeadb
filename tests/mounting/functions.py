"""Functions that the tests mount."""

from __future__ import annotations

import asyncio
import time

import cloudpy
import cloudpy.sync


async def who(event, context):
    await asyncio.sleep(0.001)
    first = cloudpy.getWXContext().get("OPENID")
    await asyncio.sleep(0.001)
    return {
        "openid": cloudpy.getWXContext().get("OPENID"),
        "same": first == cloudpy.getWXContext().get("OPENID"),
        "event": event,
    }


def who_sync(event, context):
    time.sleep(0.001)
    return {"openid": cloudpy.sync.getWXContext().get("OPENID"), "event": event}


async def count(event, context):
    for number in range(3):
        yield f"{number} of {cloudpy.getWXContext().get('OPENID')}\n"


def count_sync(event, context):
    for number in range(3):
        yield f"{number} of {cloudpy.sync.getWXContext().get('OPENID')}\n"


async def events(event, context):
    async def pieces():
        yield {"n": 1}
        yield {"event": "done", "data": "两行\n字"}

    return {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}, "body": pieces()}


async def fails(event, context):
    raise KeyError("secret detail")


async def slow(event, context):
    await asyncio.sleep(60)


async def endless(event, context):
    while True:
        yield "x"
        await asyncio.sleep(0.01)
