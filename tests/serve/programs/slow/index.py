import asyncio
import os
import threading
import time

gate = None
opened = threading.Event()


async def main(event, context):
    """Waits at a gate until somebody opens it."""
    global gate
    if gate is None:
        gate = asyncio.Event()
    if event.get("open"):
        gate.set()
        opened.set()
    elif event.get("gate"):
        await gate.wait()
    elif event.get("forever"):
        await asyncio.Event().wait()
    elif event.get("stubborn"):
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                pass
    elif event.get("cleans up"):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return {"late": True}
    elif event.get("cancels itself"):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
    elif "sleep" in event:
        await asyncio.sleep(event["sleep"])
    return {"pid": os.getpid(), "number": event.get("number")}


def blocking(event, context):
    if event.get("open"):
        opened.set()
    elif event.get("gate"):
        opened.wait(60)
    elif "sleep" in event:
        time.sleep(event["sleep"])
    return {"pid": os.getpid(), "number": event.get("number")}
