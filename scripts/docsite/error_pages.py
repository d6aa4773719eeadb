"""Reference → error codes: cause and cure of the codes of the SDK and of the commonest of WeChat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cloudpy import errors

from .markdown import Text, code

PATH = "reference/error-codes.md"
DATA = Path(__file__).parents[2] / "docs" / "error_codes.yaml"
_TITLE = Text("Error codes", "错误码")
_INTRO = Text(
    "`errCode` of a `CloudSDKError`, what it means, and what to do. [Errors](../errors.md) has the classes; the "
    "codes of one API are on its "
    "[page](../apis/index.md) and in `cloudpy api show NAME`.",
    "`CloudSDKError` 的 `errCode`、原因和处理办法。异常的类见[错误](../errors.md)；"
    "某个接口自己的错误码见[接口页](../apis/index.md)，"
    "或运行 `cloudpy api show 接口名`。",
)
_CAUSE = Text("Cause", "原因")
_FIX = Text("What to do", "处理办法")
_CLASS = Text("Class", "异常类")


def load() -> list[dict[str, Any]]:
    """Return the groups of the data file: ``{title, codes: [{code, class?, cause, fix}]}``, texts by language."""
    groups: list[dict[str, Any]] = yaml.safe_load(DATA.read_text("utf-8"))
    return groups


def pages(language: str) -> dict[str, str]:
    """Return the page of error codes."""
    return {PATH: "\n".join(_page(language))}


def _page(language: str) -> Iterator[str]:
    yield f"# {_TITLE.of(language)}\n\n{_INTRO.of(language)}\n"
    for group in load():
        yield f"## {group['title'][language]}\n"
        if "intro" in group:
            yield f"{group['intro'][language]}\n"
        for entry in group["codes"]:
            yield from _entry(entry, language)


def _entry(entry: dict[str, Any], language: str) -> Iterator[str]:
    text = errors.text_of(entry["code"])
    known = f" {text}" if text and "%s" not in text and "anchor" not in entry else ""
    anchor = entry.get("anchor", f"e{entry['code']}")
    yield f"### {entry['code']}{known or ' ' + entry.get('text', '')} {{#{anchor}}}\n"
    colon = "：" if language == "zh" else ": "
    lines = [f"**{_CAUSE.of(language)}**{colon}{entry['cause'][language]}"]
    lines.append(f"**{_FIX.of(language)}**{colon}{entry['fix'][language]}")
    if "class" in entry:
        lines.append(f"**{_CLASS.of(language)}**{colon}{code(entry['class'])}")
    yield "\n".join(f"- {line}" for line in lines) + "\n"
