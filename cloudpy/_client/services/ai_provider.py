"""Providers of language models: the request and the response format of each. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..._wire import jsontext
from ...errors import CloudSDKError
from .ai_request import AIRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CAPITAL = re.compile("[A-Z]")


class Provider:
    """One provider of models.

    Args:
        path: of its chat, below ``/ai``.
        headers: further ones of its requests.
        title_case: whether its answers are in TitleCase, with ``Response`` around them.
        add_role: whether pieces of its answers lack the role.
        skip_empty: whether to skip pieces with neither text nor tools.
    """

    __slots__ = ("add_role", "headers", "path", "skip_empty", "title_case")

    def __init__(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        title_case: bool = False,
        add_role: bool = False,
        skip_empty: bool = False,
    ) -> None:
        self.path = path
        self.headers = headers or {}
        self.title_case = title_case
        self.add_role = add_role
        self.skip_empty = skip_empty

    def request(self, data: Mapping[str, Any], timeout: float | None, *, stream: bool) -> AIRequest:
        """Return the request for an answer."""
        body = {**data, "stream": stream}
        return AIRequest("POST", f"/ai/{self.path}", body, headers=self.headers, stream=stream, timeout=timeout)

    def output(self, value: Any) -> dict[str, Any]:
        """Return the answer as all providers have it, and ``rawResponse``."""
        found = snake_case(value.get("Response")) if self.title_case and isinstance(value, dict) else value
        if not isinstance(found, dict):
            raise not_understood(value)
        return {**found, "rawResponse": value}

    def pieces(self) -> Pieces:
        """Return what reads the pieces of one answer."""
        return Pieces(self)


class Pieces:
    """Reads the pieces of one answer: JSON of events in, chunks with ``rawResponse`` out."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._is_tool_call: bool | None = None

    def read(self, raw: Any) -> dict[str, Any] | None:
        """Return the chunk for one piece, or None if it is skipped."""
        provider = self._provider
        chunk = snake_case(raw) if provider.title_case else raw
        choices = chunk.get("choices") if isinstance(chunk, dict) else None
        if provider.skip_empty:
            delta = choices[0].get("delta") if choices and isinstance(choices[0], dict) else None
            if not isinstance(delta, dict) or not (delta.get("content") or delta.get("tool_calls")):
                return None
        if not isinstance(choices, list) or not all(isinstance(item, dict) for item in choices):
            raise not_understood(raw)
        return {**chunk, "choices": [self._choice(choice) for choice in choices], "rawResponse": raw}

    def _choice(self, choice: dict[str, Any]) -> dict[str, Any]:
        message = choice.get("delta")
        if not isinstance(message, dict):
            raise not_understood(choice)
        if self._provider.add_role:
            message["role"] = "assistant"
        if self._is_tool_call is None:
            self._is_tool_call = calls_tool(message)
        return {**choice, "finish_reason": "tool_calls"} if self._is_tool_call else choice


PROVIDERS: dict[str, Any] = {
    "hunyuan": Provider("hunyuan", {"X-Tc-Action": "ChatCompletions"}, title_case=True),
    "hunyuan-beta": Provider("hunyuan-beta/openapi/v1/chat/completions"),
    "ark": Provider("ark/api/v3/chat/completions"),
    "dashscope": Provider("dashscope/compatible-mode/v1/chat/completions", add_role=True),
    "01-ai": Provider("01-ai/v1/chat/completions", add_role=True, skip_empty=True),
    "moonshot": Provider("moonshot/v1/chat/completions"),
    "zhipu": Provider("zhipu/api/paas/v4/chat/completions"),
    "hunyuan-exp": Provider("hunyuan-exp/chat/completions"),
    "hunyuan-open": Provider("hunyuan-open/v1/chat/completions"),
    "deepseek": Provider("deepseek/chat/completions"),
}


def calls_tool(message: Any) -> bool:
    """Whether a message asks for a tool."""
    calls = message.get("tool_calls") if isinstance(message, dict) else None
    return bool(calls) and isinstance(calls, list) and calls[0] is not None and message.get("role") == "assistant"


def not_understood(value: Any) -> CloudSDKError:
    """Return the error for an answer that no model gives."""
    from .. import redact

    shown = redact.text(jsontext.stringify(value, quote=jsontext.quote_plainly)[:300])
    return CloudSDKError(-1, f"ai:fail the answer is not that of a model: {shown}", api="ai")


def snake_case(value: Any) -> Any:
    """Return a value with its keys in snake_case instead of TitleCase."""
    if isinstance(value, list):
        return [snake_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_snake(key): snake_case(item) for key, item in value.items()}


def _snake(key: str) -> str:
    found = _CAPITAL.sub(lambda match: f"_{match[0].lower()}", key)
    return found[1:] if found[:1] == "_" else found
