"""aiohttp alone, sending the same bytes, for comparison with the async API."""

import asyncio
import sys
import time

import aiohttp

from benchmarks.request import BODY, HEADERS, query

url, sequence, together = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def many(session: aiohttp.ClientSession, count: int) -> None:
    for _ in range(count):
        async with session.post(f"{url}?{query()}", data=BODY, headers=HEADERS) as answer:
            assert answer.status == 200 and await answer.read()


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        await many(session, 1)
        print("first", flush=True)
        begun = time.perf_counter()
        await many(session, sequence)
        print("sequence", sequence / (time.perf_counter() - begun), flush=True)
        begun = time.perf_counter()
        await asyncio.gather(*(many(session, together // 50) for _ in range(50)))
        print("together", together / (time.perf_counter() - begun), flush=True)


asyncio.run(main())
