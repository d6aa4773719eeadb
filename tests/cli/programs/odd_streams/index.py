import os
import sys
import threading


def much(event, context):
    for _ in range(2000):
        print("x" * 10_000)
    return "after much"


def closed_stdout(event, context):
    sys.stdout.close()
    os.close(1)
    os.close(0)
    return "after closing"


def closed_everything(event, context):
    os.closerange(0, 200)
    return "after closing"


def reads(event, context):
    return {"read": sys.stdin.read()}


def replaced(event, context):
    sys.stdout = sys.stderr = None
    return "without streams"


def half_a_character(event, context):
    print("half: \ud800")
    return "\ud800"


def a_thread_that_stays(event, context):
    threading.Thread(target=threading.Event().wait).start()
    return "with a thread"


def not_json(event, context):
    return {"photo": [{1, 2}]}


def too_large(event, context):
    return "x" * 7_000_000


def large(event, context):
    return "x" * 6_000_000


def not_a_number(event, context):
    return {"n": float("nan")}
