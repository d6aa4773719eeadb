"""Reference → Python API: directives for mkdocstrings, which reads the docstrings."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .markdown import Text, fence

_FOLDER = "reference/python"


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        file: its name, without folder and .md.
        title: its heading.
        intro: the text below.
        module: the module that exports the names.
        groups: heading -> names of the module, in the order of the page.
        prefix: how the reader's program writes a name.
        inherited: show the methods that a class inherits.
    """

    file: str
    title: Text
    intro: Text
    module: str
    groups: dict[Text, tuple[str, ...]]
    prefix: str = ""
    inherited: bool = False
    setup: str = field(default="")


_ALL = Text("", "")
PAGES = (
    Page(
        "cloud",
        Text("cloud: calls and services", "cloud：调用与服务"),
        Text(
            "`import cloudpy as cloud` has these names to be awaited, `import cloudpy.sync as cloud` the same "
            "without `await`.",
            "`import cloudpy as cloud` 用 `await` 调用，`import cloudpy.sync as cloud` 名称相同、不用 `await`。"
            "下面的说明取自源码中的 docstring，为英文。",
        ),
        "cloudpy",
        {
            Text("Setup", "初始化"): (
                "init", "createNewInstance", "updateConfig", "DYNAMIC_CURRENT_ENV", "UNDEFINED", "Cloud", "aclose",
            ),
            Text("The function and its caller", "云函数与调用者"): (
                "function", "getWXContext", "logger", "on_call", "CallRecord",
            ),
            Text("Calling WeChat and functions", "调用微信和云函数"): (
                "openapi", "callOpenAPI", "callFunction", "registerService",
            ),
            Text("Files", "云存储"): ("uploadFile", "downloadFile", "getTempFileURL", "deleteFile"),
            Text("Database and models", "云数据库与大模型"): ("database", "ai"),
            Text("Open data, signatures, payments", "开放数据、签名、支付"): (
                "getOpenData", "getCloudCallSign", "getVoIPSign", "signature", "cloudPay",
            ),
        },
        "cloud.",
    ),
    Page(
        "database",
        Text("Database", "云数据库"),
        Text(
            "What `cloud.database()` returns. In `cloudpy.sync` the same methods block.",
            "`cloud.database()` 返回的对象。`cloudpy.sync` 里方法相同，不用 `await`。",
        ),
        "cloudpy",
        {_ALL: ("Database", "Collection", "Query", "Document", "Aggregate", "Transaction")},
        inherited=True,
    ),
    Page(
        "events",
        Text("Types of events", "事件的类型"),
        Text(
            "For annotations: `async def main(event: cloud.Event, context: cloud.Context)`. At run time each is "
            "a dict.",
            "用于类型注解：`async def main(event: cloud.Event, context: cloud.Context)`。运行时都是 dict。",
        ),
        "cloudpy",
        {_ALL: ("Event", "Context", "WXContext", "TimerEvent", "HttpEvent", "PushMessage")},
        "cloud.",
    ),
    Page(
        "errors",
        Text("Exceptions", "异常"),
        Text(
            "Every failed call raises `CloudSDKError` or a subclass; [errors](../../errors.md) says what to do.",
            "调用失败时抛出 `CloudSDKError` 或它的子类，处理办法见[错误](../../errors.md)。",
        ),
        "cloudpy",
        {
            _ALL: (
                "CloudSDKError", "ConfigError", "ApiPermissionError", "SystemBusyError", "TransportError",
                "CallTimeoutError",
                "DatabaseError", "CollectionNotFoundError", "DocumentNotFoundError", "DuplicateIdError",
                "TransactionConflictError", "TransactionExpiredError", "TransactionRolledBackError", "StoreError",
            )
        },
        "cloud.",
    ),
    Page(
        "testing",
        Text("cloudpy.testing", "cloudpy.testing：测试"),
        Text(
            "The fixture `wechat` is a `LocalWeChat`; [testing](../../testing.md) shows how to use it.",
            "fixture `wechat` 就是 `LocalWeChat`，用法见[测试](../../testing.md)。",
        ),
        "cloudpy.testing",
        {
            _ALL: (
                "LocalWeChat", "Stub", "ANY", "Calls", "Call", "Events", "Event", "CloudID", "Database",
                "Documents", "Storage",
                "Clock", "WeChatTestCase", "ExpectationError", "StubError", "TimeLimitError", "UnexpectedCallError",
            )
        },
        inherited=True,
    ),
    Page(
        "tokens",
        Text("cloudpy.tokens", "cloudpy.tokens：access_token"),
        Text(
            "Access tokens that many processes share; see [tokens](../../tokens.md).",
            "多个进程共用的 access_token，见 [access_token](../../tokens.md)。",
        ),
        "cloudpy.tokens",
        {_ALL: ("StableToken", "ClassicToken", "JsapiTicket")},
        inherited=True,
    ),
    Page(
        "stores",
        Text("cloudpy.stores", "cloudpy.stores：共享存储"),
        Text(
            "Where processes keep what they share: tokens, and the marks of messages that were handled.",
            "多个进程共享的数据放在哪里：access_token，以及已处理消息的记录。",
        ),
        "cloudpy.stores",
        {_ALL: ("Store", "Entry", "Lease", "MemoryStore", "FileStore", "RedisStore", "open_store")},
    ),
    Page(
        "push",
        Text("cloudpy.push", "cloudpy.push：消息推送"),
        Text(
            "Messages that WeChat pushes; see [push](../../push.md).",
            "接收微信推送的消息，见[消息推送](../../push.md)。",
        ),
        "cloudpy.push",
        {_ALL: ("MessagePush", "PushedMessage", "PushReply", "PushError")},
    ),
    Page(
        "asgi",
        Text("cloudpy.asgi", "cloudpy.asgi：挂载到 ASGI 应用"),
        Text(
            "Functions under uvicorn, beside FastAPI, Starlette or Django; see [mounting](../../mounting.md).",
            "把云函数挂到 uvicorn、FastAPI、Starlette、Django，见[挂载](../../mounting.md)。",
        ),
        "cloudpy.asgi",
        {_ALL: ("app", "mount")},
        "asgi.",
    ),
    Page(
        "wsgi",
        Text("cloudpy.wsgi", "cloudpy.wsgi：挂载到 WSGI 应用"),
        Text(
            "Functions under gunicorn, beside Flask or Django; see [mounting](../../mounting.md).",
            "把云函数挂到 gunicorn、Flask、Django，见[挂载](../../mounting.md)。",
        ),
        "cloudpy.wsgi",
        {_ALL: ("app", "mount")},
        "wsgi.",
    ),
    Page(
        "otel",
        Text("cloudpy.otel", "cloudpy.otel：OpenTelemetry"),
        Text(
            "Spans and metrics of cloud calls; see [observability](../../observability.md).",
            "云调用的 span 和指标，见[可观测性](../../observability.md)。",
        ),
        "cloudpy.otel",
        {_ALL: ("instrument", "uninstrument")},
        "otel.",
    ),
)  # fmt: skip

