"""Redaction of secrets in logs, errors, addresses and recordings.

A secret is recognised by its name and by its form (``secrets``), and by being the current value of such a variable, or
of such an option of init(). Imported when something is about to be written, not at a cold start.

Every function here takes time linear in its input, which can come from anyone who calls the function.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from ..errors import CloudSDKError
from .context import Variables, invocation
from .secret_patterns import HIDDEN, hide_pairs
from .secrets import FORMS, MIN_FORM, VALUE_KEYS, header_name, names_secret, private_keys, secret_name

__all__ = [
    "HIDDEN",
    "error",
    "in_url",
    "known",
    "private_file",
    "secret_name",
    "secrets_in",
    "text",
    "url",
    "value",
    "without",
]

_MIN_SECRET = 8  # characters; anything shorter would also be found inside of words
# user:password@ of an address
_USERINFO = re.compile(r"""(?<=://)[^\s/?#"<>]+@""")
# The same with a password whose slash is not escaped, up to the @ if there is one.
_AUTHORITY = re.compile(r"""://([^\s@"'<>]*)(@?)""")
_HARMLESS = re.compile(rf"[\w./-]{{0,{MIN_FORM - 1}}}")  # most strings of an event, which need no search
_PORT = re.compile(r"(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[0-9A-Fa-f:.]*\]):\d{1,5}[/?#]")  # a host, no user
_SCHEMES = re.compile(
    r"(Credential=|Signature=)[^\s,;\"'&]+"
    r"|((?:Bearer|Basic|Token|Digest) +)(?=[^\s,;\"']*[0-9=._A-Z])(?![\w-]+=[\w\"'])[^\s,;\"']+"
)


def known(more: Iterable[str | None] = ()) -> set[str]:
    """Return the current secrets: of the variables, of the running invocation, and `more`."""
    secrets: list[str | None] = [Variables.access_token(False)]
    running = invocation.get()
    for variables in (os.environ, running.variables if running else {}):
        for name, text in variables.items():
            if secret_name(name):
                secrets.append(text)
            elif "://" in text:
                secrets += in_url(text)
    secrets += more
    return {secret for secret in secrets if secret and len(secret) >= _MIN_SECRET}


def without(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without these secrets: plain, escaped as in URLs and JSON, in base64 alone or amid other bytes."""
    return _without(text, _forms(secrets))


def _without(text: str, forms: Iterable[str]) -> str:
    for form in forms:
        if form in text:
            text = text.replace(form, HIDDEN)
    return text


def _forms(secrets: Iterable[str]) -> list[str]:
    """Return every form in which these secrets may be written, the longest first."""
    import base64
    import json

    forms: set[str] = set()
    for secret in secrets:
        data = secret.encode("utf-8", "surrogatepass")
        forms |= {secret, quote(data, safe=""), quote(data), quote_plus(data), secret.replace("/", "\\/")}
        forms |= {repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            alone = encode(data).decode()
            forms |= {alone, alone.rstrip("=")}
            for before in range(3):  # bytes before it in its group of three
                around = encode(b"\0" * before + data).decode().rstrip("=")
                begin, end = (0, 2, 3)[before], (before + len(data)) * 8 // 6
                if end - begin >= _MIN_SECRET:
                    forms.add(around[begin:end])
    return sorted(forms, key=lambda form: (-len(form), form))


def text(text: str) -> str:
    """Return text without current secrets, and without those recognised by name or form."""
    return _text(without(text, known()))


def _text(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    if "PRIVATE" in text:
        end, parts = 0, []
        for begin, key_end in private_keys(text):
            parts += [text[end:begin], HIDDEN]
            end = key_end
        text = "".join([*parts, text[end:]])
    if "@" in text and "://" in text:
        text = _without_userinfo(text)
    if len(text) >= MIN_FORM:
        for form in FORMS.values():
            text = form.sub(HIDDEN, text)
    return _SCHEMES.sub(_scheme, hide_pairs(text))


def _scheme(match: re.Match[str]) -> str:
    return f"{match[1] or match[2]}{HIDDEN}"


def _without_userinfo(text: str) -> str:
    return _AUTHORITY.sub(_userinfo, _USERINFO.sub(f"{HIDDEN}@", text))


def _userinfo(match: re.Match[str]) -> str:
    """Hide the part before an ``@``, unless it is a host and a path."""
    before, separator, authority = f"://{match[1]}".rpartition("://")
    return f"{before}{separator}{HIDDEN}@" if match[2] and _has_password(authority) else match[0]


def _has_password(authority: str) -> bool:
    before, colon, _ = authority.partition(":")
    return bool(colon) and not any(char in before for char in "/?#") and _PORT.match(authority) is None


def in_url(address: str) -> set[str]:
    """Return the secrets of an address: user and password, and the values of secret names in its query."""
    head, _, query = address.partition("?")
    userinfo = [match[:-1] for match in _USERINFO.findall(head)]
    userinfo += [
        authority
        for run, at in _AUTHORITY.findall(address)
        for authority in [run.rpartition("://")[2]]
        if at and _has_password(authority)
    ]
    secrets = {part for user in userinfo for part in (user, user.partition(":")[2])}
    pairs = [pair.partition("=") for pair in query.split("&")]
    secrets |= {value for name, _, value in pairs if secret_name(unquote(name))}
    return {form for secret in secrets for form in (secret, unquote(secret))}


def url(address: str) -> str:
    """Return an address without user and password, and without secrets in its query."""
    head, mark, query = _text(address).partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    fields = [f"{name}{sign}{HIDDEN if sign and secret_name(unquote(name)) else value}" for name, sign, value in pairs]
    return f"{head}{mark}{'&'.join(fields)}"


def value(item: Any, *, secrets: Iterable[str] | None = None) -> Any:
    """Return the value with ``***`` in place of secrets, and of everything, at any depth, under the name of one.

    None, True, False and empty strings are kept.
    """
    forms = _forms(known() if secrets is None else secrets)
    texts = "\n".join(_texts(item))
    forms = [form for form in forms if form in texts]  # mostly none is left to search for
    root: list[Any] = [None]
    copies: dict[tuple[int, bool], Any] = {}  # of a container that occurs twice, or in itself
    stack: list[tuple[Any, bool, Any, Any]] = [(item, False, root, 0)]
    while stack:
        part, secret, into, at = stack.pop()
        if isinstance(part, (Mapping, list, tuple)):
            copy = copies.get((id(part), secret))
            if copy is None:
                copy = copies[id(part), secret] = {} if isinstance(part, Mapping) else [None] * len(part)
                stack += _parts(part, secret, copy, forms)
            into[at] = copy
        else:
            into[at] = _leaf(part, secret, forms)
    return root[0]


def _parts(item: Any, secret: bool, copy: Any, forms: list[str]) -> Iterable[tuple[Any, bool, Any, Any]]:
    """Return the parts of a container: each with whether it is secret, and the place of its copy."""
    if not isinstance(item, Mapping):
        # a header or a field, as many libraries list them: ("authorization", "…")
        named = len(item) == 2 and secret_name(item[0]) and (isinstance(item, tuple) or header_name(item[0]))
        return [(part, secret or (named and at == 1), copy, at) for at, part in enumerate(item)]
    # {"name": "token", "value": "…"}
    named = names_secret(item)
    parts = []
    for key, part in item.items():
        clean = _text(_without(key, forms)) if isinstance(key, str) else key
        copy[clean] = None  # keeps the order
        parts.append((part, secret or secret_name(key) or (named and key in VALUE_KEYS), copy, clean))
    return parts


def _leaf(item: Any, secret: bool, forms: list[str]) -> Any:
    if item is None or isinstance(item, bool):
        return item
    if secret:
        return HIDDEN if not isinstance(item, (str, bytes, bytearray)) or item else item
    return _text(_without(item, forms)) if isinstance(item, str) else item


def _texts(item: Any) -> Iterable[str]:
    for part, _ in _walk(item):
        if isinstance(part, str) and len(part) >= _MIN_SECRET:
            yield part


def _walk(item: Any) -> Iterable[tuple[Any, bool]]:
    """Yield every part of a value, keys too, and whether it is under the name of a secret; each container once."""
    seen: set[tuple[int, bool]] = set()
    stack: list[tuple[Any, bool]] = [(item, False)]
    while stack:
        part, secret = stack.pop()
        if isinstance(part, (Mapping, list, tuple)):
            if (id(part), secret) in seen:
                continue
            seen.add((id(part), secret))
            if isinstance(part, Mapping):
                named = names_secret(part)
                stack += [
                    (inner, secret or secret_name(key) or (named and key in VALUE_KEYS)) for key, inner in part.items()
                ]
                stack += [(key, False) for key in part]
            else:
                stack += [(inner, secret) for inner in part]
        else:
            yield part, secret


def secrets_in(item: Any) -> set[str]:
    """Return the strings and numbers in a nested value that are under the name of a secret."""
    secrets = {str(part) for part, secret in _walk(item) if secret and isinstance(part, (str, int, float))}
    return {secret for secret in secrets if len(secret) >= _MIN_SECRET}


def private_file(path: str, flags: int) -> int:
    """Open a file, new or not, that only its owner can read; return its file descriptor for writing.

    Args:
        path: the file.
        flags: further flags of os.open().

    Raises:
        OSError: it cannot be written.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    with contextlib.suppress(OSError, AttributeError):  # a pipe, another's file, a system without such modes
        if stat.S_ISREG(os.fstat(file).st_mode):
            os.fchmod(file, 0o600)
    return file


def error(raised: CloudSDKError, secrets: Iterable[str | None] = ()) -> None:
    """Remove the current secrets, and `secrets`, from the texts of an error, in place.

    A gateway may answer with parts of the request.
    """
    forms = _forms(known(secrets))
    for name in ("errMsg", "_message", "requestId"):
        text = getattr(raised, name, None)
        if isinstance(text, str) and text:
            setattr(raised, name, _without(_USERINFO.sub(f"{HIDDEN}@", text), forms))
    raised.args = tuple(_without(part, forms) if isinstance(part, str) else part for part in raised.args)
