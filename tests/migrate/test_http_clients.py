"""HTTP clients: the same requests reach a server, and the same results come of its replies, in Node and in Python."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy.migrate import draft, write
from tests.compare.harness import MODULES, case, pair
from tests.migrate.both import HERE

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here"),
    pytest.mark.skipif(
        not (MODULES / "axios").is_dir(), reason="tests/peer/node_modules has no axios: run `make peer`"
    ),
]
SHOWN = ("content-type", "accept", "authorization", "x-own")


class Handler(http.server.BaseHTTPRequestHandler):
    """Say what was asked; the path begins with the status of the reply."""

    def reply(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size).decode()
        status = int(self.path.strip("/").partition("?")[0].partition("/")[0] or 200)
        if status == 302:
            self.send_response(302)
            self.send_header("Location", "/200/moved")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        headers = {name: self.headers.get(name) for name in SHOWN if name in self.headers}
        content = json.dumps({"method": self.command, "path": self.path, "body": body, "headers": headers}).encode()
        if "/text" in self.path:
            content = "plain 文字".encode()
        if "/empty" in self.path:
            content = b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Reply", "yes")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = reply  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """A server that echoes requests."""
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


BODIES = [
    line for line in (HERE / "requests.js.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")
]
HEAD = """\
const axios = require('axios')
const rp = require('request-promise')
const request = require('request')
const http = require('http')
const https = require('https')
const got = require('got')
const nodeFetch = require('node-fetch')
"""


@pytest.mark.once()
def test_requests_equal_those_of_node(server: str, tmp_path: Path) -> None:
    cases = ",\n".join(f"  async ({{ url, event }}) => {{ {body} }}" for body in BODIES)
    source = f"{HEAD}const cases = [\n{cases}\n]\n"
    source += "exports.main = async event => cases[event.number]({ url: event.url, event })\n"
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "index.js").write_text(source, "utf-8")
    result = draft(tmp_path / "node")
    assert [todo.why for todo in result.todos] == []
    write(result, tmp_path / "moved")
    with pair(tmp_path / "node", tmp_path / "moved") as running:
        compared = [running.compare(case({"url": server, "number": number})) for number in range(len(BODIES))]
    assert [] == [(BODIES[at], one.differences) for at, one in enumerate(compared) if not one.equal]
