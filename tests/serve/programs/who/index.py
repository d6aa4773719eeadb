import asyncio
import contextvars
import threading

import cloudpy as cloud

mine = contextvars.ContextVar("mine", default=None)
everybody = None  # made when the first one is there, in its loop
threads = threading.Barrier(40)


async def main(event, context):
    """Says who calls, before and after all the others are there as well."""
    global everybody
    if everybody is None:
        everybody = [0, asyncio.Event()]
    before, left = seen(), mine.get()
    mine.set(before)
    everybody[0] += 1
    if everybody[0] >= event["together"]:
        everybody[1].set()
    await everybody[1].wait()
    task = await asyncio.create_task(in_a_task())
    thread = await asyncio.to_thread(seen)
    return {"left behind": left, "seen": [before, seen(), mine.get(), task, thread]}


async def in_a_task():
    await asyncio.sleep(0)
    return seen()


def in_threads(event, context):
    before, left = seen(), mine.get()
    mine.set(before)
    threads.wait(60)
    return {"left behind": left, "seen": [before, seen(), mine.get()]}


def seen():
    return cloud.getWXContext().get("OPENID")
