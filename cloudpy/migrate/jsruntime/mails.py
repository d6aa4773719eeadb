"""Mails as nodemailer sends them, with smtplib and email."""

from __future__ import annotations

import re
import smtplib
import socket
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import buffer
from .coercion import call, text
from .promises import wait
from .values import Host, is_nil, truthy

_SERVICES = {
    "qq": "smtp.qq.com", "163": "smtp.163.com", "126": "smtp.126.com", "qqex": "smtp.exmail.qq.com",
    "gmail": "smtp.gmail.com", "sina": "smtp.sina.com", "aliyun": "smtp.aliyun.com",
}  # fmt: skip
_TRANSPORT = {"host", "port", "secure", "auth", "service", "secureConnection", "pool", "logger", "debug"}
_MAIL_OPTIONS = {"from", "to", "cc", "bcc", "replyTo", "subject", "text", "html", "attachments"}


class Mailer(Host):
    """``nodemailer.createTransport(…)``."""

    def __init__(self, options: Any) -> None:
        if not isinstance(options, dict):
            raise NotTranslated("nodemailer.createTransport of what is no object is not translated")
        given = {name: value for name, value in options.items() if not is_nil(value)}
        if given.keys() - _TRANSPORT:
            raise NotTranslated(f"the option {min(given.keys() - _TRANSPORT)} of nodemailer is not translated")
        service = re.sub("[^a-z0-9.]", "", text(given.get("service", "")).lower())
        if service and service not in _SERVICES:
            raise NotTranslated(f"the service {given['service']} of nodemailer is not translated")
        self._host = _SERVICES[service] if service else text(given.get("host", "localhost"))
        port = 465 if service else int(given.get("port", 465 if truthy(given.get("secure", False)) else 587))
        self._port = port
        self._is_secure = truthy(given["secure"]) if "secure" in given and not service else port == 465
        self._auth: Any = given.get("auth")

    async def sendMail(self, mail: Any, callback: Any = UNDEFINED) -> Any:
        import asyncio

        try:
            message, envelope = _message_of(mail)
            info = await asyncio.to_thread(self._send, message, envelope)
        except Exception as error:
            if is_nil(callback):
                raise
            return await wait(call(callback, error, UNDEFINED))
        return info if is_nil(callback) else await wait(call(callback, None, info))

    def close(self) -> Any:
        return UNDEFINED

    async def verify(self, callback: Any = UNDEFINED) -> Any:
        """Return true if the server takes the name and the password."""
        import asyncio

        try:
            await asyncio.to_thread(lambda: self._open().quit())
        except Exception as error:
            if is_nil(callback):
                raise
            return await wait(call(callback, error))
        return True if is_nil(callback) else await wait(call(callback, None, True))

    def _send(self, message: Any, envelope: dict[str, Any]) -> dict[str, Any]:
        with self._open() as server:
            return _delivered(server, message, envelope)

    def _open(self) -> smtplib.SMTP:
        """Connect and log in."""
        import ssl

        try:
            if self._is_secure:
                context = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, context=context, timeout=120)
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=120)
        except OSError as error:
            raise _mail_error(_connect_words(error, self._host, self._port), "ESOCKET") from None
        try:
            server.ehlo()
            if not self._is_secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if not is_nil(self._auth):
                server.login(text(self._auth.get("user", "")), text(self._auth.get("pass", "")))
        except smtplib.SMTPAuthenticationError as error:
            server.close()
            words = _reply_words(error.smtp_code, error.smtp_error)
            raise _mail_error(f"Invalid login: {words}", "EAUTH", error.smtp_code) from None
        except BaseException:
            server.close()
            raise
        return server


def _delivered(server: smtplib.SMTP, message: Any, envelope: dict[str, Any]) -> dict[str, Any]:
    code, words = server.mail(envelope["from"])
    if code != 250:
        raise _mail_error(f"Mail command failed: {_reply_words(code, words)}", "EENVELOPE", code)
    accepted: list[str] = []
    rejected: list[str] = []
    for address in envelope["to"]:
        code, words = server.rcpt(address)
        (accepted if code in (250, 251) else rejected).append(address)
    if not accepted:
        raise _mail_error(
            f"Can't send mail - all recipients were rejected: {_reply_words(code, words)}", "EENVELOPE", code
        )
    code, words = server.data(message.as_bytes())
    if code != 250:
        raise _mail_error(f"Message failed: {_reply_words(code, words)}", "EMESSAGE", code)
    response = _reply_words(code, words)
    return {
        "accepted": accepted, "rejected": rejected, "response": response, "envelope": envelope,
        "messageId": message["Message-ID"],
    }  # fmt: skip


def _reply_words(code: int, words: Any) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else text(words)
    return f"{code} {said}"


def _connect_words(error: OSError, host: str, port: int) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"connect ECONNREFUSED {socket.gethostbyname(host)}:{port}"
    return f"getaddrinfo ENOTFOUND {host}" if isinstance(error, socket.gaierror) else str(error)


def _mail_error(message: str, code: str, number: Any = UNDEFINED) -> Exception:
    error = Exception(message)
    error.code = code  # type: ignore[attr-defined]
    if number is not UNDEFINED:
        error.responseCode = number  # type: ignore[attr-defined]
    return error


def _addresses(value: Any) -> list[tuple[str, str]]:
    """Return names and addresses of a string, of an object, or of a list of those."""
    from email.utils import getaddresses

    if is_nil(value):
        return []
    found: list[tuple[str, str]] = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            found.append((text(each.get("name", "")), text(each["address"])))
        else:
            found += [pair for pair in getaddresses([text(each)]) if pair[1]]
    return found


def _message_of(mail: Any) -> tuple[Any, dict[str, Any]]:
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import formatdate, make_msgid

    given = {name: value for name, value in mail.items() if not is_nil(value)}
    if given.keys() - _MAIL_OPTIONS:
        raise NotTranslated(f"the option {min(given.keys() - _MAIL_OPTIONS)} of a mail is not translated")
    message = EmailMessage(policy=SMTP)
    everyone: list[str] = []
    for name, header in (("from", "From"), ("to", "To"), ("cc", "Cc"), ("replyTo", "Reply-To"), ("bcc", "")):
        pairs = _addresses(given.get(name))
        if header and pairs:
            message[header] = [Address(label, addr_spec=address) for label, address in pairs]
        if name in ("to", "cc", "bcc"):
            everyone += [address for _, address in pairs if address not in everyone]
    sender = next((address for _, address in _addresses(given.get("from"))), "")
    if not everyone:
        raise _mail_error("No recipients defined", "EENVELOPE")
    message["Subject"] = re.sub(r"\s*[\r\n]+\s*", " ", text(given.get("subject", "")))
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    if "text" in given or "html" not in given:
        message.set_content(text(given.get("text", "")))
    if "html" in given and "text" in given:
        message.add_alternative(text(given["html"]), subtype="html")
    elif "html" in given:
        message.set_content(text(given["html"]), subtype="html")
    for each in given.get("attachments", []):
        _attach(message, each)
    return message, {"from": sender, "to": everyone}


def _attach(message: Any, given: Any) -> None:
    import mimetypes

    if set(given) - {"filename", "content", "path", "contentType", "encoding"}:
        raise NotTranslated("an attachment with these options is not translated")
    if "path" in given:
        with open(given["path"], "rb") as file:
            content = file.read()
    else:
        content = buffer(given["content"], given.get("encoding", UNDEFINED))
    name = given.get("filename") or text(given.get("path", "attachment")).rpartition("/")[2]
    kind = given.get("contentType") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
