"""Functions that the tests mount."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from urllib.parse import parse_qsl

import cloudpy
import cloudpy.sync

cloudpy.init(env="env-test", config=None)
cloudpy.sync.init(env="env-test", config=None)


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


def query(context):
    return dict(parse_qsl(context["httpContext"]["url"].partition("?")[2]))


async def endless(event, context):
    try:
        while True:
            yield "x"
            await asyncio.sleep(0.01)
    finally:
        if "file" in query(context):
            Path(query(context)["file"]).touch()


SSE = {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}}


async def waits(event, context):
    async def pieces():
        yield {"data": "1"}
        while not os.path.exists(query(context)["file"]):
            await asyncio.sleep(0.01)
        yield {"data": "2"}

    return {**SSE, "body": pieces()}


def waits_sync(event, context):
    def pieces():
        yield {"data": "1"}
        while not os.path.exists(query(context)["file"]):
            time.sleep(0.01)
        yield {"data": "2"}

    return {**SSE, "body": pieces()}


_met = threading.Barrier(2, timeout=60)


def meet_sync(event, context):
    _met.wait()
    return "met"


async def meet_async(event, context):
    await asyncio.get_running_loop().run_in_executor(None, _met.wait)
    return "met"


async def breaks(event, context):
    yield "first"
    raise KeyError("late")


def breaks_sync(event, context):
    yield "first"
    raise KeyError("late")


go_on = threading.Event()


async def pauses(event, context):
    await asyncio.get_running_loop().run_in_executor(None, go_on.wait)
    return "done"
