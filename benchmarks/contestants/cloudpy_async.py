"""cloudpy, async API."""

import asyncio
import sys
import time

import cloudpy as cloud

url, sequence, together = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
cloud.init(env="bench-env", serviceUrl=url, secretId="id", secretKey="key", config=None)


async def call() -> None:
    result = await cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})
    assert result["dataList"][0]["cloudId"] == "xxx"


async def many(count: int) -> None:
    for _ in range(count):
        await call()


async def main() -> None:
    await call()
    print("first", flush=True)
    begun = time.perf_counter()
    await many(sequence)
    print("sequence", sequence / (time.perf_counter() - begun), flush=True)
    begun = time.perf_counter()
    await asyncio.gather(*(many(together // 50) for _ in range(50)))
    print("together", together / (time.perf_counter() - begun), flush=True)


asyncio.run(main())
