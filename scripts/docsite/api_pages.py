"""APIs: a page for each namespace, from the contracts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cloudpy import contracts
from cloudpy.cli.api_page import kind
from cloudpy.contracts import Contract

from .markdown import Text, as_json, code, fence, table, tabs

INDEX = "apis/index.md"
_COLUMNS = 72  # characters of a line of code that are seen without scrolling
MEANINGS = Path(__file__).parents[2] / "docs" / "meanings.yaml"
_TITLE = Text("APIs of cloud call", "云调用接口一览")
_INTRO = Text(
    "The {count} APIs that have a contract: a page for each namespace has parameters, result, errors, and the "
    "call in Python and in Node. "
    "An API that is not listed can be called all the same, without types and checks. On the command line: "
    "`cloudpy api show NAME`.",
    "共 {count} 个接口有接口定义。每个命名空间一页：参数、返回值、错误码，以及 Python 和 Node 的调用方式。"
    "没有列出的接口也能调用，只是没有类型和校验。命令行里用 `cloudpy api show 接口名` 查看。",
)
_LEGEND = Text(
    "✓ known in full from an official page: typed and checked; ~ known from another source: typed, not "
    "enforced; – name and path only. "
    "*Repeat*: calling twice does no more than calling once.",
    "✓ 有官方文档，类型和校验完整；~ 来自其他资料，有类型，不强制校验；– 只知道名称和路径。"
    "“可重复”表示重复调用没有副作用。",
)
_API = Text("API", "接口")
_DOES = Text("what it does", "作用")
_KNOWN = Text("known", "定义")
_REPEAT = Text("repeat", "可重复")
_FIELD = Text("field", "字段")
_NAME = Text("parameter", "参数")
_TYPE = Text("type", "类型")
_NEED = Text("required", "必填")
_MEANING = Text("meaning", "说明")
_YES = Text("yes", "是")
_SAID = Text("said to be", "据资料是")
_PARAMETERS = Text("Parameters", "参数")
_RESULT = Text("Result", "返回值")
_ERRORS = Text("Errors", "错误码")
_NO_PARAMETERS = Text("None.", "无。")
_UNKNOWN_PARAMETERS = Text("Not known: what you pass is sent as it is.", "资料中没有参数说明：传入的内容会原样发送。")
_NO_RESULT = Text("Nothing beside `errCode` and `errMsg`.", "只有 `errCode` 和 `errMsg`。")
_UNKNOWN_RESULT = Text("Not known.", "资料中没有返回值说明。")
_BESIDE = Text("Beside `errCode` and `errMsg`:", "除 `errCode`、`errMsg` 外：")
_BYTES = Text("`contentType` and `buffer`, the bytes of the file", "`contentType` 和 `buffer`（文件内容，bytes）")
_MAYBE = Text("; in other cases an object", "；其他情况返回对象")
_CODE = Text("code", "错误码")
_COMMON = Text(
    "[Common codes](../reference/error-codes.md) such as -1, 40001 and 45009 can come from any API.",
    "-1、40001、45009 等[通用错误码](../reference/error-codes.md)可能来自任何接口。",
)
_PERMISSION = Text("In the function's `config.json`:", "云函数的 `config.json` 中加入权限：")
_CALL = Text("Call", "调用")
_BLOCKING = Text("Python, blocking", "Python（同步）")
_WECHAT = Text("WeChat's page", "微信官方文档")
_ACCOUNT = Text("Account", "账号类型")
_STATUS = Text("Status", "状态")
_NOTES = Text("Notes", "备注（英文）")
_EXAMPLE_REPLY = Text("A result", "返回示例")
_EACH = Text("(each key)", "（每个键）")
_LIKE = Text("as `{}`", "同 `{}`")


def file_of(namespace: str) -> str:
    """Return the page of a namespace."""
    return f"apis/{namespace}.md"


def pages(language: str) -> dict[str, str]:
    """Return the index and the pages of the namespaces."""
    known = [found for name in contracts.names() if (found := _described(name))]
    made = {INDEX: "\n".join(_index(known, language))}
    for namespace in contracts.namespaces():
        apis = [each for each in known if each.namespace == namespace]
        made[file_of(namespace)] = "\n".join(_namespace(namespace, apis, language))
    return made


def _described(name: str) -> Contract | None:
    """Return a contract, with the descriptions of its fields."""
    describe = getattr(contracts, "described", contracts.get)
    found: Contract | None = describe(name)
    return found


def _index(known: list[Contract], language: str) -> Iterator[str]:
    yield f"# {_TITLE.of(language)}\n\n{_INTRO.of(language).format(count=len(known))}\n\n{_LEGEND.of(language)}\n"
    for namespace in contracts.namespaces():
        yield f"## [{namespace}]({namespace}.md)\n"
        about = _about(namespace, language)
        if about:
            yield about + "\n"
        head = [_API.of(language), _DOES.of(language), _KNOWN.of(language), _REPEAT.of(language)]
        yield table(head, [_line(each, language) for each in known if each.namespace == namespace])


def _line(contract: Contract, language: str) -> list[str]:
    sure = "✓" if contract.certain else "~" if contract.known else "–"
    link = f"[`{contract.name}`]({contract.namespace}.md#{anchor(contract.name)})"
    return [link, _summary(contract, language), sure, "✓" if contract.repeatable else ""]


def anchor(name: str) -> str:
    """Return the anchor of an API on the page of its namespace."""
    return name.replace(".", "-").lower()


def _summary(contract: Contract, language: str) -> str:
    return contract.summary_zh if language == "zh" else contract.summary


def _about(namespace: str, language: str) -> str:
    describe = getattr(contracts, "namespace_description", None)
    found = describe(namespace) if describe else None
    return str(getattr(found, language, "")) if found else ""


def _namespace(namespace: str, apis: list[Contract], language: str) -> Iterator[str]:
    yield f"# {namespace}\n"
    about = _about(namespace, language)
    if about:
        yield about + "\n"
    for contract in apis:
        yield from _api(contract, language)


def _api(contract: Contract, language: str) -> Iterator[str]:
    yield f"## {contract.name} {{#{anchor(contract.name)}}}\n\n{_summary(contract, language)}\n"
    yield "\n".join(f"- {fact}" for fact in _facts(contract, language)) + "\n"
    yield f"**{_PARAMETERS.of(language)}**\n"
    yield _parameters(contract, language)
    yield f"**{_RESULT.of(language)}**\n"
    yield _result(contract, language)
    yield f"**{_ERRORS.of(language)}**\n"
    yield _errors(contract, language)
    yield f"**{_CALL.of(language)}**\n"
    yield f"{_PERMISSION.of(language)}\n"
    yield fence("json", json.dumps({"permissions": {"openapi": [contract.name]}}), "config.json")
    yield tabs(
        {
            "Python": fence("python", _python(contract, "await ")),
            _BLOCKING.of(language): fence("python", _python(contract, "")),
            "Node": fence("js", _node(contract)),
        }
    )
    if contract.example_reply:
        yield f"{_EXAMPLE_REPLY.of(language)}:\n" if language == "en" else f"{_EXAMPLE_REPLY.of(language)}：\n"
        yield fence("json", as_json(contract.example_reply, _COLUMNS))


def _facts(contract: Contract, language: str) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    docs = getattr(contract, "docs", "")
    if docs:
        yield f"[{_WECHAT.of(language)}]({docs})"
    yield f"HTTPS{colon}{contract.method or '?'} `{contract.path}`"
    yield f"{_ACCOUNT.of(language)}{colon}{_plain(_translated(contract.account, language))}"
    if contract.status != "current":
        yield f"{_STATUS.of(language)}{colon}{_plain(_translated(contract.status, language))}"
    if contract.notes:  # in English alone
        yield f"{_NOTES.of(language)}{colon}{_plain(contract.notes)}"


def _plain(text: str) -> str:
    """Return a text in which Markdown sees no marks but those of code."""
    parts = text.split("`")  # every other one is code
    for mark, written in {**{mark: f"\\{mark}" for mark in "\\*_[]"}, "<": "&lt;", "{": "&#123;"}.items():
        parts[::2] = [part.replace(mark, written) for part in parts[::2]]
    return "`".join(parts)


@cache
def meanings() -> dict[str, str]:
    """Return the Chinese of what the contracts have in English alone."""
    read: dict[str, str] = yaml.safe_load(MEANINGS.read_text("utf-8"))
    return read


def _translated(text: str, language: str) -> str:
    return meanings().get(text, text) if language == "zh" else text


def _kind(spec: Mapping[str, Any], language: str) -> str:
    """Return the type of a field."""
    text = kind(spec)
    if language == "zh":
        for english, chinese in (
            (r"list of (.*)", r"\1 数组"),
            (r"^list$", "数组"),
            (" or JSON text", " 或 JSON 文本"),
            (" or ", " 或 "),
        ):
            text = re.sub(english, chinese, text)
    return text


def _parameters(contract: Contract, language: str) -> str:
    properties = contract.params.get("properties")
    if not properties:
        return (_NO_PARAMETERS if contract.certain else _UNKNOWN_PARAMETERS).of(language) + "\n"
    head = [_NAME.of(language), _TYPE.of(language), _NEED.of(language), _MEANING.of(language)]
    return table(head, fields(contract.params, language))


def _result(contract: Contract, language: str) -> str:
    parts = []
    if contract.binary != "no":
        media = f" ({contract.content_type})" if contract.content_type else ""
        end = "。" if language == "zh" else "."
        parts.append(
            _BYTES.of(language) + media + (_MAYBE.of(language) if contract.binary == "maybe" else "") + end + "\n"
        )
    if contract.result.get("properties"):
        head = [_FIELD.of(language), _TYPE.of(language), _MEANING.of(language)]
        found = [[name, type_, meaning] for name, type_, _, meaning in fields(contract.result, language)]
        parts += [_BESIDE.of(language) + "\n", table(head, found)]
    elif contract.binary == "no":
        parts.append((_NO_RESULT if contract.known else _UNKNOWN_RESULT).of(language) + "\n")
    return "\n".join(parts)


def fields(schema: Mapping[str, Any], language: str) -> list[list[str]]:
    """Return path, type, whether it is required, and meaning of each field, at any depth."""
    rows: list[list[str]] = []
    _collect(schema, "", language, rows, {})
    return rows


def _collect(schema: Mapping[str, Any], path: str, language: str, rows: list[list[str]], seen: dict[int, str]) -> None:
    required, said = schema.get("required", ()), schema.get("saidRequired", ())
    for name, spec in schema.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        need = _YES.of(language) if name in required else _SAID.of(language) if name in said else ""
        rows.append([code(where), _kind(spec, language), need, _meaning(spec, language)])
        _inside(spec, where, language, rows, seen)


def _inside(spec: Mapping[str, Any], where: str, language: str, rows: list[list[str]], seen: dict[int, str]) -> None:
    inner = spec.get("items", spec)
    below = f"{where}[]" if inner is not spec else where
    free = inner.get("additionalProperties")
    if isinstance(free, Mapping):
        below = f"{below}.*"
        rows.append([f"{code(below)} {_EACH.of(language)}", _kind(free, language), "", _meaning(free, language)])
        inner = free
    properties = inner.get("properties")
    if not properties:
        return
    if id(properties) in seen:
        rows.append([code(f"{below}.…"), "", "", _LIKE.of(language).format(seen[id(properties)])])
        return
    seen[id(properties)] = below
    _collect(inner, below, language, rows, seen)


def _meaning(spec: Mapping[str, Any], language: str) -> str:
    own = spec.get("description", "")
    text = spec.get("description_zh", own) if language == "zh" else own
    default = Text("default `{}`", "默认 `{}`").of(language).format(spec.get("default"))
    if "default" not in spec or "默认" in text or "default" in text:
        return _plain(str(text))
    return f"{_plain(str(text))}{'，' if language == 'zh' else ', '}{default}" if text else default


def _errors(contract: Contract, language: str) -> str:
    head = [_CODE.of(language), _MEANING.of(language)]
    rows = [[code(each.code), _plain(_translated(each.meaning, language))] for each in contract.errors]
    return f"{table(head, rows)}\n{_COMMON.of(language)}\n"


def _python(contract: Contract, wait: str) -> str:
    call = f"result = {wait}cloud.openapi.{contract.name}("
    if contract.example_params is None:
        return f"{call}{{…}})"
    if not contract.example_params:
        return f"{call})"
    return f"{call}{_literal(contract.example_params, len(call) + 1)})"


def _literal(value: Any, before: int, indent: str = "") -> str:
    """Return a value as a program writes it, on one line where that fits after `before` characters."""
    if isinstance(value, bytes):
        return 'open("photo.png", "rb").read()'
    if not isinstance(value, Mapping | list) or not value:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    named = [(f"{json.dumps(key)}: ", each) for key, each in value.items()] if isinstance(value, Mapping) else None
    opened, closed = "{}" if named is not None else "[]"
    items = named if named is not None else [("", each) for each in value]
    inner = indent + "    "
    parts = [name + _literal(each, len(inner) + len(name) + 1, inner) for name, each in items]
    line = f"{opened}{', '.join(parts)}{closed}"
    if "\n" not in line and before + len(line) <= _COLUMNS:
        return line
    return f"{opened}\n" + "".join(f"{inner}{part},\n" for part in parts) + f"{indent}{closed}"


def _node(contract: Contract) -> str:
    call = f"const result = await cloud.openapi.{contract.name}("
    if contract.example_params is None:
        return f"{call}{{…}})"
    text = as_json(contract.example_params, 40).replace('"<bytes>"', "require('fs').readFileSync('photo.png')")
    return f"{call}{text if contract.example_params else ''})"
