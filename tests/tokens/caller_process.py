"""A process of a server: many tasks that call WeChat with a shared token. Prints what came of it as JSON.

``python -m tests.tokens.caller_process WECHAT STORE TASKS CALLS``
"""

from __future__ import annotations

import asyncio
import collections
import json
import sys

import cloudpy
from cloudpy.tokens import StableToken


async def main(wechat: str, store: str, tasks: int, calls: int) -> None:
    token = StableToken("wx0123456789abcdef", "s", store=store)
    cloud = cloudpy.createNewInstance(transport="https", access_token=token, serviceUrl=wechat, config=None, timeout=60)
    outcomes: collections.Counter[str] = collections.Counter()

    async def work() -> None:
        for _ in range(calls):
            try:
                await cloud.openapi.security.msgSecCheck(content="hello")
                outcomes["ok"] += 1
            except cloudpy.CloudSDKError as error:
                outcomes[str(error)] += 1

    await asyncio.gather(*(work() for _ in range(tasks)))
    await cloud.aclose()
    print(json.dumps(outcomes))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
