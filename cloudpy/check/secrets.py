"""Keys and passwords that stand in the folder and would be uploaded with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .._client.secrets import forms_in, secret_name
from .finding import Finding
from .folder import Folder, is_test
from .source import Source

_TEXTS = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".txt", ".pem", ".key", ".env")
_LARGEST = 256 * 1024  # bytes: no file of settings is larger
_SHORTEST = 8  # characters
_HOW = "take it from a variable of the function (os.environ), and set that in the console"
_PLACEHOLDER = re.compile(
    r"x{3,}|\*{3,}|\.{3}|…|<.*>|\{.*\}|%\(|your|example|change_?me|dummy|fake|placeholder|sample|test", re.IGNORECASE
)
_WORDS = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z]+)*")
_PASSWORD = re.compile("passw|pwd|secret|passphrase", re.IGNORECASE)  # these are often made of words
_ADDRESS = re.compile(r"""://[^\s/?#"'<>@:]*:([^\s/?#"'<>@]+)@([\w.-]*)""")
_NO_PASSWORD = re.compile(r"pass(?:w(?:or)?d)?|pwd?|secret", re.IGNORECASE)
_LOCAL = {"localhost", "127.0.0.1"}
# "name": "value" in JSON, name: value and name = value in the others, one a line
_QUOTED_PAIR = re.compile(r"""["']?(?<![\w.-])([\w.-]{3,})["']?\s*[:=]\s*["']([^"'\s]+)["']""")
_BARE_PAIR = re.compile(r"""^\s*(?:export\s+)?([\w.-]{3,})\s*[:=]\s*([^\s"'#]+)\s*(?:#.*)?$""")


def findings(sources: list[Source], folder: Folder) -> Iterator[Finding]:
    """Errors for keys in code and settings; the keys themselves are never in the text."""
    for source in sources:
        told: set[tuple[int, str]] = set()
        for node in source.nodes():
            for line, what in _named(node):
                told.add((line, what))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                told |= {(node.lineno, what) for what in _by_form(node.value)}
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
    bare = not name.endswith((".json", ".txt"))
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        found = list(_by_form(line))
        pairs = _QUOTED_PAIR.findall(line) + (_BARE_PAIR.findall(line) if bare else [])
        found += [key for key, value in pairs if _is_secret(key, value)]
        for what in dict.fromkeys(found):
            yield Finding(name, number, "error", "secret", f"{what} would be uploaded: {_HOW}")


def _by_form(text: str) -> Iterator[str]:
    yield from forms_in(text)
    for password, host in _ADDRESS.findall(text):
        if host not in _LOCAL and not _PLACEHOLDER.search(password) and not _NO_PASSWORD.fullmatch(password):
            yield "an address with a password"


def _is_secret(name: str, value: str) -> bool:
    """Whether `value` is a secret, behind a telling name: no placeholder, no sentence, no other name."""
    if len(value) < _SHORTEST or " " in value or not secret_name(name) or _PLACEHOLDER.search(value):
        return False
    if not value.isascii():  # words for people: {"密码": "请输入六位数字"}
        return False
    return not _is_words(value) or (_PASSWORD.search(name) is not None and not secret_name(value))


def _is_words(value: str) -> bool:
    """The name of a field, a kind, a state: token_field = "accessToken", auth = "required"."""
    capitals = sum(char.isupper() for char in value)
    return _WORDS.fullmatch(value) is not None and (value.isupper() or capitals * 4 <= len(value))


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
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _is_secret(name, value.value):
            yield value.lineno, name


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.slice)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
