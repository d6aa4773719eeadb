"""Who calls, as threads of the handler see it, while others call at the same time."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import cloudpy.sync as cloud

pool = ThreadPoolExecutor(4)
cloud.init(env="e", config=None)


def who(*_):
    return cloud.getWXContext().get("OPENID")


def thread():
    found = []

    def work():
        try:
            found.append(who())
        except cloud.CloudSDKError as error:
            found.append(error.errMsg)

    one = threading.Thread(target=work)
    one.start()
    one.join()
    return found[0]


async def main(event, context):
    loop = asyncio.get_running_loop()
    users = [await loop.run_in_executor(None, who), await asyncio.to_thread(who), *pool.map(who, range(3))]
    return {"users": users, "thread": thread()}


def in_threads(event, context):
    return {"users": list(pool.map(who, range(5))), "thread": thread()}
