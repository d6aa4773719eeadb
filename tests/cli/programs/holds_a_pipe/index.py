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
    waiting, holding = os.pipe()
    if os.fork() == 0:
        hold(event)
        os.write(holding, b".")
        while True:
            pass
    os.read(waiting, 1)  # a copy that has not come so far could be ended before it opens the pipe
    return "from the parent"


def comes_back_twice(event, context):
    os.fork()
    return "from the parent"


def generations(event, context):
    child = os.fork()
    if child == 0:
        file = open(event["file"], "w")
        grandchild = os.fork()
        if grandchild == 0:
            file.write("from the grandchild")
            file.close()
            os._exit(0)
        os.waitpid(grandchild, 0)
        os._exit(0)
    os.waitpid(child, 0)
    with open(event["file"]) as file:
        return file.read()
