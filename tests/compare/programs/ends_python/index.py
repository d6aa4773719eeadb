"""As ../ends_node."""

import asyncio
import json
import os
import random
import sys
import time
import uuid
from datetime import date, datetime, timezone

served = 0


class OwnError(Exception):
    pass


async def main(event, context):
    global served
    served += 1
    end = event.get("end")
    if end == "count":
        return served
    if end == "exit":
        sys.exit(3)
    if end == "loop":
        while True:
            pass
    if end == "never":
        await asyncio.Event().wait()
    if end == "abort":
        os.abort()
    if end == "flood":
        for _ in range(2000):
            print("x" * 1000)
        os.write(1, b"result 4\nnull")
        return "dry"
    if end == "throw":
        raise Exception(event["words"])
    if end == "throw own class":
        raise OwnError(event["words"])
    if end == "throw TypeError":
        raise TypeError(event["words"])
    if end == "throw text":
        raise ValueError(event["words"])
    if end == "accident":
        return event["nothing"]["at"]["all"]
    if end == "no name":
        raise NameError("noSuchName is not defined")
    if end == "library":
        return json.loads("{")
    if end == "throw codes":
        from cloudpy import CloudSDKError

        raise CloudSDKError(7, event["words"])
    if end == "circle":
        circle = {}
        circle["circle"] = circle
        return circle
    if end == "values":
        return {
            "whole": 1,
            "big": 10**21,
            "text": "\ud83d",
            "nothing": None,
            "bytes": bytes([1, 2]),
            "not": float("nan"),
        }
    if end == "callback":
        await asyncio.sleep(0.005)
        return "later"
    if end == "time":
        now = datetime.now(timezone.utc)
        return {
            "now": int(time.time() * 1000),
            "iso": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
            "same": isinstance(now, datetime)
            and isinstance(now, date)
            and isinstance(datetime(2020, 1, 1), date)
            and date.today().year == now.year
            and time.gmtime().tm_year == now.year,
            "random": [random.random(), random.random()],
            "die": random.randint(1, 6),
            "system": [os.urandom(9).hex(), str(uuid.uuid4())],
            "request": context["request_id"],
            "openid": os.environ.get("WX_OPENID"),
            "trigger": os.environ.get("TRIGGER_SRC"),
            "event": event,
        }
