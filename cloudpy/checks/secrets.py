"""Keys and passwords that stand in the folder and would be uploaded with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .finding import Finding
from .folder import Folder, is_test
from .source import Source

# Names, in letters alone, of what must not be known to whoever reads the code.
_NAMES = (
    "secretid",
    "secretkey",
    "appsecret",
    "clientsecret",
    "sessiontoken",
    "accesstoken",
    "apikey",
    "apiv3key",
    "mchkey",
    "paykey",
    "privatekey",
    "password",
    "passwd",
)
_PATTERNS = (
    (re.compile(r"\bAKID[A-Za-z0-9]{32}\b"), "a Tencent Cloud secretId"),
    (re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"), "a private key"),
)
_TEXTS = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".txt", ".pem", ".key", ".env")
_LARGEST = 256 * 1024  # bytes: no file of settings is larger
_HOW = "take it from a variable of the function (os.environ), and set that in the console"
_PLACEHOLDER = re.compile(
    r"x{3,}|\*{3,}|\.{3}|…|<.*>|\{.*\}|your|example|changeme|dummy|fake|sample|test", re.IGNORECASE
)


def findings(sources: list[Source], folder: Folder) -> Iterator[Finding]:
    """Errors for keys in code and settings; the keys themselves are never in the text."""
    for source in sources:
        told: set[tuple[int, str]] = set()
        for node in source.nodes():
            for line, what in _named(node):
                told.add((line, what))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                told |= {(node.lineno, what) for pattern, what in _PATTERNS if pattern.search(node.value)}
        lines: set[int] = set()
        for line, what in sorted(told):
            if line not in lines:
                lines.add(line)
                yield Finding(source.name, line, "error", "secret", f"{what} stands in the code: {_HOW}")
    for name in folder.files():
        if name.endswith(_TEXTS) and not is_test(name):
            yield from _in_file(name, folder.read(name)[:_LARGEST])
        if name.rpartition("/")[2].startswith(".env"):
            yield Finding(name, 0, "warning", "secret", f"{name} would be uploaded; keep it beside the folder")


def _in_file(name: str, data: bytes) -> Iterator[Finding]:
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        for pattern, what in _PATTERNS:
            if pattern.search(line):
                yield Finding(name, number, "error", "secret", f"{what} would be uploaded: {_HOW}")


def _named(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Constants that are given a telling name: assigned, as a keyword, in a dict, as a default."""
    pairs: list[tuple[str, ast.AST | None]] = []
    if isinstance(node, ast.Assign):
        pairs = [(_name(target), node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign):
        pairs = [(_name(node.target), node.value)]
    elif isinstance(node, ast.keyword):
        pairs = [(node.arg or "", node.value)]
    elif isinstance(node, ast.Dict):
        pairs = [(_name(key), value) for key, value in zip(node.keys, node.values, strict=True)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getenv"):
        if len(node.args) == 2:  # os.environ.get("SECRET_KEY", "the key itself")
            pairs = [(_name(node.args[0]), node.args[1])]
    for name, value in pairs:
        letters = re.sub(r"[^a-z0-9]", "", name.lower())
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and letters.endswith(_NAMES):
            if len(value.value) >= 8 and not _PLACEHOLDER.search(value.value) and " " not in value.value:
                yield value.lineno, name


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.slice)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
