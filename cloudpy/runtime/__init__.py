"""Run a handler ``main(event, context)`` as the platform does: load it, invoke it, encode its result.

::

    with FunctionDir("functions/steps") as directory:
        handler = load(directory)
        with Runner() as runner:
            result = runner.invoke(handler, client_event({"cloudID": "…"}, openid="o-alice"), make_context())
    text = encode(result)

This package is deployed together with the functions; it needs the standard library only, and httptools to serve.
"""

from .context import make_context, request_id
from .encode import encode, plain
from .errors import FunctionError, LoadError, ResultError
from .events import (
    apigw_event,
    ckafka_event,
    client_event,
    cls_event,
    cmq_event,
    cos_event,
    http_event,
    kind_of,
    message_event,
    timer_event,
)
from .function_dir import FunctionDir
from .invoke import Runner, ainvoke
from .loader import Handler, load
from .trace import user_traceback

__all__ = [
    "FunctionDir",
    "FunctionError",
    "Handler",
    "LoadError",
    "ResultError",
    "Runner",
    "ainvoke",
    "apigw_event",
    "ckafka_event",
    "client_event",
    "cls_event",
    "cmq_event",
    "cos_event",
    "encode",
    "http_event",
    "kind_of",
    "load",
    "make_context",
    "message_event",
    "plain",
    "request_id",
    "timer_event",
    "user_traceback",
]
