"""Keeps secrets out of what is written down or raised: logs, error texts, addresses.

A secret is known in two ways: by its name (``…token``, ``…secret``, ``authorization``, …), and by being the value of
such a variable, or of such an option of init(), at this moment. Imported when something is about to be written, not at
a cold start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from ._config import Config
from ._context import Variables, invocation
from .errors import CloudSDKError

HIDDEN = "***"
_SHORTEST = 8  # characters; what is shorter would also be found inside of words
_DEEPEST = 20
_WORDS = (
    "token|secret|session_?key|password|passwd|signature|ticket|credential|authorization|private_?key|api_?key"
    "|access_?key|cookie|cloudbase[-_]context|pay_?sig"
)
_NAME = re.compile(f"(?:{_WORDS})", re.IGNORECASE)
# name=value and "name": "value", as queries, forms, headers and JSON write them; \" as JSON inside JSON does
_PAIR = re.compile(
    rf"""((?:["'\\]*[\w.-]*(?:{_WORDS})[\w.-]*["'\\]*\s*=\s*["'\\]*)"""
    rf"""|(?:\\*["'][\w.-]*(?:{_WORDS})[\w.-]*\\*["']\s*:\s*\\*["']))"""
    r"""([^\s"'&,;\\}\])]+)""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?im)\b((?:proxy-)?authorization|x-cloudbase-context|(?:set-)?cookie)(\s*:\s*)[^\r\n\"']+")
_USERINFO = re.compile(r"(?<=://)[^/?#\s@]+@")
# The same with a password in which somebody forgot to escape a slash; it may take more than it should.
_PASSWORD = re.compile(r"""(?<=://)[^/?#\s@:]*:[^\s@"'<>]+@""")
_SIGNED = re.compile(r"(Credential=|Signature=|Bearer |Basic )[^\s,;\"']+")


def secret_name(name: object) -> bool:
    """Whether a secret may stand behind this name."""
    return isinstance(name, str) and _NAME.search(name) is not None


def known(config: Config | None = None) -> set[str]:
    """The secrets that there are at this moment: of the variables, of the running invocation, of init()."""
    found: list[str | None] = [Variables.access_token(False)]
    running = invocation.get()
    for variables in (os.environ, running.variables if running else {}):
        for name, text in variables.items():
            if secret_name(name):
                found.append(text)
            elif "://" in text:
                found += in_url(text)
    if config is not None:
        found += [config.secret_id, config.secret_key, config.session_token, *in_url(config.service_url)]
        if config.account is not None:
            account = config.account
            found += [account.secret_id, account.secret_key, account.token, account.authorization]
        if config.tokens is not None:
            found.append(config.tokens.current)
    return {text for text in found if text and len(text) >= _SHORTEST}


def without(text: str, secrets: Iterable[str]) -> str:
    """`text` without these secrets: plain, escaped as in URLs and JSON, and in base64, alone or amid other bytes."""
    for secret in sorted(secrets, key=len, reverse=True):
        for form in _forms(secret):
            if form in text:
                text = text.replace(form, HIDDEN)
    return text


def _forms(secret: str) -> list[str]:
    import base64
    import json

    data = secret.encode("utf-8", "surrogatepass")
    forms = [secret, quote(data, safe=""), quote(data), quote_plus(data), secret.replace("/", "\\/")]
    forms += [repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        alone = encode(data).decode()
        forms += [alone, alone.rstrip("=")]
        for before in range(3):  # bytes before it in its group of three, and what they and those behind leave unchanged
            around = encode(b"\0" * before + data).decode().rstrip("=")
            begin, end = (0, 2, 3)[before], (before + len(data)) * 8 // 6
            if end - begin >= _SHORTEST:
                forms.append(around[begin:end])
    return forms


def text(text: str, config: Config | None = None) -> str:
    """A text that is to be logged: without known secrets, and without what stands behind a telling name."""
    text = without(text, known(config))
    text = _PASSWORD.sub(f"{HIDDEN}@", _USERINFO.sub(f"{HIDDEN}@", text))
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _SIGNED.sub(rf"\1{HIDDEN}", text)
    return _PAIR.sub(rf"\1{HIDDEN}", text)


def in_url(address: str) -> set[str]:
    """The secrets that an address has: user and password, and what stands behind a telling name in its query."""
    head, _, query = address.partition("?")
    whole = [*_USERINFO.findall(head), *_PASSWORD.findall(address)]
    found = {part for one in whole for part in (one[:-1], one[:-1].partition(":")[2])}
    pairs = [pair.partition("=") for pair in query.split("&")]
    found |= {value for name, _, value in pairs if secret_name(unquote(name))}
    return {form for text in found for form in (text, unquote(text))}


def url(address: str) -> str:
    """An address without user and password, and without secrets in its query."""
    head, mark, query = _PASSWORD.sub(f"{HIDDEN}@", _USERINFO.sub(f"{HIDDEN}@", address)).partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    shown = [f"{name}{is_}{HIDDEN if is_ and secret_name(unquote(name)) else value}" for name, is_, value in pairs]
    return f"{head}{mark}{'&'.join(shown)}"


def value(item: Any, name: object = "", *, secrets: Iterable[str] | None = None, depth: int = 0) -> Any:
    """The same value, nested as it is, with ``***`` for texts and bytes that are secret or stand behind such a name."""
    if secrets is None:
        secrets = known()
    if depth > _DEEPEST:
        return "…"
    if isinstance(item, Mapping):
        return {
            without(key, secrets) if isinstance(key, str) else key: value(part, key, secrets=secrets, depth=depth + 1)
            for key, part in item.items()
        }
    if isinstance(item, (list, tuple)):
        return [value(part, name, secrets=secrets, depth=depth + 1) for part in item]
    if isinstance(item, (str, bytes, bytearray)) and item and secret_name(name):
        return HIDDEN
    if isinstance(item, str):
        return _PASSWORD.sub(f"{HIDDEN}@", without(item, secrets)) if "://" in item else without(item, secrets)
    return item


def secrets_in(item: Any, name: object = "", depth: int = 0) -> set[str]:
    """The texts in a nested value that stand behind a telling name."""
    if depth > _DEEPEST:
        return set()
    if isinstance(item, Mapping):
        return {found for key, part in item.items() for found in secrets_in(part, key, depth + 1)}
    if isinstance(item, (list, tuple)):
        return {found for part in item for found in secrets_in(part, name, depth + 1)}
    return {item} if isinstance(item, str) and len(item) >= _SHORTEST and secret_name(name) else set()


def error(raised: CloudSDKError, config: Config | None, more: Iterable[str] = ()) -> None:
    """Takes secrets, and those of `more`, out of the texts of an error, in place.

    A gateway may answer with what it was sent.
    """
    secrets = known(config) | {secret for secret in more if len(secret) >= _SHORTEST}
    for name in ("errMsg", "_message", "requestId"):
        told = getattr(raised, name, None)
        if isinstance(told, str) and told:
            setattr(raised, name, without(_USERINFO.sub(f"{HIDDEN}@", told), secrets))
    raised.args = tuple(without(part, secrets) if isinstance(part, str) else part for part in raised.args)
