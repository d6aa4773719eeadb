"""Reference → local.yaml and config.json, from their JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cloudpy.local

from .markdown import Text, code, fence, table

_DOCS = Path(__file__).parents[2] / "docs"
LOCAL = Path(cloudpy.local.__file__).with_name("local.schema.json")
CONFIG = _DOCS / "schemas" / "config.json"
_KEY = Text("key", "字段")
_TYPE = Text("type", "类型")
_MEANING = Text("meaning", "说明")
_NEEDED = Text(" (required)", "（必填）")
_WORDS = {
    "object": Text("mapping", "对象"),
    "array": Text("list", "列表"),
    "string": Text("string", "字符串"),
    "integer": Text("integer", "整数"),
    "number": Text("number", "数字"),
    "boolean": Text("true or false", "true 或 false"),
    "null": Text("nothing", "空"),
}
_LOCAL_TITLE = Text("local.yaml", "local.yaml：本地微信的 mock 数据")
_LOCAL_INTRO = Text(
    "What the local WeChat of `cloudpy run`, `dev` and `gateway` knows. Every key is optional; an unknown one "
    "is an error that names its "
    "line. [The local WeChat](../local-wechat.md) explains them with examples.",
    "`cloudpy run`、`dev`、`gateway` 的本地微信从这个文件读取数据。所有字段都可以不写；写错的字段会报错并指出行号。"
    "带例子的说明见[本地微信](../local-wechat.md)。",
)
_ANSWER_TITLE = Text("An answer", "一条 answer")
_ANSWER_INTRO = Text(
    "`answers` maps an API to one of these, or to a list of them, which is used from the top.",
    "`answers` 中每个接口对应一条，或一个列表，从上到下依次匹配。",
)
_CONFIG_TITLE = Text("config.json", "config.json：权限、超时与触发器")
_CONFIG_INTRO = Text(
    "The settings of a function, beside its `index.py`. WeChat reads the file when the function is uploaded; "
    "`cloudpy check` checks it "
    "before.",
    "云函数的配置，放在 `index.py` 旁边。上传时由微信读取，上传前可用 `cloudpy check` 检查。",
)
_EXAMPLE = Text("An example", "示例")


def pages(language: str) -> dict[str, str]:
    """Return the pages of the two files."""
    return {
        "reference/local-yaml.md": "\n".join(_local(language)),
        "reference/config-json.md": "\n".join(_config(language)),
    }


def _local(language: str) -> Iterator[str]:
    schema = json.loads(LOCAL.read_text("utf-8"))
    yield f"# {_LOCAL_TITLE.of(language)}\n\n{_LOCAL_INTRO.of(language)}\n"
    yield _table(schema, language)
    yield f"## {_ANSWER_TITLE.of(language)}\n\n{_ANSWER_INTRO.of(language)}\n"
    yield _table(schema["$defs"]["answer"], language)


def _config(language: str) -> Iterator[str]:
    schema = json.loads(CONFIG.read_text("utf-8"))
    yield f"# {_CONFIG_TITLE.of(language)}\n\n{_CONFIG_INTRO.of(language)}\n"
    yield _table(schema, language)
    yield f"## {_EXAMPLE.of(language)}\n"
    yield fence("json", json.dumps(schema["examples"][0], indent=2), "config.json")


def _table(schema: Mapping[str, Any], language: str) -> str:
    head = [_KEY.of(language), _TYPE.of(language), _MEANING.of(language)]
    return table(head, [[code(path), kind, meaning] for path, kind, meaning in rows(schema, language)])


def rows(schema: Mapping[str, Any], language: str, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield path, type and meaning of every key, those inside of a key after it."""
    for name, spec in schema.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        needed = _NEEDED.of(language) if name in schema.get("required", ()) else ""
        yield where, _kind(spec, language) + needed, _meaning(spec, language)
        for inner, below in ((spec, where), (spec.get("items", {}), f"{where}[]")):
            yield from rows(inner, language, below)
        for option in spec.get("anyOf", ()):
            yield from rows(option, language, where)


def _meaning(spec: Mapping[str, Any], language: str) -> str:
    text: str = spec.get("description", "")
    return str(spec.get("description_zh", text)) if language == "zh" else text


def _kind(spec: Mapping[str, Any], language: str) -> str:
    if "anyOf" in spec:
        kinds = list(dict.fromkeys(_kind(each, language) for each in spec["anyOf"]))
        return (" 或 " if language == "zh" else " or ").join(kinds)
    if "const" in spec:
        return code(json.dumps(spec["const"], ensure_ascii=False).strip('"'))
    if "enum" in spec:
        return ", ".join(code(each) for each in spec["enum"])
    types = spec.get("type", [])
    names = [_WORDS[each].of(language) for each in ([types] if isinstance(types, str) else types)]
    text = (" 或 " if language == "zh" else " or ").join(names)
    low, high = spec.get("minimum"), spec.get("maximum")
    if low is not None or high is not None:
        text += f" {low if low is not None else ''}…{high if high is not None else ''}"
    return text
