import asyncio
import threading

import cloudpy as cloud


def here():
    return cloud.getWXContext().get("OPENID")


async def in_a_task():
    await asyncio.sleep(0)
    return here()


async def main(event, context):
    barrier = event.get("barrier")
    if barrier:
        await barrier()
    seen = []

    def in_a_thread():
        try:
            seen.append(here())
        except cloud.CloudSDKError:
            seen.append("refused")

    thread = threading.Thread(target=in_a_thread)
    thread.start()
    thread.join()
    return {
        "here": here(),
        "task": await asyncio.create_task(in_a_task()),
        "to_thread": await asyncio.to_thread(here),
        "bare_thread": seen[0],
    }
