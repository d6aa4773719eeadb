"""A process of a server: many tasks that call WeChat with a shared token. Prints what came of it as JSON.

``python -m tests.tokens.caller_process WECHAT STORE TASKS CALLS LIFE``

A call counts as `slow` when its token expired (42001) because the machine took longer for it than the token lives.
"""

from __future__ import annotations

import asyncio
import collections
import json
import sys
import time

import cloudpy
from cloudpy.tokens import StableToken


async def main(wechat: str, store: str, tasks: int, calls: int, life: float) -> None:
    token = StableToken("wx0123456789abcdef", "s", store=store)
    cloud = cloudpy.createNewInstance(transport="https", access_token=token, serviceUrl=wechat, config=None, timeout=60)
    outcomes: collections.Counter[str] = collections.Counter()

    async def work() -> None:
        for _ in range(calls):
            begun = time.monotonic()
            try:
                await cloud.openapi.security.msgSecCheck(content="hello")
                outcomes["ok"] += 1
            except cloudpy.CloudSDKError as error:
                slow = error.errCode == 42001 and time.monotonic() - begun > life * 0.75
                outcomes["slow" if slow else str(error)] += 1

    await asyncio.gather(*(work() for _ in range(tasks)))
    await cloud.aclose()
    print(json.dumps(outcomes))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
