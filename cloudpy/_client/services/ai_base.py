"""The part of ``cloud.ai()`` without I/O: bots, models and their paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from ...errors import INVALID_PARAM, CloudSDKError, ConfigError
from ..config import Config
from .ai_chat import TOOLS
from .ai_provider import PROVIDERS, Provider
from .ai_request import AIRequest
from .parameters import initialized

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config import Env

_IMAGE_PATH = "images/ar/generations"
_IMAGE_PATHS = {"hunyuan-image": ((re.compile(r"hunyuan-image(-v[12](\..*)?)?"), "images/generations"),)}
_ONE_IMAGE = "HY-Image-v3.0-I2I-ToB-v1.0.1"

# name -> method, path below /aibot, whether it is answered piece by piece
BOT_CALLS: dict[str, tuple[str, str, bool]] = {
    "list": ("GET", "bots", False),
    "create": ("POST", "bots", False),
    "get": ("GET", "bots/{botId}", False),
    "update": ("PATCH", "bots/{botId}", False),
    "delete": ("DELETE", "bots/{botId}", False),
    "getChatRecords": ("GET", "bots/{botId}/records", False),
    "sendFeedback": ("POST", "bots/{botId}/feedback", False),
    "getFeedback": ("GET", "bots/{botId}/feedback", False),
    "uploadFiles": ("POST", "bots/{botId}/files", False),
    "createConversation": ("POST", "bots/{botId}/conversation", False),
    "getConversation": ("GET", "bots/{botId}/conversation", False),
    "deleteConversation": ("DELETE", "bots/{botId}/conversation/{conversationId}", False),
    "speechToText": ("POST", "bots/{botId}/speech-to-text", False),
    "textToSpeech": ("POST", "bots/{botId}/text-to-speech", False),
    "getTextToSpeechResult": ("GET", "bots/{botId}/text-to-speech", False),
    "getRecommendQuestions": ("POST", "bots/{botId}/recommend-questions", True),
    "generateBot": ("POST", "generate-bot", True),
    "getPreview": ("POST", "preview", True),
    "generateImage": ("POST", "generate-image", False),
    "sendMessage": ("POST", "bots/{botId}/send-message", True),
}


class BaseAI:
    """The models and bots of one environment.

    Args:
        config: of the Cloud; None before init().
        options: ``{"config": {"env": …}}``, or None.
    """

    def __init__(self, config: Config | None, options: Mapping[str, Any] | None = None) -> None:
        self._config = initialized(config, "ai")
        if options is not None and not isinstance(options, Mapping):
            raise ConfigError(INVALID_PARAM, f"ai:fail options must be a dict, got a {type(options).__name__}")
        self._env: Env = self._config.env_for("ai", (options or {}).get("config"), "ai")

    def registerModel(self, name: str, model: Any) -> None:
        """Add a provider of models of your own, for ``createModel(name)`` in this process.

        Args:
            name: one that is taken already is left as it is, with a warning.
            model: called with a function for requests and the base URL's path; gives an object with ``doGenerate`` and
                ``doStream``.
        """
        if name in PROVIDERS:
            _warn(f"ai: there is a model {name!r} already, which stays")
            return
        PROVIDERS[name] = model

    def registerFunctionTool(self, functionTool: Mapping[str, Any]) -> None:
        """Add a tool that models may call, in this process.

        Args:
            functionTool: ``name``, ``fn``, ``description``, and ``parameters`` as JSON Schema. ``fn`` is called with
                the model's arguments, one dict. Give it to ``generateText`` under ``tools`` as well.

        Raises:
            ConfigError: it has no name, or its `fn` cannot be called.
        """
        found = functionTool if isinstance(functionTool, Mapping) else {}  # type: ignore[redundant-expr]
        if not isinstance(found.get("name"), str) or not callable(found.get("fn")):
            raise ConfigError(INVALID_PARAM, "ai:fail registerFunctionTool() takes a dict with name and fn, a function")
        if found["name"] in TOOLS:
            _warn(f"ai: the tool {found['name']!r} is registered again, and replaced")
        TOOLS[found["name"]] = found["fn"]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def provider_of(model: str, options: Mapping[str, Any] | None) -> Any:
    """Return the provider of a name; the path of an unknown one is ``NAME/chat/completions``."""
    if not isinstance(model, str) or not model:  # type: ignore[redundant-expr]
        kind = type(model).__name__
        raise ConfigError(INVALID_PARAM, f"ai:fail createModel() takes the name of a provider, got a {kind}")
    provider = PROVIDERS.get(model)
    if provider is not None:
        return provider
    path = (options or {}).get("defaultModelSubUrl")
    return Provider(f"{segment(model)}{quote(path, safe='/?=&') if isinstance(path, str) else '/chat/completions'}")


def segment(name: str) -> str:
    """Return a name as one segment of a path.

    Raises:
        ConfigError: it would lead to another path.
    """
    if name in (".", ".."):
        raise ConfigError(INVALID_PARAM, f"ai:fail {name!r} is not a name", api="ai")
    return quote(name, safe="")


def timeout_of(options: Mapping[str, Any] | None) -> float | None:
    """Return the seconds of ``options={"timeout": …}``."""
    return (options or {}).get("timeout")


def image_request(provider: str, given: Any, options: Mapping[str, Any] | None = None) -> AIRequest:
    """Return the request for an image.

    Raises:
        CloudSDKError: more images than the model takes.
    """
    data = given if isinstance(given, Mapping) else {}
    model = data.get("model")
    if model == _ONE_IMAGE and provider in ("", "hunyuan-image"):
        for field in ("image_urls", "images"):
            if len(data.get(field) or ()) > 1:
                raise CloudSDKError(
                    INVALID_PARAM, f"ai:fail 当模型为 {_ONE_IMAGE} 时，{field} 最多只能有 1 个元素", api="ai"
                )
    path = _IMAGE_PATH
    if isinstance(model, str):
        rules = _IMAGE_PATHS.get(provider, ())
        path = next((sub for pattern, sub in rules if pattern.fullmatch(model)), path)
    if not isinstance(provider, str):
        kind = type(provider).__name__  # type: ignore[unreachable]
        raise ConfigError(INVALID_PARAM, f"ai:fail createImageModel() takes the name of a provider, got a {kind}")
    return AIRequest("POST", f"/ai/{segment(provider)}/{path}", data, timeout=timeout_of(options))


def bot_request(name: str, props: Any, options: Mapping[str, Any] | None) -> AIRequest:
    """Return the request for a method of ``ai.bot``.

    Raises:
        ConfigError: what the path needs is missing.
    """
    method, path, stream = BOT_CALLS[name]
    given = dict(props) if isinstance(props, Mapping) else {}
    data: Any = given
    ids = given
    if name == "create" or name == "update":
        data = given.get("botInfo")
    elif name == "sendFeedback":
        data = ids = given.get("userFeedback") or {}
    elif name in ("get", "delete"):
        data = {}
    elif name in ("createConversation", "deleteConversation"):
        data = {key: item for key, item in given.items() if key not in ("botId", "conversationId")}
        if name == "createConversation" and "conversationId" in given:
            data["conversationId"] = given["conversationId"]
    elif name == "getConversation":
        data = _page(given)
    for needed in re.findall(r"\{(\w+)\}", path):
        if not isinstance(ids.get(needed), str) or not ids[needed]:
            raise ConfigError(INVALID_PARAM, f"ai:fail bot.{name}() needs {needed}, a string", api="ai")
    filled = re.sub(r"\{(\w+)\}", lambda match: segment(ids[match[1]]), path)
    return AIRequest(method, f"/aibot/{filled}", data or {}, stream=stream, timeout=timeout_of(options))


def _page(given: Mapping[str, Any]) -> dict[str, Any]:
    size, number = given.get("pageSize", 10), given.get("pageNumber", 1)
    if not isinstance(size, int) or not isinstance(number, int) or number < 1:
        raise ConfigError(INVALID_PARAM, "ai:fail pageSize and pageNumber must be integers above 0", api="ai")
    rest = {key: item for key, item in given.items() if key not in ("pageSize", "pageNumber", "botId")}
    return {**rest, "offset": size * (number - 1), "limit": size}


def as_input(given: Mapping[str, Any] | None, keywords: Mapping[str, Any], call: str) -> Mapping[str, Any]:
    """Return parameters given as one dict, or as keywords."""
    if given is None:
        return keywords
    if keywords:
        raise ConfigError(INVALID_PARAM, f"ai:fail {call}() takes one dict or keywords, not both", api="ai")
    return given


def text_of_chunk(chunk: Mapping[str, Any]) -> str | None:
    """Return the text of a chunk of a model."""
    choices = chunk.get("choices")
    delta = choices[0].get("delta") if choices and isinstance(choices[0], Mapping) else None
    content = delta.get("content") if isinstance(delta, Mapping) else None
    return content if isinstance(content, str) else None


def text_of_bot(data: Any) -> Any:
    """Return the text of a piece of a bot's answer."""
    content = data.get("content") if isinstance(data, Mapping) else None
    return "" if content is None else content


def until_done(read: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], tuple[bool, Any]]:
    """Return what decodes the events of a model's answer."""
    from .ai_stream import json_of

    def decode(event: Mapping[str, Any]) -> tuple[bool, Any]:
        ended, value = json_of(event)
        return ended, None if value is None else read(value)

    return decode


def _warn(text: str) -> None:
    from ..logging import logger

    logger().warning("%s", text)
