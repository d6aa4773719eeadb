"""``cloud.ai()`` without ``await``: models and bots, answers whole or piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...errors import INVALID_PARAM, ConfigError
from .. import retry
from .ai_base import (
    BOT_CALLS,
    BaseAI,
    as_input,
    bot_request,
    image_request,
    provider_of,
    text_of_bot,
    text_of_chunk,
    timeout_of,
    until_done,
)
from .ai_chat import Call, Generate, OpenStream, Read, StreamOutcome, generate_text, stream_text
from .ai_provider import Provider
from .ai_request import AIRequest, steps, stream_steps
from .ai_stream import SyncFeed, json_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config import Config
    from .ai_chat import Todo


class AI(BaseAI):
    """The models and bots of one environment."""

    def __init__(self, config: Config | None, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(config, options)
        self.bot = Bot(self)

    def createModel(self, model: str, options: Mapping[str, Any] | None = None) -> ChatModel:
        """Return the models of a provider: ``ai.createModel("deepseek")``.

        Args:
            model: ``hunyuan-exp``, ``deepseek``, … or any other that the environment has.
            options: ``defaultModelSubUrl`` for a provider that is not known, in the place of ``/chat/completions``.
        """
        return ChatModel(self, provider_of(model, options))

    def createImageModel(self, provider: str) -> ImageModel:
        """Return the models of a provider that make images: ``ai.createImageModel("hunyuan-image")``."""
        return ImageModel(self, provider)

    def _send(self, asked: AIRequest) -> Any:
        return retry.run(steps(self._config, self._env, asked))

    def _open(self, asked: AIRequest, decode: Any) -> SyncFeed:
        config, env = self._config, self._env
        return SyncFeed(lambda file: stream_steps(config, env, asked, file), decode).open()

    def request(self, asked: Mapping[str, Any]) -> Any:
        """Make a request of a registered model: ``url``, ``data``, ``headers``, ``stream``, ``timeout``."""
        made = _asked(asked)
        if not made.stream:
            return self._send(made)
        feed = self._open(made, lambda event: (False, event))
        return feed.iterate()


class ChatModel:
    """The language models of one provider."""

    def __init__(self, ai: AI, provider: Any) -> None:
        self._ai = ai
        self._provider = provider if isinstance(provider, Provider) else provider(ai.request, "/ai")

    def generateText(
        self, input: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None, /, **keywords: Any
    ) -> dict[str, Any]:
        """Return a model's answer, after the tools that it asks for were called.

        Args:
            input: ``model``; ``messages``, dicts with ``role`` and ``content``; ``temperature``, ``topP``, ``tools``,
                ``toolChoice``; ``maxSteps`` (10); ``onStepFinish``, called after each step. One dict, or keywords.
            options: ``timeout`` in seconds.
            keywords: the input, if it is not one dict.

        Returns:
            ``text``, ``messages``, ``usage``, ``rawResponses``, and ``error`` when a tool failed.

        Raises:
            CloudSDKError: the gateway refused, or there was no answer.
        """
        given = as_input(input, keywords, "generateText")
        result: dict[str, Any] = self._drive(generate_text(given), options)
        return result

    def streamText(
        self, input: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None, /, **keywords: Any
    ) -> TextStream:
        """Return a model's answer piece by piece: ``for text in result.textStream``.

        Takes what ``generateText`` takes; ``timeout`` is the seconds without a byte.
        """
        given = as_input(input, keywords, "streamText")
        return TextStream(self, self._drive(stream_text(given), options))

    def _drive(self, todo: Todo, options: Mapping[str, Any] | None = None) -> Any:
        outcome: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = todo.send(outcome) if error is None else todo.throw(error)
            except StopIteration as done:
                return done.value
            outcome = error = None
            try:
                outcome = self._perform(step, options)
            except Exception as raised:
                error = raised

    def _perform(self, step: Any, options: Mapping[str, Any] | None) -> Any:
        if isinstance(step, Read):
            return step.feed.get(step.position)
        if isinstance(step, Call):
            result = step.function(step.argument)
            if hasattr(result, "__await__"):
                result.close()
                raise ConfigError(INVALID_PARAM, "ai:fail an async function cannot be called without await: give a def")
            return result
        provider, timeout = self._provider, timeout_of(options)
        if not isinstance(provider, Provider):
            if isinstance(step, OpenStream):
                return _Given(provider.doStream({**step.data}, options))
            output = provider.doGenerate({**step.data}, options)
            return {"rawResponse": output, **output}
        if isinstance(step, OpenStream):
            decode = until_done(provider.pieces().read)
            return self._ai._open(provider.request(step.data, timeout, stream=True), decode)
        assert isinstance(step, Generate)
        return provider.output(self._ai._send(provider.request(step.data, timeout, stream=False)))


class TextStream:
    """A model's answer piece by piece. Each of its streams begins at the beginning.

    Attributes:
        error: the exception of a tool that failed, or None.
    """

    def __init__(self, model: ChatModel, outcome: StreamOutcome) -> None:
        self._model = model
        self._outcome = outcome
        self.error = outcome.error

    @property
    def textStream(self) -> Iterator[str]:
        """The text."""
        return self._watched(text_of_chunk)

    @property
    def dataStream(self) -> Iterator[dict[str, Any]]:
        """The chunks, as of OpenAI: ``choices``, ``usage``; and ``rawResponse``, as the provider gave them."""
        return self._watched(lambda chunk: chunk)

    @property
    def messages(self) -> list[Any]:
        """The messages with the answer, when that has ended: it is waited for."""
        self._finish()
        return self._outcome.messages

    @property
    def usage(self) -> dict[str, int]:
        """The tokens that were used, when the answer has ended: it is waited for."""
        self._finish()
        return self._outcome.usage

    def _finish(self) -> None:
        self._model._drive(self._outcome.finish())

    def close(self) -> None:
        """End the answer before its end."""
        self._outcome.feed.close()

    def _watched(self, read: Any) -> Iterator[Any]:
        yield from self._outcome.feed.iterate(read)
        self._finish()  # onStepFinish is called when somebody has read it all


class ImageModel:
    """The models of one provider that make images."""

    def __init__(self, ai: AI, provider: str) -> None:
        self._ai = ai
        self._name = provider

    def generateImage(self, input: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        """Return images, ``{"data": [{"url": …}], …}``, for ``model``, ``prompt``, ``size`` and other parameters."""
        return self._ai._send(image_request(self._name, as_input(input, keywords, "generateImage")))


class Bot:
    """The bots (agents) of one environment."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, ai: AI) -> None:
        self._ai = ai

    def _call(self, name: str, props: Any, options: Mapping[str, Any] | None) -> Any:
        asked = bot_request(name, props, options)
        if not asked.stream:
            return self._ai._send(asked)
        return BotStream(self._ai._open(asked, lambda event: (False, event)))


