"""Finds and reads the data files: one YAML file a namespace, one top-level key an API.

A block is parsed when its API is asked for, not the whole file: the largest file describes 48 APIs of which a program
calls two or three. `index.json` (written by scripts/contract_index.py) answers what needs no contract.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._contract import Contract, ErrorCode

DATA = Path(__file__).with_name("data")

_TOP_KEY = re.compile(r"^([A-Za-z][\w.]*):", re.MULTILINE)


@functools.cache
def index() -> Mapping[str, Mapping[str, str]]:
    """name -> {"path", "summary", "summary_zh"} of every API, sorted by namespace and then as the file has them."""
    loaded: dict[str, dict[str, str]] = json.loads((DATA / "index.json").read_text("utf-8"))
    return loaded


def names() -> tuple[str, ...]:
    """The dotted names of all cloud-callable APIs that are known, such as `cloudbase.getOpenData`."""
    return tuple(index())


def namespace_of(name: str) -> str:
    """The data file of an API: its first word, for official accounts also the family (`officialAccount.card`)."""
    words = name.split(".")
    return ".".join(words[:2]) if words[0] == "officialAccount" and len(words) > 2 else words[0]


def namespaces() -> tuple[str, ...]:
    """The namespaces, in the order of `names()`."""
    return tuple(dict.fromkeys(namespace_of(name) for name in index()))


def parse(text: str) -> Any:
    """YAML text as values, by libyaml where there is one (ten times faster)."""
    import yaml

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@functools.cache
def blocks(namespace: str) -> Mapping[str, str]:
    """API name -> the YAML text of its block, for one data file."""
    text = (DATA / f"{namespace}.yaml").read_text("utf-8")
    starts = list(_TOP_KEY.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {start[1]: text[start.start() : end] for start, end in zip(starts, ends, strict=True)}


@functools.lru_cache(maxsize=512)
def get(name: str) -> Contract | None:
    """The contract of the API `name` (without `openapi.`), or None when it is not known. Case matters."""
    if name not in index():
        return None
    return contract(name, parse(blocks(namespace_of(name))[name])[name])


def contract(name: str, entry: Mapping[str, Any]) -> Contract:
    """One entry of a data file as a Contract; `entry` obeys schema.json."""
    example = entry.get("example", {})
    binary = entry.get("binary", False)
    return Contract(
        name=name,
        namespace=namespace_of(name),
        summary=entry["summary"],
        summary_zh=entry["summary_zh"],
        account=entry["account"],
        status=entry.get("status", "current"),
        method=entry["https"]["method"],
        path=entry["https"]["path"],
        params=entry.get("params", {}),
        result=entry.get("result", {}),
        binary="yes" if binary is True else "maybe" if binary else "no",
        content_type=entry.get("content_type"),
        errors=tuple(ErrorCode(error["code"], error["meaning"]) for error in entry.get("errors", ())),
        repeatable=entry["repeatable"],
        example_params=example.get("params"),
        example_reply=example.get("reply"),
        shape=entry.get("shape", "full"),
        verified=entry["verified"],
        verified_parts=tuple(entry.get("verified_parts", ())),
        wire_camel_case=tuple(entry.get("wire_camel_case", ())),
        convert_case_false_in_docs=entry.get("convert_case_false_in_docs", False),
        min_sdk=entry.get("min_sdk", "0.4.0"),
        notes=entry.get("notes"),
        source=tuple(entry["source"]),
    )


@functools.cache
def refusals() -> Mapping[str, Mapping[str, str]]:
    """API word -> {"method", "path", "hint"?} of the server APIs that WeChat does not offer to cloud call."""
    loaded: list[dict[str, str]] = parse((DATA / "not_callable.yaml").read_text("utf-8"))
    return {entry["api"]: entry for entry in reversed(loaded)}