# Values, which have no docstring of their own.
_VALUES = {
    "DYNAMIC_CURRENT_ENV": Text(
        "The environment of the running function, for `init(env=…)`.", "云函数当前所在的环境，用于 `init(env=…)`。"
    ),
    "UNDEFINED": Text(
        "JavaScript's `undefined`: parameters, documents, conditions and results omit a key with this value.",
        "相当于 JavaScript 的 `undefined`：值为它的键不会出现在参数、记录、查询条件和返回值里。",
    ),
    "openapi": Text(
        "The APIs of WeChat: `await cloud.openapi.security.msgSecCheck(…)`. [APIs](../../apis/index.md) has a "
        "page for each "
        "namespace, [calling APIs](../../calling.md) the options.",
        "微信的接口：`await cloud.openapi.security.msgSecCheck(…)`。"
        "[云调用接口](../../apis/index.md)按命名空间列出全部接口，"
        "[调用接口](../../calling.md)介绍选项。",
    ),
    "cloudPay": Text(
        "WeChat Pay: `await cloud.cloudPay.unifiedOrder(…)`; see [payments](../../pay.md).",
        "微信支付：`await cloud.cloudPay.unifiedOrder(…)`，见[支付](../../pay.md)。",
    ),
    "ANY": Text("In the parameters of a stub: any value.", "用在 stub 的参数里，表示任意值。"),
}
_TYPES = ("Event", "Context", "WXContext", "TimerEvent", "HttpEvent", "PushMessage")


def pages(language: str) -> dict[str, str]:
    """Return the pages of the Python API."""
    return {f"{_FOLDER}/{page.file}.md": "\n".join(_page(page, language)) for page in PAGES}


def titles() -> dict[str, Text]:
    """Return path -> heading of each page, in the order of the navigation."""
    return {f"{_FOLDER}/{page.file}.md": page.title for page in PAGES}


def identifier(module: str, name: str) -> str:
    """Return where griffe finds a public name: module and qualified name of its definition."""
    if module == "cloudpy" and name in _TYPES:
        return f"cloudpy._typed.events.{name}"
    found: Any = getattr(importlib.import_module(module), name)
    found = getattr(found, "__func__", found)
    return f"{found.__module__}.{found.__qualname__}"


def _page(page: Page, language: str) -> Iterator[str]:
    yield f"# {page.title.of(language)}\n\n{page.intro.of(language)}\n"
    if page.setup:
        yield fence("python", page.setup)
    for group, names in page.groups.items():
        if group.en:
            yield f"## {group.of(language)}\n"
        for name in names:
            yield from _entry(page, name, 3 if group.en else 2, language)


def _entry(page: Page, name: str, level: int, language: str) -> Iterator[str]:
    shown = f"{page.prefix}{name}"
    if name in _VALUES:
        yield f"{'#' * level} `{shown}` {{#{shown}}}\n\n{_VALUES[name].of(language)}\n"
        return
    options = [f'heading: "{shown}"', f'toc_label: "{shown}"', f"heading_level: {level}"]
    if page.inherited:
        options.append("inherited_members: true")
    yield f"::: {identifier(page.module, name)}\n    options:\n" + "".join(f"        {line}\n" for line in options)