class BotStream:
    """A bot's answer piece by piece. Each of its streams begins at the beginning."""

    def __init__(self, feed: SyncFeed) -> None:
        self._feed = feed

    @property
    def eventSourceStream(self) -> Iterator[dict[str, Any]]:
        """The events: ``type``, ``data``, ``id``, ``event``."""
        return self._feed.iterate()

    @property
    def dataStream(self) -> Iterator[Any]:
        """The JSON of the events."""
        return self._parsed(lambda value: value)

    @property
    def textStream(self) -> Iterator[str]:
        """The text: ``content`` of each event."""
        return self._parsed(text_of_bot)

    def close(self) -> None:
        """End the answer before its end."""
        self._feed.close()

    def _parsed(self, read: Any) -> Iterator[Any]:
        for event in self._feed.iterate():
            ended, value = json_of(event)
            if ended:
                break
            if value is not None:
                yield read(value)


class _Given:
    """The chunks of a registered model, as a feed."""

    def __init__(self, chunks: Iterator[Any]) -> None:
        self._chunks = chunks
        self._items: list[Any] = []

    def get(self, position: int) -> Any:
        while position >= len(self._items):
            try:
                self._items.append(self._chunks.__next__())
            except StopIteration:
                return None
        return self._items[position]

    def iterate(self, read: Any) -> Iterator[Any]:
        position = 0
        while (item := self.get(position)) is not None:
            position += 1
            value = read(item)
            if value is not None:
                yield value

    def close(self) -> None:
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()


def _asked(asked: Mapping[str, Any]) -> AIRequest:
    return AIRequest(
        "POST",
        asked["url"],
        asked.get("data") or {},
        headers=asked.get("headers"),
        stream=bool(asked.get("stream")),
        timeout=asked.get("timeout"),
    )


def _method(name: str) -> Any:
    def method(self: Bot, props: Any = None, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Any:
        return self._call(name, as_input(props, keywords, f"bot.{name}"), options)

    method.__name__ = name
    method.__qualname__ = f"Bot.{name}"
    return method


for _name in BOT_CALLS:
    setattr(Bot, _name, _method(_name))
