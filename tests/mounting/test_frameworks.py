"""Functions mounted in FastAPI, Django and Flask, by the frameworks' own clients and under real servers."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
USERS = [f"o-{number}" for number in range(200)]


def identity(openid: str) -> dict[str, str]:
    return {"x-wx-source": "wx_client", "x-wx-openid": openid, "x-wx-appid": "wx01"}


@contextmanager
def server(*command: str) -> Iterator[int]:
    """Start a server that takes over a listening socket, and yield its port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(256)
        words = [word.format(fd=sock.fileno()) for word in command]
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            pass_fds=[sock.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.mounting.programs"},
        )
        try:
            yield sock.getsockname()[1]
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
            assert "Traceback" not in errors, errors


UVICORN = ("uvicorn", "--fd", "{fd}", "--log-level", "warning", "--no-proxy-headers")
GUNICORN = ("gunicorn", "--bind", "fd://{fd}", "--threads", "16", "--log-level", "warning")
SERVERS = [
    pytest.param((*UVICORN, "tests.mounting.programs:fastapi_app"), id="fastapi-uvicorn"),
    pytest.param((*UVICORN, "tests.mounting.programs:django_asgi"), id="django-uvicorn"),
    pytest.param((*GUNICORN, "tests.mounting.programs:flask_app"), id="flask-gunicorn"),
    pytest.param((*GUNICORN, "tests.mounting.programs:django_wsgi"), id="django-gunicorn"),
]


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
    finally:
        connection.close()


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("command", SERVERS)
def test_two_hundred_users_keep_their_identity(command: tuple[str, ...]) -> None:
    def ask(openid: str) -> tuple[str, str, str]:
        answers = []
        for path in ("/fn/who", "/fn/who_sync"):
            status, headers, body = get(port, path, identity(openid))
            assert (200, "application/json; charset=utf-8") == (status, headers["content-type"]), body
            answers.append(json.loads(body)["openid"])
        status, _, body = get(port, "/fn/count", identity(openid))
        return answers[0], answers[1], body.decode()

    with server(*command) as port, ThreadPoolExecutor(32) as pool:
        for openid, (first, second, pieces) in zip(USERS, pool.map(ask, USERS), strict=True):
            assert (openid, openid) == (first, second)
            assert "".join(f"{number} of {openid}\n" for number in range(3)) == pieces


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("command", SERVERS)
def test_pieces_arrive_one_by_one(command: tuple[str, ...], tmp_path: Path) -> None:
    # The function yields a second piece only after this test, which has read the first, has made a file.
    with server(*command) as port:
        for path in ("/fn/waits", "/fn/waits_sync"):
            go_on = tmp_path / path.replace("/", "-")
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", f"{path}?file={go_on}")
            response = connection.getresponse()
            assert "text/event-stream" == response.headers["content-type"]
            assert b"data: 1\n" == response.readline()
            go_on.touch()
            assert b"\ndata: 2\n\n" == response.read()
            connection.close()


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("command", SERVERS)
def test_the_framework_answers_everything_else(command: tuple[str, ...]) -> None:
    with server(*command) as port:
        assert (200, b"home") == get(port, "/home")[::2]
        assert 404 == get(port, "/nothing")[0]


@pytest.mark.asyncio
async def test_fastapi_by_httpx() -> None:
    import httpx

    from tests.mounting.programs import fastapi_app

    transport = httpx.ASGITransport(fastapi_app, client=("127.0.0.1", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.post("/fn/who?a=1", json={"n": 1}, headers=identity("o-1"))
        assert {"openid": "o-1", "same": True, "event": {"n": 1}} == response.json()
        assert "0 of o-1\n1 of o-1\n2 of o-1\n" == (await client.get("/fn/count", headers=identity("o-1"))).text
        assert "home" == (await client.get("/home")).text


def test_flask_by_its_own_client() -> None:
    from tests.mounting.programs import flask_app

    client = flask_app.test_client()
    response = client.post("/fn/who_sync", json={"n": 1}, headers=identity("o-1"))
    assert {"openid": "o-1", "event": {"n": 1}} == response.json
    assert "0 of o-1\n1 of o-1\n2 of o-1\n" == client.get("/fn/count_sync", headers=identity("o-1")).text
    assert "home" == client.get("/home").text


@pytest.mark.asyncio
async def test_django_by_its_own_client() -> None:
    from asgiref.testing import ApplicationCommunicator

    from tests.mounting.programs import django_asgi

    headers = [(name.encode(), value.encode()) for name, value in identity("o-1").items()]
    scope = {"type": "http", "method": "GET", "path": "/fn/who", "query_string": b"", "headers": headers}
    communicator = ApplicationCommunicator(django_asgi, {**scope, "client": ("127.0.0.1", 5)})
    await communicator.send_input({"type": "http.request", "body": b""})
    assert 200 == (await communicator.receive_output(timeout=60))["status"]
    assert "o-1" == json.loads((await communicator.receive_output(timeout=60))["body"])["openid"]
    await communicator.wait()


def test_a_client_that_leaves_ends_the_generator(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    with server(*UVICORN, "tests.mounting.programs:fastapi_app") as port:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(f"GET /fn/endless?file={ended} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.recv(100)
        connection.close()
        while not ended.exists():  # made by the generator's finally
            threading.Event().wait(0.01)


def test_handlers_run_in_threads_beside_the_loop() -> None:
    from cloudpy import asgi
    from tests.mounting import functions
    from tests.mounting.client import call

    async def both() -> list[bytes]:
        application = asgi.mount({"/sync": functions.meet_sync, "/async": functions.meet_async})
        return [body for _, _, body in await asyncio.gather(call(application, "/sync"), call(application, "/async"))]

    # Each waits for the other: a handler that blocks does not hold up the loop.
    assert [b'"met"', b'"met"'] == [b'"' + body + b'"' for body in asyncio.run(both())]
