"""Reference → its index."""

from __future__ import annotations

from . import api_pages, cli_pages, error_pages, python_pages
from .markdown import Text

PATH = "reference/index.md"
_TITLE = Text("Reference", "参考")
_PYTHON = Text("Python API", "Python 接口")
_FILES = Text("Command and files", "命令与配置文件")
_MORE = Text("Errors and interfaces", "错误与接口")
_LINKS = (
    (cli_pages.PATH, Text("commands and options", "命令与选项")),
    ("reference/local-yaml.md", Text("local.yaml: the data of the local WeChat", "local.yaml：本地微信的 mock 数据")),
    (
        "reference/config-json.md",
        Text("config.json: permissions, time limit, trigger", "config.json：权限、超时、触发器"),
    ),
)
_CODES = (
    (error_pages.PATH, Text("error codes: cause and cure", "错误码：原因与处理办法")),
    (api_pages.INDEX, Text("APIs of cloud call", "云调用接口")),
)


def pages(language: str) -> dict[str, str]:
    """Return the index of the reference."""
    parts = [f"# {_TITLE.of(language)}\n"]
    for heading, links in ((_PYTHON, python_pages.titles().items()), (_FILES, _LINKS), (_MORE, _CODES)):
        parts.append(f"## {heading.of(language)}\n")
        parts += [f"- [{text.of(language)}]({_relative(path)})" for path, text in links]
        parts.append("")
    return {PATH: "\n".join(parts)}


def _relative(path: str) -> str:
    return path.removeprefix("reference/") if path.startswith("reference/") else f"../{path}"
