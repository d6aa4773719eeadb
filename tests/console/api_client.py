"""Requests to the console's API of a running ``cloudpy dev``."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from tests.devserver.dev_process import Answer, Dev


class ApiClient:
    """Sends requests with the token; an answer that is no success fails the test."""

    def __init__(self, dev: Dev) -> None:
        self._dev = dev
        self.token = dev.lines[0]["console"].partition("?token=")[2]

    def ask(self, method: str, target: str, body: Any = None, *, token: bool = True, **query: Any) -> Answer:
        """The answer, whatever its status; `body` is JSON, or bytes."""
        headers = {"x-console-token": self.token} if token else {}
        headers["content-type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        address = f"/_console/api{quote(target)}{f'?{urlencode(query)}' if query else ''}"
        return self._dev.request(method, address, data, headers)

    def __call__(self, method: str, target: str, body: Any = None, **query: Any) -> Any:
        answer = self.ask(method, target, body, **query)
        assert answer.status == 200, answer
        return answer.json()

    def error(self, method: str, target: str, body: Any = None, **query: Any) -> tuple[int, str, str]:
        """Status, code and message of an error."""
        answer = self.ask(method, target, body, **query)
        value = answer.json()
        return answer.status, value["errCode"], value["errMsg"]

    def put_file(self, path: str, content: bytes, replace: bool = False) -> Any:
        """Upload a file in pieces, as the page does."""
        begun = self("POST", "/storage/uploads", {"path": path, "replace": replace})
        for offset in range(0, len(content), begun["piece"]):
            self("PUT", f"/storage/uploads/{begun['upload']}", content[offset : offset + begun["piece"]], offset=offset)
        return self("POST", f"/storage/uploads/{begun['upload']}")
