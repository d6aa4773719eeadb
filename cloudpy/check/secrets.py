"""Keys and passwords in the code and the settings, which would be uploaded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .._client.secrets import forms_in, secret_name
from .finding import Finding
from .folder import Folder, is_test
from .source import Source

_SETTINGS = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".txt", ".pem", ".key", ".env")
MAX_BYTES = 256 * 1024  # of a settings file
MIN_CHARACTERS = 8  # of a secret
_HOW = "read it from an environment variable (os.environ), which you set in the console"
_PLACEHOLDER = re.compile(
    r"x{3,}|\*{3,}|\.{3}|…|<.*>|\{.*\}|%\(|your|example|change_?me|dummy|fake|placeholder|sample|test", re.IGNORECASE
)
_WORDS = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z]+)*")
_PASSWORD = re.compile("passw|pwd|secret|passphrase", re.IGNORECASE)  # often made of words
_URL = re.compile(r"""://[^\s/?#"'<>@:]*:([^\s/?#"'<>@]+)@([\w.-]*)""")
_NO_PASSWORD = re.compile(r"pass(?:w(?:or)?d)?|pwd?|secret", re.IGNORECASE)
_LOCAL = {"localhost", "127.0.0.1"}
# "name": "value" in JSON; name: value and name = value elsewhere, one per line
_QUOTED_PAIR = re.compile(r"""["']?(?<![\w.-])([\w.-]{3,})["']?\s*[:=]\s*["']([^"'\s]+)["']""")
_BARE_PAIR = re.compile(r"""^\s*(?:export\s+)?([\w.-]{3,})\s*[:=]\s*([^\s"'#]+)\s*(?:#.*)?$""")


def findings(sources: list[Source], folder: Folder) -> Iterator[Finding]:
    """Yield errors for keys in code and settings; their texts never contain the key."""
    for source in sources:
        secrets: set[tuple[int, str]] = set()
        for node in source.nodes():
            for line, what in _named(node):
                secrets.add((line, what))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                secrets |= {(node.lineno, what) for what in _by_form(node.value)}
        lines: set[int] = set()
        for line, what in sorted(secrets):
            if line not in lines:
                lines.add(line)
                yield Finding(source.name, line, "error", "secret", f"{what} is in the code: {_HOW}")
    for name in folder.files():
        if name.endswith(_SETTINGS) and not is_test(name):
            yield from _in_file(name, folder.read(name)[:MAX_BYTES])
        if name.rpartition("/")[2].startswith(".env"):
            yield Finding(name, 0, "warning", "secret", f"{name} would be uploaded; move it out of the folder")


def _in_file(name: str, data: bytes) -> Iterator[Finding]:
    bare = not name.endswith((".json", ".txt"))
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        names = list(_by_form(line))
        pairs = _QUOTED_PAIR.findall(line) + (_BARE_PAIR.findall(line) if bare else [])
        names += [key for key, value in pairs if _is_secret(key, value)]
        for what in dict.fromkeys(names):
            yield Finding(name, number, "error", "secret", f"{what} would be uploaded: {_HOW}")


def _by_form(text: str) -> Iterator[str]:
    yield from forms_in(text)
    for password, host in _URL.findall(text):
        if host not in _LOCAL and not _PLACEHOLDER.search(password) and not _NO_PASSWORD.fullmatch(password):
            yield "a URL with a password"


def _is_secret(name: str, value: str) -> bool:
    """Whether `value` is a secret under a sensitive key: not a placeholder, a sentence or another name."""
    if len(value) < MIN_CHARACTERS or " " in value or not secret_name(name) or _PLACEHOLDER.search(value):
        return False
    if not value.isascii():  # text for people: {"密码": "请输入六位数字"}
        return False
    return not _is_words(value) or (_PASSWORD.search(name) is not None and not secret_name(value))


def _is_words(value: str) -> bool:
    """Whether it is the name of a field or a state: token_field = "accessToken", auth = "required"."""
    capitals = sum(char.isupper() for char in value)
    return _WORDS.fullmatch(value) is not None and (value.isupper() or capitals * 4 <= len(value))


def _named(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield constants under a sensitive key: assigned, a keyword, in a dict, a default."""
    pairs: list[tuple[str, ast.AST | None]] = []
    if isinstance(node, ast.Assign):
        pairs = [(_name(target), node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign):
        pairs = [(_name(node.target), node.value)]
    elif isinstance(node, ast.keyword):
        pairs = [(node.arg or "", node.value)]
    elif isinstance(node, ast.Dict):
        pairs = [(_name(key), value) for key, value in zip(node.keys, node.values, strict=True)]
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("get", "getenv")
        and len(node.args) == 2  # os.environ.get("SECRET_KEY", "the key itself")
    ):
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
