"""WeChat's own endpoints for tokens and tickets: one request, one JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from .._client import redact, retry
from .._transports import Request, Response, TransportFailure
from .._wire import answer, jsontext, proxy
from .._wire.status_text import status_text
from ..errors import SYSTEM_ERROR, CallTimeoutError, CloudSDKError, TransportError, error_for_code, text_of

_RETRIES = 2
# WeChat's message says that it refused; these say what to do.
_EXPLAINED = {
    40001: "the AppSecret is not this account's（AppSecret 与 appid 不匹配）",
    40013: "no such appid（appid 不存在）",
    40125: "the AppSecret is wrong, or was reset in the console（AppSecret 错误或已被重置）",
    40164: "add this server's address to the account's IP whitelist（请把服务器 IP 加入白名单）",
    40243: "the AppSecret is frozen: unfreeze it in the console（AppSecret 已被冻结）",
    45009: "the daily quota is used up（调用次数已达上限）",
    45011: "too many requests, try again later（调用太频繁）",
}


class Endpoint:
    """Where WeChat's HTTPS API is, and how to get there.

    Args:
        service_url: without a path; empty for WeChat's own.
        proxy: as of ``init(proxy=…)``.
        ca: as of ``init(ca=…)``.
    """

    HOST = "api.weixin.qq.com"

    def __init__(self, service_url: str = "", proxy: str = "", ca: str = "") -> None:
        self.service_url = service_url.rstrip("/") or f"https://{self.HOST}"
        self._proxy = proxy
        self._ca = ca

    @property
    def is_wechat(self) -> bool:
        """Whether it is WeChat's own address."""
        return self.service_url == f"https://{self.HOST}"

    def ask(
        self,
        name: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        timeout: float,
        repeatable: bool,
        secrets: Iterable[str],
    ) -> dict[str, Any]:
        """Return what WeChat answers.

        Args:
            name: what the request is called in errors.
            path: of WeChat's API, such as ``/cgi-bin/token``.
            query: makes it a GET.
            body: makes it a POST with JSON.
            timeout: seconds for all attempts together.
            repeatable: whether asking twice does no harm.
            secrets: what no error shows.

        Raises:
            CloudSDKError: WeChat refused, with its code.
            TransportError, CallTimeoutError: no answer came.
        """
        call = _TokenCall(name, lambda: self._request(path, query, body), secrets)
        return retry.run(retry.attempts(call, timeout, _RETRIES if repeatable else 0, idempotent=repeatable))

    def _request(self, path: str, query: Mapping[str, str] | None, body: Mapping[str, Any] | None) -> Request:
        url = f"{self.service_url}{path}"
        scheme, _, host = self.service_url.partition("://")
        headers = [("Host", host)]
        content = b""
        if query:
            url += f"?{urlencode(query, quote_via=quote, safe='')}"
        if body is not None:
            headers.append(("Content-Type", "application/json"))
            content = json.dumps(body, ensure_ascii=False).encode()
        way = proxy.from_environment(scheme, host) if self._proxy == "environment" else self._proxy
        return Request("POST" if body is not None else "GET", url, headers, content, proxy=way, ca=self._ca)


class _TokenCall:
    """One request, as the retries see it."""

    def __init__(self, name: str, build: Callable[[], Request], secrets: Iterable[str]) -> None:
        self._name = name
        self._secrets = secrets
        self.build = build

    def read(self, response: Response) -> dict[str, Any]:
        return _read(self._name, response)

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        return _failed(self._name, failure)

    def secrets(self) -> Iterable[str]:
        return self._secrets


def _read(name: str, response: Response) -> dict[str, Any]:
    if response.status != 200:
        cause = f"{response.status} {status_text(response.status)}"
        raise CloudSDKError(**answer.failure(name, SYSTEM_ERROR, cause))
    try:
        found = jsontext.parse_strictly(response.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        cause = "200 OK, but the answer is not a JSON object: something between here and WeChat answered"
        raise CloudSDKError(**answer.failure(name, SYSTEM_ERROR, cause))
    code = answer.integer(found.get("errcode"))
    if code:
        raise refusal(name, code, str(found.get("errmsg", "")))
    return found


def refusal(name: str, code: int, words: str) -> CloudSDKError:
    """Return the error for an errcode of WeChat's."""
    explained = f" ({_EXPLAINED[code]})" if code in _EXPLAINED else ""
    return error_for_code(code, f"{name}:fail {code} {redact.text(words)}{explained}".replace("  ", " "))


def _failed(name: str, failure: TransportFailure) -> CloudSDKError:
    kind = CallTimeoutError if failure.timed_out else TransportError
    return kind(SYSTEM_ERROR, f"{name}:fail {SYSTEM_ERROR} {text_of(SYSTEM_ERROR)}. {failure.cause}")
