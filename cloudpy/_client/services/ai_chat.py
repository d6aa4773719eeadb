"""Chats with language models, and the tools that a model has called. No I/O.

The logic is generators that yield the next step and receive its outcome. The async and the blocking API share them.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

from ..._wire import jsontext
from ...errors import INVALID_PARAM, ConfigError
from .ai_provider import calls_tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Todo = Generator[Any, Any, Any]

_MAX_STEPS = 10
# Of the process, as in Node.
TOOLS: dict[str, Callable[..., Any]] = {}


class Generate:
    """Ask the model; the outcome is its answer."""

    __slots__ = ("data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data


class OpenStream(Generate):
    """Ask the model for an answer piece by piece; the outcome is a feed of chunks."""

    __slots__ = ()


class Read:
    """Read a feed at a position; the outcome is the chunk, or None at the end."""

    __slots__ = ("feed", "position")

    def __init__(self, feed: Any, position: int) -> None:
        self.feed = feed
        self.position = position


class Call:
    """Call a function of the program, and await its result if necessary; the outcome is the result."""

    __slots__ = ("argument", "function")

    def __init__(self, function: Callable[..., Any], argument: Any) -> None:
        self.function = function
        self.argument = argument


class StreamOutcome:
    """What `stream_text` returns.

    Attributes:
        feed: the chunks of the last answer.
        messages, usage: as far as they are known before the feed has ended.
        error: the exception that ended the calls of tools, or None.
        open: whether the text of the feed is still to be added to messages and usage.
    """

    __slots__ = ("error", "feed", "finished", "messages", "on_step_finish", "open", "usage")

    def __init__(
        self,
        feed: Any,
        messages: list[Any],
        usage: dict[str, int],
        on_step_finish: Any,
        *,
        is_open: bool,
        error: Any = None,
    ) -> None:
        self.feed = feed
        self.messages = messages
        self.usage = usage
        self.on_step_finish = on_step_finish
        self.open = is_open
        self.error = error
        self.finished = False

    def finish(self) -> Todo:
        """Read the feed to its end, once, and add what was said to messages and usage."""
        if not self.open or self.finished:
            return
        message: dict[str, Any] = {"role": "assistant", "content": ""}
        reason, step = "", _no_usage()
        position = 0
        while (chunk := (yield Read(self.feed, position))) is not None:
            position += 1
            choice = _first(chunk)
            content = (choice.get("delta") or {}).get("content")
            if isinstance(content, str):
                message["content"] += content
            reason = choice.get("finish_reason") or reason
            _update(step, chunk.get("usage"))
        if self.finished:  # by another task, meanwhile
            return  # type: ignore[unreachable]
        self.finished = True
        self.messages = [*self.messages, message]
        _add(self.usage, step)
        if self.on_step_finish is not None:
            yield Call(
                self.on_step_finish,
                {
                    "messages": self.messages,
                    "finishReason": reason,
                    "text": message["content"],
                    "stepUsage": step,
                    "totalUsage": dict(self.usage),
                },
            )


def generate_text(given: Mapping[str, Any]) -> Todo:
    """Ask a model, call the tools that it asks for, and return the last answer; as ``generateText`` in Node."""
    on_step_finish, max_steps, data = prepare(given)
    total = _no_usage()
    raw: list[Any] = []
    output = yield Generate(data)
    raw.append(output["rawResponse"])
    step = 1
    while step < max_steps and (tool_call := _tool_call_of(output)) is not None:
        usage = _whole(output.get("usage"))
        _add(total, usage)
        try:
            result = yield _tool(tool_call)
            choice = _first(output)
            if on_step_finish is not None:
                yield Call(
                    on_step_finish,
                    {
                        "finishReason": choice.get("finish_reason"),
                        "messages": list(data["messages"]),
                        "text": choice["message"].get("content"),
                        "toolCall": tool_call,
                        "toolResult": result,
                        "stepUsage": usage,
                        "totalUsage": dict(total),
                    },
                )
            _push(data["messages"], choice["message"], result)
            output = yield Generate(data)
            raw.append(output["rawResponse"])
            step += 1
        except Exception as error:
            return {"text": "", "messages": data["messages"], "usage": total, "error": error, "rawResponses": raw}
    choice = _first(output)
    message = choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    text = "" if content is None else content
    messages = [*data["messages"], message] if message else data["messages"]
    usage = _whole(output.get("usage"))
    _add(total, usage)
    if on_step_finish is not None:
        yield Call(
            on_step_finish,
            {
                "finishReason": choice.get("finish_reason"),
                "messages": list(messages),
                "text": text,
                "toolCall": _tool_call_of(output),
                "toolResult": None,
                "stepUsage": usage,
                "totalUsage": dict(total),
            },
        )
    return {"text": text, "messages": messages, "usage": total, "rawResponses": raw}


def stream_text(given: Mapping[str, Any]) -> Todo:
    """Ask a model for an answer piece by piece, calling the tools that it asks for; as ``streamText`` in Node."""
    on_step_finish, max_steps, data = prepare(given)
    total = _no_usage()
    feed = yield OpenStream(data)
    while True:
        found = yield from _read_tool_call(feed)
        if found is None:
            return StreamOutcome(feed, data["messages"], total, on_step_finish, is_open=True)
        message, usage = found
        _add(total, usage)
        tool_call = message["tool_calls"][0]
        step = {
            "finishReason": "tool_calls",
            "messages": list(data["messages"]),
            "text": message["content"],
            "toolCall": tool_call,
            "stepUsage": usage,
            "totalUsage": dict(total),
        }
        if max_steps <= 1:  # in Node no other number ends the calls of tools
            messages = [*data["messages"], message]
            if on_step_finish is not None:
                yield Call(on_step_finish, {**step, "messages": list(messages), "finishReason": "tool_call"})
            return StreamOutcome(feed, messages, total, None, is_open=False)
        try:
            result = yield _tool(tool_call)
            if on_step_finish is not None:
                yield Call(on_step_finish, {**step, "toolResult": result})
            _push(data["messages"], message, result)
            feed = yield OpenStream(data)
        except Exception as error:
            return StreamOutcome(feed, data["messages"], total, None, is_open=False, error=error)


def prepare(given: Mapping[str, Any]) -> tuple[Any, int, dict[str, Any]]:
    """Return the callback, the number of steps, and what the provider is sent.

    Raises:
        ConfigError: the input is unusable.
    """
    if not isinstance(given, Mapping):
        raise ConfigError(INVALID_PARAM, f"ai:fail the input must be a dict, got a {type(given).__name__}", api="ai")
    data = {key: value for key, value in given.items() if key not in ("onStepFinish", "abortSignal", "maxSteps")}
    steps = given.get("maxSteps")
    if steps is not None and (not isinstance(steps, int) or steps < 1):
        raise ConfigError(INVALID_PARAM, f"ai:fail maxSteps must be an integer above 0, got {steps!r}", api="ai")
    messages = data.get("messages")
    if not isinstance(messages, (list, tuple)):
        kind = type(messages).__name__
        raise ConfigError(INVALID_PARAM, f"ai:fail messages must be a list of dicts, got a {kind}", api="ai")
    data["messages"] = list(messages)  # a list of the program's is not changed
    top_p, tool_choice = data.pop("topP", None), data.pop("toolChoice", None)
    if top_p is not None:
        data["top_p"] = top_p
    if tool_choice is not None:
        data["tool_choice"] = tool_choice
    if data.get("tools") is not None:
        data["tools"] = [_model_tool(tool) for tool in data["tools"]]
    for name in ("tools", "top_p", "tool_choice", "temperature"):
        if name in data and data[name] is None:
            del data[name]
    return given.get("onStepFinish"), _MAX_STEPS if steps is None else steps, data


def _model_tool(tool: Any) -> Any:
    if not isinstance(tool, Mapping) or "fn" not in tool:
        return tool
    function = {name: tool.get(name) for name in ("description", "name", "parameters") if tool.get(name) is not None}
    return {"type": "function", "function": function}


def _first(output: Mapping[str, Any]) -> dict[str, Any]:
    choices = output.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _tool_call_of(output: Mapping[str, Any]) -> dict[str, Any] | None:
    choice = _first(output)
    message = choice.get("message")
    if choice.get("finish_reason") != "tool_calls" or not isinstance(message, dict) or not calls_tool(message):
        return None
    found: dict[str, Any] = message["tool_calls"][0]
    return found


def _tool(tool_call: Mapping[str, Any]) -> Call:
    """Return the call of a tool that the program registered.

    Raises:
        LookupError: the program registered no tool of this name.
        ValueError: its arguments are not JSON.
    """
    function = tool_call["function"]
    if function["name"] not in TOOLS:
        raise LookupError(f"no function tool {function['name']!r} is registered: use ai.registerFunctionTool()")
    return Call(TOOLS[function["name"]], jsontext.parse_strictly(function["arguments"]))


def _push(messages: list[Any], message: Any, result: Any) -> None:
    content = jsontext.stringify(result, quote=jsontext.quote_plainly)
    messages += [message, {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": content}]


def _read_tool_call(feed: Any) -> Todo:
    """Read the call of a tool out of a feed; None when it is an answer in words, of which one chunk is read."""
    call: dict[str, Any] = {"id": "", "function": {"name": "", "arguments": ""}, "type": ""}
    message: dict[str, Any] = {"role": "assistant", "content": "", "tool_calls": [call]}
    usage = _no_usage()
    position = 0
    while (chunk := (yield Read(feed, position))) is not None:
        position += 1
        choice = _first(chunk)
        if choice.get("finish_reason") != "tool_calls":
            return None
        delta = choice.get("delta")
        if not delta:
            continue
        message["content"] += delta.get("content") or ""
        calls = delta.get("tool_calls")
        if "tool_calls" not in delta:
            continue
        part = calls[0] if calls else {}
        for name in ("id", "type"):
            call[name] = part.get(name) or call[name]
        function = part.get("function") or {}
        call["function"]["name"] = function.get("name") or call["function"]["name"]
        call["function"]["arguments"] += function.get("arguments") or ""
        _update(usage, chunk.get("usage"))
    return message, usage


def _no_usage() -> dict[str, int]:
    return {"completion_tokens": 0, "prompt_tokens": 0, "total_tokens": 0}


def _whole(usage: Any) -> dict[str, int]:
    found = _no_usage()
    _update(found, usage)
    return found


def _update(usage: dict[str, int], found: Any) -> None:
    for name in usage:
        if isinstance(found, dict) and found.get(name):
            usage[name] = found[name]


def _add(total: dict[str, int], step: Mapping[str, int]) -> None:
    for name in total:
        total[name] += step[name]
