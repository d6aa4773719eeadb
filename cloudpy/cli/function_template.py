"""The templates of `cloudpy new`: files in ``templates``, one folder for each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import distribution
from ..i18n import current
from ..runtime import http_event, message_event, timer_event

_FOLDER = Path(__file__).with_name("templates")
FUNCTIONS = "cloudfunctions"  # WeChat DevTools' name for the folder of the functions
LAUNCH = ".vscode/launch.json"
_NAME = "FUNCTION_NAME"  # in the files, the name of the function
_FILES = ("index.py", "config.json", "local.yaml", "test_index.py")
# What the files have with `await`, and without
_SYNC = {"import cloudpy as cloud": "import cloudpy.sync as cloud", "async def ": "def ", "await ": ""}


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of function.

    Attributes:
        summary: a sentence in English.
        summary_zh: and in Chinese.
        run: the command that runs it, in its folder.
        event: what it gets in the debugger.
    """

    summary: str
    summary_zh: str
    run: str = "cloudpy run ."
    event: dict[str, Any] = field(default_factory=dict)


TEMPLATES = {
    "hello": Template("Returns the caller's open data behind a CloudID.", "用 CloudID 换取调用者的开放数据。"),
    "subscribe": Template("Sends the caller a subscribe message.", "给调用者发送订阅消息。"),
    "pay": Template(
        "Places an order with WeChat Pay, and takes the report of its payment.", "微信支付：下单，并接收支付结果通知。"
    ),
    "database-crud": Template(
        "Creates, lists, updates and deletes the caller's notes in the cloud database.",
        "云数据库增删改查：调用者自己的笔记。",
    ),
    "push": Template(
        "Answers messages of users, which message push sends here.",
        "接收消息推送，自动回复客服消息。",
        "cloudpy event message --content hours | cloudpy run . --event -",
        message_event("hours", openid="o-local-user"),
    ),
    "http": Template(
        "Answers the HTTP access service with a mini-program code as an image.",
        "响应 HTTP 访问服务，返回小程序码图片。",
        "cloudpy event http | cloudpy run . --event -",
        http_event(),
    ),
    "timer": Template(
        "Runs every ten minutes and sends reminders that are due.",
        "每十分钟由定时触发器触发，发送到期的提醒。",
        "cloudpy event timer --name remind | cloudpy run . --event -",
        timer_event("remind"),
    ),
    "phone": Template(
        "Reads the phone number that the user has agreed to share.",
        "获取用户授权的手机号。",
        """cloudpy run . --event '{"code": "code-1"}'""",
        {"code": "code-1"},
    ),
    "qrcode": Template("Makes a mini-program code and stores it.", "生成小程序码并存入云存储。"),
}


def files(name: str, template: str = "hello", *, sync: bool = False, launch: bool = True) -> dict[str, str]:
    """Return path -> content of a new function.

    Args:
        name: of the function.
        template: a key of `TEMPLATES`.
        sync: use ``cloudpy.sync``.
        launch: the folder gets .vscode/launch.json, too.
    """
    texts = {file: _read(template, file).replace(_NAME, name) for file in _FILES}
    if sync:
        for old, new in _SYNC.items():
            texts["index.py"] = texts["index.py"].replace(old, new)
    return {**texts, "requirements.txt": distribution.requirements_txt(), "README.md": _readme(name, template, launch)}


def project_files(name: str, functions: list[str]) -> dict[str, str]:
    """Return path -> content of a folder for several functions, beside those in ``cloudfunctions``.

    Args:
        name: of the project.
        functions: their names.
    """
    listed = "\n".join(f"- `{FUNCTIONS}/{function}`" for function in functions)
    return {
        "cloudbaserc.json": _read("project", "cloudbaserc.json"),
        "pyproject.toml": _read("project", "pyproject.toml"),
        "README.md": _read("project", f"README.{current()}.md").replace("PROJECT_NAME", name).replace("LIST", listed),
    }


def editor_files(template: str, folder: str = ".") -> dict[str, str]:
    """Return path -> content of what Git and VS Code read.

    Args:
        template: of the function that the debugger runs.
        folder: its path.
    """
    event = TEMPLATES[template].event
    arguments = ["run", folder, *(["--event", json.dumps(event, ensure_ascii=False)] if event else [])]
    return {
        ".gitignore": _read("common", "gitignore"),
        LAUNCH: _read("common", "launch.json").replace("ARGUMENTS", json.dumps(arguments)),
    }


def _readme(name: str, template: str, launch: bool) -> str:
    """Return the README.md of a function, in the user's language."""
    kind, language = TEMPLATES[template], current()
    text = _read("common", f"README.{language}.md")
    if not launch:
        text = "".join(line for line in text.splitlines(keepends=True) if LAUNCH not in line)
    summary = kind.summary_zh if language == "zh" else kind.summary
    return text.replace(_NAME, name).replace("SUMMARY", summary).replace("RUN_COMMAND", kind.run)


def _read(folder: str, file: str) -> str:
    return (_FOLDER / folder / f"{file}.tmpl").read_text("utf-8")
