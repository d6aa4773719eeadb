"""Signed requests as the SDK sends them, with every part open to be bent."""

from __future__ import annotations

import json
from typing import Any

from cloudpy._wire import case, form, jsontext, messages, signature
from cloudpy.local import Backend, environment
from cloudpy.local.http import router
from cloudpy.local.http.message import HttpRequest, HttpResponse

HOST = "local.wechat"
MARK = "-" * 26 + "0123456789abcdef01234567"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Client:
    """Sends calls to a backend's gateway endpoint as the SDK does; keywords replace each part."""

    def __init__(self, backend: Backend, **who: Any) -> None:
        self.backend = backend
        self.variables = environment(backend, f"http://{HOST}", **who)
        self.token = self.variables.get("WX_API_TOKEN") or self.variables["WX_TRIGGER_API_TOKEN_V0"]

    def request(
        self,
        api: str = "cloudbase.getOpenData",
        params: dict[str, Any] | None = None,
        *,
        pairs: list[dict[str, Any]] | None = None,
        data: bytes | None = None,
        fields: list[tuple[str, str | bytes]] | None = None,
        change: dict[str, str | bytes | None] | None = None,
        headers: dict[str, str | None] | None = None,
        target: str | None = None,
        sent_target: str | None = None,
        method: str = "POST",
        age: float = 1.0,
        secret_id: str | None = None,
        secret_key: str | None = None,
        body: bytes | None = None,
    ) -> HttpRequest:
        """A request; `headers` and `body` are changed after signing, everything else before it."""
        if pairs is None:
            wire = case.to_snake(params or {})
            pairs = [{"key": key, "value": jsontext.stringify(value).encode()} for key, value in wire.items()]
        if data is None:
            data = messages.encode("CommApiData", {"api_type": 0, "openapi_data": {"pairs": pairs}})
        if fields is None:
            values: dict[str, str | bytes | None] = {
                "action": "wx.openApi",
                "apiName": api,
                "requestData": data,
                "envName": self.backend.env,
                "wxCloudApiToken": self.token,
                "tcb_sessionToken": "",
                "crossAuthorizationToken": "",
            }
            values.update(change or {})
            fields = [(name, value) for name, value in values.items() if value is not None]
        target = target if target is not None else f"/admin?env={self.backend.env}&seqId=1_1"
        timestamp = int(self.backend.clock() - age)
        signed = [
            ("Host", HOST),
            ("Content-Type", f"multipart/form-data; boundary={MARK}"),
            ("User-Agent", "Test/1 Mixed-Case"),
            ("X-SDK-Version", "wx-server-sdk/4.0.2"),
        ]
        authorization = signature.authorization(
            method="post",
            url=f"http://{HOST}{target}",
            headers=signed,
            fields=fields,
            secret_id=secret_id or self.backend.secret_id,
            secret_key=secret_key or self.backend.secret_key,
            timestamp=timestamp,
        )
        sent = dict([*signed, ("Authorization", authorization), ("X-Timestamp", str(timestamp))])
        for name, value in (headers or {}).items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = value
        content = form.encode(fields, MARK) if body is None else body
        return HttpRequest(method, sent_target or target, list(sent.items()), content)

    def call(
        self, api: str = "cloudbase.getOpenData", params: dict[str, Any] | None = None, **how: Any
    ) -> dict[str, Any]:
        """The decoded CommOpenApiResp; its ``json`` is the body's when that is JSON."""
        return answer_of(self.send(api, params, **how))

    def send(
        self, api: str = "cloudbase.getOpenData", params: dict[str, Any] | None = None, **how: Any
    ) -> HttpResponse:
        return router.handle(self.backend, self.request(api, params, **how))


def answer_of(answer: HttpResponse) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    assert dict(answer.headers)["Content-Type"] == "application/octet-stream", answer.body
    message = messages.decode("CommOpenApiResp", answer.body)
    if "json" in message["content_type"]:
        message["json"] = json.loads(message["resp_data"])
    return message


def error_of(answer: HttpResponse) -> dict[str, Any]:
    """The gateway's own error, which must be served as exactly the type by which the SDKs know it."""
    assert dict(answer.headers)["Content-Type"] == "application/json; charset=utf-8"
    error = json.loads(answer.body)
    assert set(error) == {"code", "message", "requestId"}
    assert error["requestId"]
    return dict(error)
