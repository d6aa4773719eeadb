"""Where the time of one warm call goes: ``python -m benchmarks.phases`` prints µs of processor time for each phase.

The phases are run by themselves, with the values of such a call; what remains of a call whose transport has the answer
is the namespace, the steps, the attempts and their deadline. The transports go over loopback to the benchmarks' server.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import cloudpy.sync
from cloudpy import _transports
from cloudpy._client import gateway
from cloudpy._client.config import DEFAULT
from cloudpy._client.openapi import OpenAPICall
from cloudpy._transports import Request, Response
from cloudpy._wire import answer, messages, pairs

API = "cloudbase.getOpenData"
PARAMETERS = {"cloudidList": ["xxx"]}
ROUNDS, CALLS = 7, 2000


def cost(work: Callable[[], object]) -> float:
    """The least µs of processor time that `work` takes, of some rounds."""
    work()
    least = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(CALLS):
            work()
        least = min(least, time.process_time() - begun)
    return least / CALLS * 1e6


def phases(url: str) -> dict[str, float]:
    """Phase -> µs."""
    options: dict[str, Any] = {"env": "e", "config": None, "serviceUrl": url, "secretId": "i", "secretKey": "k"}
    cloud = cloudpy.sync.createNewInstance(**options)
    config = cloud._config
    assert config is not None
    call = OpenAPICall(config, API, PARAMETERS, {}, DEFAULT)
    call.prepare()
    request = call.build()
    response = _transports.blocking_transport().send(request, 15.0)
    encoded = pairs.encode(API, PARAMETERS, True)
    message = {"api_type": messages.OPEN_API, "openapi_data": {"pairs": encoded}, "appid": None}
    data = messages.encode("CommApiData", message)
    request_env = call.request_env()
    fields = (
        *call._fields,
        ("requestData", data),
        ("envName", "e"),
        *request_env.tokens,
        ("crossAuthorizationToken", ""),
    )
    read = answer.read_message(API, response.headers["content-type"], response.body)

    def environment() -> None:
        fresh = call.request_env()
        gateway.query("e", gateway.sequence_id(fresh.request_id, 1.0))

    found = {
        "variables, address, credentials": cost(environment),
        "case conversion and JSON of the parameters": cost(lambda: pairs.encode(API, PARAMETERS, True)),
        "protobuf of the request": cost(lambda: messages.encode("CommApiData", message)),
        "form and signature": cost(lambda: request_env.template.form(fields, "env=e&seqId=1", time.time())),
        "protobuf of the answer": cost(lambda: answer.read_message(API, "application/octet-stream", response.body)),
        "JSON and case conversion of the answer": cost(lambda: answer.read_result(API, read, True)),
    }
    with _transports.override(blocking=_Canned(response), asynchronous=_transports.async_transport()):
        whole = cost(lambda: cloud.openapi.cloudbase.getOpenData(PARAMETERS))
    found["namespace, steps, attempts, deadline"] = whole - sum(found.values())
    found["all of these"] = whole
    found["transport, blocking"] = cost(lambda: _transports.blocking_transport().send(request, 15.0))
    found["transport, awaited"] = asyncio.run(_awaited(request))
    return found


class _Canned:
    """A transport that has the answer."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def send(self, request: Request, timeout: float) -> Response:
        return self._response


async def _awaited(request: Request) -> float:
    transport = _transports.async_transport()
    least = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(CALLS):
            await transport.send(request, 15.0)
        least = min(least, time.process_time() - begun)
    return least / CALLS * 1e6


def main() -> None:
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.server"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        found = phases(f"http://127.0.0.1:{server.stdout.readline().strip()}/admin")
    finally:
        server.terminate()
        server.communicate()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, µs of processor time", file=sys.stderr)
    print("| phase | µs |\n|---|---:|")
    for name, value in found.items():
        print(f"| {name} | {value:.1f} |")


if __name__ == "__main__":
    main()
