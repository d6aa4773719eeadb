"""Receive messages that WeChat pushes, and reply to them."""

from __future__ import annotations

import asyncio
import base64
import binascii
import functools
import inspect
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, overload
from urllib.parse import parse_qs

from .._client.logging import logger
from .._wire import jsontext
from ..errors import INVALID_PARAM, ConfigError
from ..stores import MemoryStore, Store, open_store
from . import xml
from .crypto import MessageCipher, is_signed, signature
from .errors import FORMAT, REPLAY, SIGNATURE, PushError
from .message import Format, PushedMessage, PushReply

MAX_BODY = 1024 * 1024  # bytes; WeChat's messages have a few thousand
WINDOW = 300.0  # seconds that the time of a message may differ from ours
_SUCCESS = "success"
_TEXT = "text/plain; charset=utf-8"
_TYPES: dict[Format, str] = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}

Query = Mapping[str, Any]
AsyncHandler = TypeVar("AsyncHandler", bound=Callable[..., Awaitable[Any]])
Main = Callable[..., Any]


class MessagePush:
    """The push settings of one account: 消息推送配置 in its console.

    Args:
        token: the Token of the console.
        appid: of the account.
        encoding_aes_key: the EncodingAESKey of the console. With it only encrypted messages are accepted: the safe
            mode, and the compatible one (兼容模式), of which the encrypted part is read. By default messages are
            in plain text (明文模式).
        store: where the ids of received messages are stored, so that none is accepted twice; see ``cloudpy.stores``.
            Default: in the memory of this process.
        window: seconds by which the time of a message may differ from this machine's.
        clock: seconds since 1970.

    Raises:
        ConfigError: an argument is unusable, or the package ``cryptography`` is missing.
    """

    def __init__(
        self,
        token: str,
        *,
        appid: str,
        encoding_aes_key: str | None = None,
        store: Store | str | None = None,
        window: float = WINDOW,
        clock: Callable[[], float] = time.time,
    ) -> None:
        for name, value in (("token", token), ("appid", appid)):
            if not isinstance(value, str) or not value:  # type: ignore[redundant-expr]
                actual = "an empty string" if isinstance(value, str) else f"a {type(value).__name__}"  # type: ignore[redundant-expr]
                raise ConfigError(INVALID_PARAM, f"MessagePush: {name} must be a string, got {actual}")
        if isinstance(window, bool) or not isinstance(window, (int, float)) or not window > 0:  # type: ignore[redundant-expr]
            raise ConfigError(INVALID_PARAM, f"MessagePush: window must be a number of seconds above 0, got {window!r}")
        self.appid = appid
        self._token = token
        self._cipher = None if encoding_aes_key is None else MessageCipher(encoding_aes_key, appid)
        self._store: Store = MemoryStore() if store is None else open_store(store)
        self._window = float(window)
        self._clock = clock

    def verify(self, query: Query | str) -> str:
        """Return the text to answer WeChat's GET with, when the URL is saved in the console.

        Args:
            query: of the URL, as a mapping or as it stands behind the ``?``.

        Raises:
            PushError: it does not come from WeChat.
        """
        values = _query(query)
        echo = values("echostr")
        if self._cipher is not None and values("msg_signature", ""):
            self._check(values, values("msg_signature"), echo)
            return self._cipher.decrypt(echo).decode("utf-8", "replace")
        self._check(values, values("signature"))
        return echo

    def receive(self, query: Query | str, body: bytes | str) -> PushedMessage:
        """Return the message of WeChat's POST.

        Args:
            query: of the URL, as a mapping or as it stands behind the ``?``.
            body: of the request, as it came.

        Raises:
            PushError: it does not come from WeChat, is too old, or was received before.
            StoreError: the store cannot be reached.
        """
        values = _query(query)
        data = body.encode() if isinstance(body, str) else bytes(body)
        if len(data) > MAX_BODY:
            raise PushError(FORMAT, f"the body has {len(data)} bytes; a message has {MAX_BODY} at most", status=413)
        format, fields = _parsed(data)
        if self._cipher is None:
            signed = values("signature")
            self._check(values, signed)
        else:
            encrypted = fields.get("Encrypt")
            if not isinstance(encrypted, str):
                raise PushError(SIGNATURE, "the message is not encrypted: choose 安全模式 in the console", status=403)
            signed = values("msg_signature")
            self._check(values, signed, encrypted)
            _, fields = _parsed(self._cipher.decrypt(encrypted))
        # By the signature, not by nonce and time: their digits can be divided otherwise under the same signature.
        if not self._store.add(self._mark(signed), 2 * self._window + 1):
            raise PushError(REPLAY, "the message was received before", status=403)
        return PushedMessage(fields, format=format, encrypted=self._cipher is not None, nonce=values("nonce"))

    async def areceive(self, query: Query | str, body: bytes | str) -> PushedMessage:
        """Return the message, as ``receive`` does, awaited."""
        if isinstance(self._store, MemoryStore):
            return self.receive(query, body)
        return await asyncio.to_thread(self.receive, query, body)

    def reply(self, message: PushedMessage, result: Any = None) -> PushReply:
        """Return the response for a message, in its format and mode.

        Args:
            message: the message to reply to.
            result: None, ``""`` or ``"success"`` for none; or a dict, in which ``ToUserName``, ``FromUserName`` and
                ``CreateTime`` need not stand.

        Raises:
            TypeError, ValueError: `result` is something else, or has a value with no form in JSON or XML.
        """
        if result is None or (isinstance(result, str) and result in ("", _SUCCESS)):
            return PushReply(200, _TEXT, _SUCCESS)
        if not isinstance(result, Mapping):
            kind = "another string" if isinstance(result, str) else f"a {type(result).__name__}"
            raise TypeError(f'the reply to a pushed message must be None, "success" or a dict, got {kind}')
        fields = {
            "ToUserName": message.get("FromUserName", ""),
            "FromUserName": message.get("ToUserName", ""),
            "CreateTime": int(self._clock()),
            **result,
        }
        text = (
            jsontext.stringify(fields, quote=jsontext.quote_plainly) if message.format == "json" else xml.write(fields)
        )
        if message.encrypted:
            text = self.encrypt(text, nonce=message.nonce, format=message.format)
        return PushReply(200, _TYPES[message.format], text)

    def encrypt(
        self, text: str, *, nonce: str, format: Format, timestamp: int | None = None, random: bytes | None = None
    ) -> str:
        """Return `text` in the envelope of the safe mode.

        Args:
            text: the content, JSON or XML.
            nonce: of the request, or a new one.
            format: ``"json"`` or ``"xml"``.
            timestamp: seconds since 1970; now by default.
            random: 16 bytes; random by default.

        Raises:
            ConfigError: no encoding_aes_key was given.
        """
        if self._cipher is None:
            raise ConfigError(INVALID_PARAM, "MessagePush: give encoding_aes_key, without which nothing is encrypted")
        encrypted = self._cipher.encrypt(text.encode(), random)
        now = int(self._clock()) if timestamp is None else timestamp
        fields = {
            "Encrypt": encrypted,
            "MsgSignature": signature(self._token, str(now), nonce, encrypted),
            "TimeStamp": now,
            "Nonce": nonce,
        }
        return _written(fields, format)

    def request(self, message: Mapping[str, Any], *, format: Format = "json") -> tuple[dict[str, str], str]:
        """Return the query and the body with which WeChat would push a message, for tests.

        Args:
            message: its fields.
            format: the data format (数据格式) of the console.
        """
        nonce, now = str(secrets.randbelow(10**9)), str(int(self._clock()))
        query = {"signature": signature(self._token, now, nonce), "timestamp": now, "nonce": nonce}
        text = _written(message, format)
        if self._cipher is None:
            return query, text
        encrypted = self._cipher.encrypt(text.encode())
        query["encrypt_type"] = "aes"
        query["msg_signature"] = signature(self._token, now, nonce, encrypted)
        return query, _written({"ToUserName": message.get("ToUserName", ""), "Encrypt": encrypted}, format)

    @overload
    def handler(self, main: AsyncHandler) -> AsyncHandler: ...
    @overload
    def handler(self, main: Main) -> Main: ...
    def handler(self, main: Main) -> Main:
        """Make an HTTP function of a handler of messages, ``main(event, context)``; an ``async def`` too.

        Its event is the message, and it returns what ``reply`` takes, as the handler of a cloud function does that
        WeChat pushes to. What is not WeChat's is answered with 403 or 400, and logged.
        """
        if inspect.iscoroutinefunction(main):

            @functools.wraps(main)
            async def handle_async(event: Any, context: Any = None) -> dict[str, Any]:
                try:
                    query, body = _http(event, context)
                    if body is None:
                        return PushReply(200, _TEXT, self.verify(query)).to_event_response()
                    message = await self.areceive(query, body)
                except PushError as error:
                    return _rejected(error)
                try:
                    return self.reply(message, await main(message, context)).to_event_response()
                except BaseException:
                    await asyncio.to_thread(self._forget, query)
                    raise

            return handle_async

        @functools.wraps(main)
        def handle(event: Any, context: Any = None) -> dict[str, Any]:
            try:
                query, body = _http(event, context)
                if body is None:
                    return PushReply(200, _TEXT, self.verify(query)).to_event_response()
                message = self.receive(query, body)
            except PushError as error:
                return _rejected(error)
            try:
                return self.reply(message, main(message, context)).to_event_response()
            except BaseException:
                self._forget(query)
                raise

        return handle

    def _check(self, values: Callable[..., str], expected: str, *parts: str) -> None:
        timestamp = values("timestamp")
        if not is_signed(expected, self._token, timestamp, values("nonce"), *parts):
            raise PushError(SIGNATURE, "the signature is wrong: is the Token that of the console?", status=403)
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise PushError(SIGNATURE, "timestamp must be a number of seconds", status=403)
        age = self._clock() - int(timestamp)
        if abs(age) > self._window:
            when = "ago" if age > 0 else "ahead"
            raise PushError(
                REPLAY, f"the message was sent {abs(age):.0f} seconds {when}: is a clock wrong?", status=403
            )

    def _mark(self, signed: str) -> str:
        return f"push:{self.appid}/{signed}"

    def _forget(self, query: Query | str) -> None:
        """Let a message be received again, since WeChat sends it again when its handler failed."""
        try:
            signed = _query(query)("signature" if self._cipher is None else "msg_signature")
            self._store.put(self._mark(signed), "", 0.001)
        except Exception:
            logger().exception("push: the mark of a message could not be removed")

    def __repr__(self) -> str:  # no token, no key
        return f"<MessagePush {self.appid}, {'encrypted' if self._cipher else 'plain'}>"


