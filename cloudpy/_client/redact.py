"""Keeps secrets out of what is written down or raised: logs, error texts, addresses, recordings.

A secret is known by its name and by its form (``_secrets``), and by being the value of such a variable, or of such an
option of init(), at this moment. Imported when something is about to be written, not at a cold start.

Every function here takes a time linear in what it is given: texts come from whoever calls the function.
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
from .config import Config
from .context import Variables, invocation
from .secret_pairs import HIDDEN, hide_pairs
from .secrets import FORMS, SHORTEST_FORM, VALUE_KEYS, header_name, names_secret, private_keys, secret_name

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

_SHORTEST = 8  # characters; what is shorter would also be found inside of words
# user:password@ of an address
_USERINFO = re.compile(r"""(?<=://)[^\s/?#"<>]+@""")
# The same with a password in which somebody forgot to escape a slash, up to the @ if there is one.
_AUTHORITY = re.compile(r"""://([^\s@"'<>]*)(@?)""")
_HARMLESS = re.compile(rf"[\w./-]{{0,{SHORTEST_FORM - 1}}}")  # most texts of an event: spares them the search
_PORT = re.compile(r"(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[0-9A-Fa-f:.]*\]):\d{1,5}[/?#]")  # a host, no user
_SCHEMES = re.compile(
    r"(Credential=|Signature=)[^\s,;\"'&]+"
    r"|((?:Bearer|Basic|Token|Digest) +)(?=[^\s,;\"']*[0-9=._A-Z])(?![\w-]+=[\w\"'])[^\s,;\"']+"
)


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
        found += [
            config.secret_id,
            config.secret_key,
            config.session_token,
            *in_url(config.service_url),
            *in_url(config.proxy),
        ]
        if config.account is not None:
            account = config.account
            found += [account.secret_id, account.secret_key, account.token, account.authorization]
        if config.tokens is not None:
            found.append(config.tokens.current)
    return {text for text in found if text and len(text) >= _SHORTEST}


def without(text: str, secrets: Iterable[str]) -> str:
    """`text` without these secrets: plain, escaped as in URLs and JSON, and in base64, alone or amid other bytes."""
    return _without(text, _forms(secrets))


def _without(text: str, forms: Iterable[str]) -> str:
    for form in forms:
        if form in text:
            text = text.replace(form, HIDDEN)
    return text


def _forms(secrets: Iterable[str]) -> list[str]:
    """Each way in which these secrets may be written, the longest first."""
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
            for before in range(3):  # bytes before it in its group of three, and what they and those behind leave
                around = encode(b"\0" * before + data).decode().rstrip("=")
                begin, end = (0, 2, 3)[before], (before + len(data)) * 8 // 6
                if end - begin >= _SHORTEST:
                    forms.add(around[begin:end])
    return sorted(forms, key=lambda form: (-len(form), form))


def text(text: str, config: Config | None = None) -> str:
    """A text that is to be written: without known secrets, and without what name or form gives away."""
    return _text(without(text, known(config)))


def _text(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    if "PRIVATE" in text:
        end, kept = 0, []
        for begin, behind in private_keys(text):
            kept += [text[end:begin], HIDDEN]
            end = behind
        text = "".join([*kept, text[end:]])
    if "@" in text and "://" in text:
        text = _without_userinfo(text)
    if len(text) >= SHORTEST_FORM:
        for form in FORMS.values():
            text = form.sub(HIDDEN, text)
    return _SCHEMES.sub(_scheme, hide_pairs(text))


def _scheme(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]}{HIDDEN}"


def _without_userinfo(text: str) -> str:
    return _AUTHORITY.sub(_userinfo, _USERINFO.sub(f"{HIDDEN}@", text))


def _userinfo(found: re.Match[str]) -> str:
    """What stands before an ``@`` is hidden, unless it is a host and a path."""
    before, again, authority = f"://{found[1]}".rpartition("://")
    return f"{before}{again}{HIDDEN}@" if found[2] and _has_password(authority) else found[0]


def _has_password(authority: str) -> bool:
    before, colon, _ = authority.partition(":")
    return bool(colon) and not any(char in before for char in "/?#") and _PORT.match(authority) is None


def in_url(address: str) -> set[str]:
    """The secrets that an address has: user and password, and what stands behind a telling name in its query."""
    head, _, query = address.partition("?")
    whole = [one[:-1] for one in _USERINFO.findall(head)]
    whole += [
        one
        for run, at in _AUTHORITY.findall(address)
        for one in [run.rpartition("://")[2]]
        if at and _has_password(one)
    ]
    found = {part for one in whole for part in (one, one.partition(":")[2])}
    pairs = [pair.partition("=") for pair in query.split("&")]
    found |= {value for name, _, value in pairs if secret_name(unquote(name))}
    return {form for text in found for form in (text, unquote(text))}


def url(address: str) -> str:
    """An address without user and password, and without secrets in its query."""
    head, mark, query = _text(address).partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    shown = [f"{name}{is_}{HIDDEN if is_ and secret_name(unquote(name)) else value}" for name, is_, value in pairs]
    return f"{head}{mark}{'&'.join(shown)}"


def value(item: Any, *, secrets: Iterable[str] | None = None) -> Any:
    """The same value, nested as it is, with ``***`` for what is secret or stands, however deep, behind such a name.

    None, True and False stay, as do empty texts.
    """
    forms = _forms(known() if secrets is None else secrets)
    texts = "\n".join(_texts(item))
    forms = [form for form in forms if form in texts]  # looked for in each text: so mostly none is
    root: list[Any] = [None]
    copies: dict[tuple[int, bool], Any] = {}  # a container that is there twice, or in itself
    left: list[tuple[Any, bool, Any, Any]] = [(item, False, root, 0)]
    while left:
        part, secret, into, at = left.pop()
        if isinstance(part, (Mapping, list, tuple)):
            copy = copies.get((id(part), secret))
            if copy is None:
                copy = copies[id(part), secret] = {} if isinstance(part, Mapping) else [None] * len(part)
                left += _parts(part, secret, copy, forms)
            into[at] = copy
        else:
            into[at] = _leaf(part, secret, forms)
    return root[0]


def _parts(item: Any, secret: bool, copy: Any, forms: list[str]) -> Iterable[tuple[Any, bool, Any, Any]]:
    """What is in a container: the part, whether it is secret, and where its copy goes."""
    if not isinstance(item, Mapping):
        # a header or a field, as many libraries list them: ("authorization", "…")
        named = len(item) == 2 and secret_name(item[0]) and (isinstance(item, tuple) or header_name(item[0]))
        return [(part, secret or (named and at == 1), copy, at) for at, part in enumerate(item)]
    # {"name": "token", "value": "…"}
    named = names_secret(item)
    found = []
    for key, part in item.items():
        shown = _text(_without(key, forms)) if isinstance(key, str) else key
        copy[shown] = None  # in order
        found.append((part, secret or secret_name(key) or (named and key in VALUE_KEYS), copy, shown))
    return found


def _leaf(item: Any, secret: bool, forms: list[str]) -> Any:
    if item is None or isinstance(item, bool):
        return item
    if secret:
        return HIDDEN if not isinstance(item, (str, bytes, bytearray)) or item else item
    return _text(_without(item, forms)) if isinstance(item, str) else item


def _texts(item: Any) -> Iterable[str]:
    for part, _ in _walk(item):
        if isinstance(part, str) and len(part) >= _SHORTEST:
            yield part


def _walk(item: Any) -> Iterable[tuple[Any, bool]]:
    """Every part of a value, keys too, and whether it stands behind the name of a secret; each container once."""
    met: set[tuple[int, bool]] = set()
    left: list[tuple[Any, bool]] = [(item, False)]
    while left:
        part, secret = left.pop()
        if isinstance(part, (Mapping, list, tuple)):
            if (id(part), secret) in met:
                continue
            met.add((id(part), secret))
            if isinstance(part, Mapping):
                named = names_secret(part)
                left += [
                    (inner, secret or secret_name(key) or (named and key in VALUE_KEYS)) for key, inner in part.items()
                ]
                left += [(key, False) for key in part]
            else:
                left += [(inner, secret) for inner in part]
        else:
            yield part, secret


def secrets_in(item: Any) -> set[str]:
    """The texts and numbers in a nested value that stand behind a telling name."""
    found = {str(part) for part, secret in _walk(item) if secret and isinstance(part, (str, int, float))}
    return {text for text in found if len(text) >= _SHORTEST}


def private_file(path: str, flags: int) -> int:
    """A file descriptor to write to, of a file that its owner alone can read, new or not; `flags` as of os.open().

    Raises:
        OSError: it cannot be written.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    with contextlib.suppress(OSError, AttributeError):  # a pipe, another's file, a system without such modes
        if stat.S_ISREG(os.fstat(file).st_mode):
            os.fchmod(file, 0o600)
    return file


def error(raised: CloudSDKError, config: Config | None, more: Iterable[str] = ()) -> None:
    """Takes secrets, and those of `more`, out of the texts of an error, in place.

    A gateway may answer with what it was sent.
    """
    forms = _forms(known(config) | {secret for secret in more if len(secret) >= _SHORTEST})
    for name in ("errMsg", "_message", "requestId"):
        told = getattr(raised, name, None)
        if isinstance(told, str) and told:
            setattr(raised, name, _without(_USERINFO.sub(f"{HIDDEN}@", told), forms))
    raised.args = tuple(_without(part, forms) if isinstance(part, str) else part for part in raised.args)
