import asyncio
import time


def main(event, context):
    while True:
        pass


async def awaits(event, context):
    await asyncio.Event().wait()


def holds_on(event, context):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
