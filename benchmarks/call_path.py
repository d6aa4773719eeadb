"""The files that a reader of one warm call visits: ``python -m benchmarks.call_path``.

A visit is a function of the package that is entered. Going to a function in another file than the one before counts as
a change; going back to the caller does not. The transport has the response, so nothing of it counts.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpy
import cloudpy.sync
from cloudpy import _transports
from cloudpy._transports import Request, Response
from cloudpy._wire import messages

PACKAGE = Path(cloudpy.__file__).parent
BODY = b'{"errcode":0,"errmsg":"ok","data_list":[{"cloud_id":"xxx","json":"{}"}]}'
MESSAGE = messages.encode("CommOpenApiResp", {"resp_data": BODY, "content_type": "application/json"})
RESPONSE = Response(200, "OK", {"content-type": "application/octet-stream"}, MESSAGE)
OPTIONS: dict[str, Any] = {"env": "e", "config": None, "secretId": "i", "secretKey": "k"}
PARAMS: Any = {"cloudidList": ["xxx"]}


class Blocking:
    """A transport that has the response."""

    def send(self, request: Request, timeout: float) -> Response:
        return RESPONSE


class Async:
    """The same, awaited."""

    async def send(self, request: Request, timeout: float) -> Response:
        return RESPONSE


def visits(call: Callable[[], object]) -> list[str]:
    """Return the files of the functions that `call` enters, in order."""
    files: list[str] = []

    def on_event(frame: Any, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE) and not frame.f_code.co_name.startswith("<"):
            files.append(path.relative_to(PACKAGE).as_posix())

    sys.setprofile(on_event)
    try:
        call()
    finally:
        sys.setprofile(None)
    return files


def main() -> None:
    blocking = cloudpy.sync.createNewInstance(**OPTIONS)
    awaited = cloudpy.createNewInstance(**OPTIONS)

    def call() -> None:
        blocking.openapi.cloudbase.getOpenData(PARAMS)

    def await_call() -> None:
        coroutine: Any = awaited.openapi.cloudbase.getOpenData(PARAMS)
        try:
            coroutine.send(None)
        except StopIteration:
            return
        raise AssertionError("the transport has the response, so nothing waits")

    with _transports.override(blocking=Blocking(), asynchronous=Async()):
        for name, function in (("cloudpy.sync", call), ("cloudpy", await_call)):
            function()
            files = visits(function)
            changes = sum(one != other for one, other in itertools.pairwise(files))
            print(f"{name}: {len(set(files))} files, {changes} changes, {len(files)} functions entered")
            for file in dict.fromkeys(files):
                print(f"  {files.count(file):3} {file}")


if __name__ == "__main__":
    main()
