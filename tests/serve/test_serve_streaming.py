"""`cloudpy serve` and handlers that yield: pieces, clients that leave or read slowly, errors half way."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import asyncio, os
import cloudpy as cloud

cloud.init(env="e", config=None)


async def main(event, context):
    kind = event.get("kind")
    if kind == "waits":
        return {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}, "body": waits(event["file"])}
    if kind == "breaks":
        return breaks()
    if kind == "endless":
        return endless(event["file"])
    if kind == "silent":
        return silent(event["file"])
    if kind == "large":
        return large(event["file"])
    if kind == "sync":
        return sync()
    return count()


async def count():
    for number in range(3):
        yield f"{number} of {cloud.getWXContext().get('OPENID')};"
        yield ""


def sync():
    for number in range(3):
        yield f"{number} of {cloud.getWXContext().get('OPENID')};"


async def waits(file):
    yield {"data": "1"}
    while not os.path.exists(file):
        await asyncio.sleep(0.01)
    yield {"data": "2"}


async def breaks():
    yield "first"
    raise KeyError("late")


async def endless(file):
    try:
        while True:
            yield "x"
            await asyncio.sleep(0.01)
    finally:
        open(file, "w").close()


async def silent(file):
    try:
        yield "x"
        await asyncio.sleep(3600)
    finally:
        open(file, "w").close()


async def large(file):
    for number in range(1000):
        yield b"x" * 65536
        with open(file, "w") as out:
            out.write(str(number))
"""


class Server:
    def __init__(self, folder: Path, *options: str) -> None:
        (folder / "index.py").write_text(PROGRAM, "utf-8")
        command = [sys.executable, "-m", "cloudpy", "serve", str(folder), "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        line = next(line for line in self.process.stderr if "listening" in line)
        self.port = int(json.loads(line)["url"].rpartition(":")[2])

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def stop(self) -> list[dict[str, Any]]:
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=60)
        assert 0 == self.process.returncode
        return [json.loads(line) for line in log.splitlines()]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    if one.process.returncode is None:
        one.stop()


JSON = {"Content-Type": "application/json"}


def post(connection: http.client.HTTPConnection, openid: str = "", **event: Any) -> http.client.HTTPResponse:
    identity = {"x-wx-source": "wx_client", "x-wx-openid": openid} if openid else {}
    connection.request("POST", "/", json.dumps(event), {**JSON, **identity})
    return connection.getresponse()


def test_a_connection_carries_streams_one_after_the_other(server: Server) -> None:
    connection = server.connect()
    for openid, kind in (("o-1", ""), ("o-2", "sync"), ("o-3", "")):
        response = post(connection, openid, kind=kind)
        assert "chunked" == response.headers["transfer-encoding"]
        assert "".join(f"{number} of {openid};" for number in range(3)) == response.read().decode()
    connection.close()
    access = [line for line in server.stop() if line["log"] == "access"]
    assert [(200, 27)] * 3 == [(line["status"], line["resSize"]) for line in access]


def test_pieces_arrive_one_by_one(server: Server, tmp_path: Path) -> None:
    connection = server.connect()
    response = post(connection, kind="waits", file=str(tmp_path / "go"))
    assert b"data: 1\n" == response.readline()
    (tmp_path / "go").touch()
    assert b"\ndata: 2\n\n" == response.read()
    connection.close()


def test_an_error_half_way_cuts_the_body_short(server: Server) -> None:
    connection = server.connect()
    response = post(connection, kind="breaks")
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()
    log = server.stop()
    assert ["KeyError"] == [line["error"] for line in log if line["log"] == "access"]
    assert any("late" in line.get("stack", "") for line in log)


def test_the_time_limit_holds_for_all_pieces(tmp_path: Path) -> None:
    server = Server(tmp_path, "--timeout", "0.2")
    connection = server.connect()
    response = post(connection, kind="endless", file=str(tmp_path / "ended"))
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()
    assert ["TimeLimitError"] == [line["error"] for line in server.stop() if line["log"] == "access"]
    assert (tmp_path / "ended").exists()


@pytest.mark.parametrize("kind", ["endless", "silent"])
def test_a_client_that_leaves_ends_the_generator(server: Server, tmp_path: Path, kind: str) -> None:
    connection = server.connect()
    response = post(connection, kind=kind, file=str(tmp_path / "ended"))
    assert b"x" == response.read(1)
    response.close()
    connection.close()
    while not (tmp_path / "ended").exists():
        threading.Event().wait(0.01)


def test_a_slow_reader_holds_up_the_generator(server: Server, tmp_path: Path) -> None:
    progress = tmp_path / "progress"
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        body = json.dumps({"kind": "large", "file": str(progress)}).encode()
        head = "POST / HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        read, last = 0, -1
        while not progress.exists() or last != int(progress.read_text() or "0"):  # until it stands still
            last = int((progress.read_text() if progress.exists() else "") or "0")
            threading.Event().wait(0.5)
        assert last < 500
        while data := client.recv(1 << 20):
            read += len(data)
    assert read > 1000 * 65536


def test_http_1_0_gets_no_chunks_and_head_no_body(server: Server) -> None:
    for request, expected in (
        (b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", b"0 of None;1 of None;2 of None;"),
        (b"HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", b""),
    ):
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(request)
            answer = b""
            while data := client.recv(65536):
                answer += data
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b" 200 OK" in head and b"Transfer-Encoding" not in head
        assert expected == body


def test_a_stream_is_finished_after_sigterm(server: Server, tmp_path: Path) -> None:
    connection = server.connect()
    response = post(connection, kind="waits", file=str(tmp_path / "go"))
    assert b"data: 1\n" == response.readline()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.stderr is not None
    assert any('"stopping"' in line for line in iter(server.process.stderr.readline, ""))
    (tmp_path / "go").touch()
    assert b"\ndata: 2\n\n" == response.read()
    connection.close()
    server.process.communicate(timeout=60)
    assert 0 == server.process.returncode
