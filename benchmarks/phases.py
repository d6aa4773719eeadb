"""Where the time of one warm call goes: ``python -m benchmarks.phases [--base DIR] [--write]``.

Prints µs of processor time. The phases run by themselves, with the values of such a call; a whole call over a transport
that has the response less these phases is the namespace, the retry logic and the deadline. The transports send to the
constant server over loopback. After a wait for a response the processor has forgotten the code of a call: its cost is
then that of the code it runs through, more than that of its instructions. With --base, another checkout runs in turn
with this one, for the column "before".
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpy.sync
from cloudpy import _transports
from cloudpy._client import gateway
from cloudpy._client.config import DEFAULT
from cloudpy._client.openapi import OpenAPICall
from cloudpy._transports import Request, Response
from cloudpy._transports.http1 import encode
from cloudpy._wire import answer, messages
from cloudpy._wire.params import encode_params

from .charts import bar_chart
from .report import ROOT, constant_server, write_image, write_section

API = "cloudbase.getOpenData"
PARAMETERS: Any = {"cloudidList": ["xxx"]}
ROUNDS, CALLS = 7, 2000


def cost(work: Callable[[], object]) -> float:
    """Return the µs of processor time that `work` takes, the least of some rounds."""
    work()
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(CALLS):
            work()
        least = min(least, time.process_time() - start)
    return least / CALLS * 1e6


def phases(url: str) -> dict[str, float]:
    """Return phase -> µs."""
    options: dict[str, Any] = {"env": "e", "config": None, "serviceUrl": url, "secretId": "i", "secretKey": "k"}
    cloud = cloudpy.sync.createNewInstance(**options)
    config = cloud._config
    assert config is not None
    call = OpenAPICall(config, API, PARAMETERS, {}, DEFAULT)
    call.prepare()
    request = call.build()
    response = _transports.blocking_transport().send(request, 15.0)
    encoded = encode_params(API, PARAMETERS, True)
    message = {"api_type": messages.OPEN_API, "openapi_data": {"pairs": encoded}, "appid": None}
    data = messages.encode("CommApiData", message)
    form = call.request_env().form(call._fields)
    read = answer.read_message(API, response.headers["content-type"], response.body)

    def environment() -> None:
        fresh = call.request_env()
        gateway.query("e", gateway.sequence_id(fresh.request_id, 1.0))

    found = {
        "variables, address, credentials": cost(environment),
        "case conversion and JSON of the parameters": cost(lambda: encode_params(API, PARAMETERS, True)),
        "protobuf of the request": cost(lambda: messages.encode("CommApiData", message)),
        "form and signature": cost(lambda: form.render(data, "env=e&seqId=1", time.time())),
        "protobuf of the answer": cost(lambda: answer.read_message(API, "application/octet-stream", response.body)),
        "JSON and case conversion of the answer": cost(lambda: answer.read_result(API, read, True)),
    }
    with _transports.override(blocking=_Canned(response), asynchronous=_transports.async_transport()):
        whole = cost(lambda: cloud.openapi.cloudbase.getOpenData(PARAMETERS))
    found["namespace, steps, attempts, deadline"] = whole - sum(found.values())
    found["all of these"] = whole
    waiting = _Waiting(response, url, request)
    with _transports.override(blocking=waiting, asynchronous=_transports.async_transport()):
        both = cost(lambda: cloud.openapi.cloudbase.getOpenData(PARAMETERS))
    found["all of these, after a wait"] = both - cost(waiting.wait)
    found["transport, blocking"] = cost(lambda: _transports.blocking_transport().send(request, 15.0))
    found["transport, awaited"] = asyncio.run(_awaited(request, 1))
    found["transport, awaited, 50 at once"] = asyncio.run(_awaited(request, 50))
    return found


class _Canned:
    """A transport that has the response."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def send(self, request: Request, timeout: float) -> Response:
        return self._response


class _Waiting(_Canned):
    """A transport that has the response, and waits for another one over a bare socket: the work after it is cold."""

    def __init__(self, response: Response, url: str, request: Request) -> None:
        super().__init__(response)
        host, _, port = url.split("/")[2].partition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._request = encode(request)[1] + request.body  # type: ignore[operator]

    def send(self, request: Request, timeout: float) -> Response:
        self.wait()
        return self._response

    def wait(self) -> None:
        self._socket.sendall(self._request)
        self._socket.recv(4096)


async def _awaited(request: Request, tasks: int) -> float:
    transport = _transports.async_transport()

    async def many(count: int) -> None:
        for _ in range(count):
            await transport.send(request, 15.0)

    least = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        await asyncio.gather(*(many(CALLS // tasks) for _ in range(tasks)))
        least = min(least, time.process_time() - start)
    return least / CALLS * 1e6


def run(checkout: Path) -> dict[str, float]:
    """Return phase -> µs, as the checkout's own version of this program prints them."""
    variables = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-m", "benchmarks.phases"]
    done = subprocess.run(command, cwd=checkout, env=variables, capture_output=True, text=True, check=True)
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()[2:]]
    return {name: float(value) for name, value in rows}


def least(checkouts: list[Path], rounds: int) -> list[dict[str, float]]:
    """Return phase -> µs for each checkout, the least of the rounds; the checkouts run in turn."""
    found: list[dict[str, float]] = [{} for _ in checkouts]
    for _ in range(rounds):
        for figures, checkout in zip(found, checkouts, strict=True):
            for name, value in run(checkout).items():
                figures[name] = min(value, figures.get(name, value))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phases", description=__doc__)
    parser.add_argument("--base", type=Path, metavar="DIR", help="another checkout, for the column before")
    parser.add_argument("--rounds", type=int, default=3, help="with --base or --write")
    parser.add_argument("--write", action="store_true", help="write its section of performance.md and its chart")
    options = parser.parse_args()
    if not options.base and not options.write:
        with constant_server() as url:
            found = phases(url)
        print("| phase | µs |\n|---|---:|")
        for name, value in found.items():
            print(f"| {name} | {value:.1f} |")
        return
    *before, after = least([*([options.base.resolve()] if options.base else []), ROOT], options.rounds)
    names = [*after, *(name for name in (before[0] if before else ()) if name not in after)]
    rows = {name: [figures.get(name) for figures in (*before, after)] for name in names}
    text = "| phase | before, µs | after, µs |\n|---|---:|---:|\n" if before else "| phase | µs |\n|---|---:|\n"
    for name, values in rows.items():
        cells = ["–" if value is None else f"{value:.1f}" for value in values]
        text += f"| {name} | {' | '.join(cells)} |\n"
    print(text)
    if options.write:
        bars = {name: [value or 0.0 for value in values] for name, values in rows.items()}
        chart = bar_chart("µs of processor time", ("before", "after") if before else ("now",), bars, 1)
        write_section("phases", f"![Processor time]({write_image('phases', chart)})\n\n{text}")


if __name__ == "__main__":
    main()