def _query(query: Query | str) -> Callable[..., str]:
    """Return what looks up one value of a query."""
    found: Mapping[str, Any]
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=100) if isinstance(query, str) else query
    except ValueError:
        raise PushError(FORMAT, "the query of the URL has too many values") from None

    def value(name: str, default: str | None = None) -> str:
        one = found.get(name, default)
        if isinstance(one, (list, tuple)):
            one = one[0] if len(one) == 1 else None
        if not isinstance(one, str):
            raise PushError(SIGNATURE, f"the query of the URL lacks {name}", status=403)
        return one

    return value


def _written(fields: Mapping[str, Any], format: Format) -> str:
    return jsontext.stringify(fields, quote=jsontext.quote_plainly) if format == "json" else xml.write(fields)


def _parsed(data: bytes) -> tuple[Format, dict[str, Any]]:
    if data.lstrip()[:1] == b"<":
        return "xml", xml.parse(data)
    try:
        fields = jsontext.parse_strictly(data)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise PushError(FORMAT, "the body is neither a JSON object nor XML")
    return "json", fields


def _http(event: Any, context: Any) -> tuple[Query | str, bytes | None]:
    """Return query and body of the request behind an invocation; None instead of the body of a GET.

    It is in the event of the HTTP access service and of an API gateway, and in the context of an HTTP function.
    """
    fields = event if isinstance(event, Mapping) else {}
    http = context.get("httpContext") if isinstance(context, Mapping) else None
    query: Query | str
    if "httpMethod" in fields:
        method = fields["httpMethod"]
        query = fields.get("queryStringParameters") or fields.get("queryString") or {}
        body = _body(fields)
    elif isinstance(http, Mapping):
        method, query = http.get("httpMethod"), str(http.get("url", "")).partition("?")[2]
        body = event if isinstance(event, (bytes, str)) else jsontext.stringify(event)
    else:
        raise PushError(FORMAT, "the function was not invoked by an HTTP request")
    if method == "GET":
        return query, None
    if method != "POST":
        raise PushError(FORMAT, f"WeChat pushes with GET and POST, got {str(method)[:20]!r}", status=405)
    return query, body.encode("utf-8", "replace") if isinstance(body, str) else bytes(body)


def _body(event: Mapping[str, Any]) -> bytes | str:
    body = event.get("body") or ""
    if not isinstance(body, str):
        return jsontext.stringify(body)
    if not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise PushError(FORMAT, "the body is not base64") from None


def _rejected(error: PushError) -> dict[str, Any]:
    logger().warning("%s", error.errMsg)
    return PushReply(error.status, _TEXT, "rejected").to_event_response()  # a stranger learns nothing
