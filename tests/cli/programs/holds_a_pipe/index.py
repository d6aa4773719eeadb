"""Opens the named pipe event["pipe"], says that it is there, and holds it open as long as it lives."""

import os


def hold(event):
    pipe = os.open(event["pipe"], os.O_WRONLY)
    os.write(pipe, b"started\n")


def loops(event, context):
    hold(event)
    while True:
        pass


def forks(event, context):
    if os.fork() == 0:
        hold(event)
        while True:
            pass
    return "from the parent"


def comes_back_twice(event, context):
    os.fork()
    return "from the parent"
