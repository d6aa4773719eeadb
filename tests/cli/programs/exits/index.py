import os
import signal
import sys


def main(event, context):
    how = event["how"]
    if how == "sys.exit":
        sys.exit(event.get("code"))
    if how == "os._exit":
        os._exit(7)
    if how == "signal":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "segfault":
        import ctypes

        ctypes.string_at(0)


async def async_main(event, context):
    return main(event, context)
