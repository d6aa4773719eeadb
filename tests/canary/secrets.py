"""The forty secrets, the forms in which they could come out, and what has been seen."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, quote_plus

NAMES = (
    # options of init()
    "secretId",
    "secretKey",
    "sessionToken",
    "access_token",
    "access_token of a callable",
    "access_token after a refresh",
    "an option of the wrong type",
    "token in serviceUrl",
    "password in serviceUrl",
    # variables
    "WX_API_TOKEN",
    "WX_TRIGGER_API_TOKEN_V0",
    "API_TOKEN",
    "TCB_SESSIONTOKEN",
    "TENCENTCLOUD_SECRETID",
    "TENCENTCLOUD_SECRETKEY",
    "TENCENTCLOUD_SESSIONTOKEN",
    "WX_CLOUDBASE_ACCESSTOKEN",
    "token file of Cloud Run",
    "WX_API_TOKEN of an invocation",
    "TENCENTCLOUD_SECRETKEY of an invocation",
    "a password of the user's own",
    "DATABASE_URL",
    # parameters, and what WeChat answers
    "midas secret",
    "appsecret",
    "nested ticket",
    "password in a query",
    "session_key in an answer",
    "access_token in an answer",
    # HTTP functions
    "x-cloudbase-context",
    "secretKey in x-cloudbase-context",
    "x-wx-cloudbase-access-token",
    "x-wx-from-cloudbase-access-token",
    "Authorization",
    "Cookie",
    "token in a query",
    # the local WeChat
    "access_token that is none",
    "secret of /cgi-bin/token",
    # a function's folder
    "secret in the code",
    "secret in .env",
    "secret in config.json",
)


def _value(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:24]
    return f"cnry/{digest}+x=="  # with what URLs escape, as real tokens have


SECRETS = {name: _value(name) for name in NAMES}


def forms(secret: str) -> list[str]:
    """As it is, as URLs and JSON write it, in base64 of its own, and inside of a longer base64."""
    data = secret.encode()
    found = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]]
    found.append(secret.replace("/", "\\/"))
    for shift in range(3):
        inside = base64.b64encode(b"\0" * shift + data).decode()[4 if shift else 0 :]
        inside = inside[: len(inside) - 4]  # what follows changes the end
        found += [inside, inside.replace("+", "-").replace("/", "_")]
    return found


FORMS = {name: forms(secret) for name, secret in SECRETS.items()}


class Canary:
    """Plants secrets, and keeps what was seen."""

    def __init__(self) -> None:
        self.planted: set[str] = set()
        self.seen: list[tuple[str, str]] = []

    def __getitem__(self, name: str) -> str:
        self.planted.add(name)
        return SECRETS[name]

    def saw(self, where: str, *things: Any) -> None:
        """Takes note of texts, bytes, errors (with all that can be written of them) and objects (as they show)."""
        for thing in things:
            if isinstance(thing, bytes):
                self.seen.append((where, thing.decode("utf-8", "backslashreplace")))
            elif isinstance(thing, BaseException):
                self.seen += [(where, text) for text in _told(thing)]
            else:
                self.seen += [(where, thing if isinstance(thing, str) else f"{thing!r} {thing!s}")]

    @contextmanager
    def failing(self, where: str, kind: type[BaseException] = Exception) -> Iterator[None]:
        """A block that must fail; everything about the error is seen."""
        try:
            yield
        except kind as error:
            self.saw(where, error)
        else:
            raise AssertionError(f"{where}: nothing was raised")

    @contextmanager
    def logs(self, where: str) -> Iterator[None]:
        """Everything that any logger says meanwhile, at any level, as a handler formats it and as it is kept."""
        handler = _Kept()
        root = logging.getLogger()
        loggers = [root, logging.getLogger("cloudpy"), logging.getLogger("aiohttp"), logging.getLogger("asyncio")]
        before = [one.level for one in loggers]
        for one in loggers:
            one.setLevel(logging.DEBUG)
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)
            for one, level in zip(loggers, before, strict=True):
                one.setLevel(level)
            self.saw(f"{where}, the log", *handler.texts)

    def leaks(self) -> list[str]:
        """Which secret was seen, where, and what is around it."""
        found = []
        for where, text in self.seen:
            for name, written in FORMS.items():
                for form in written:
                    at = text.find(form)
                    if at >= 0:
                        found.append(f"{name!r} in {where}: …{text[max(0, at - 60) : at + 80]!r}…")
                        break
        return found


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts += [self.format(record), repr({name: repr(value) for name, value in vars(record).items()})]


def _told(error: BaseException) -> list[str]:
    texts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    texts.append("".join(traceback.format_exception(type(error), error, error.__traceback__)))
    if hasattr(error, "toJSON"):
        texts.append(json.dumps(error.toJSON(), ensure_ascii=False))
        texts.append(repr(vars(pickle.loads(pickle.dumps(error)))))
    return texts
