"""Events on the command line: as JSON, ``@FILE`` or ``-``; and ``cloudpy event``, which prints samples."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from ..errors import ConfigError
from ..runtime import (
    apigw_event,
    ckafka_event,
    cls_event,
    cmq_event,
    cos_event,
    http_event,
    message_event,
    timer_event,
)
from .console import echo_json

MAX_EVENT = 6 * 1024 * 1024  # bytes: the largest event that the platform takes
_KINDS = {list: "a list", str: "a string", bool: "a boolean", type(None): "null", int: "a number", float: "a number"}


if TYPE_CHECKING:
    _Type = click.ParamType[dict[str, Any]]
else:
    _Type = click.ParamType  # generic since click 8.4
F = TypeVar("F", bound=Callable[..., Any])


class Event(_Type):
    """A JSON object; an error says where it is wrong.

    Args:
        what: its name in messages, and the name of the option.
    """

    name = "JSON|@FILE|-"

    def __init__(self, what: str = "event") -> None:
        self.what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        where, data = self._read(value)
        if len(data) > MAX_EVENT:
            self.fail(f"{where} has {len(data)} bytes, the platform accepts 6 MB")
        if _is_recording(data):
            self.fail(
                f"{where} is a recording of cloudpy dev: the event is under its key event, and compare runs all of it"
            )
        try:
            event = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
        except UnicodeDecodeError as error:
            self.fail(f"{where} is not UTF-8 (byte {error.start})")
        except json.JSONDecodeError as error:
            # a value that does not look like JSON may be a file name without its @
            if where == f"the {self.what}":
                self.fail(
                    f"{where} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}; in a shell it goes"
                    f""" into single quotes: --{self.what} '{{"cloudID": "xxx"}}', a file is named with @"""
                )
            self.fail(f"{where} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}")
        except RecursionError:
            self.fail(f"{where} nests too deep")
        except ValueError as error:
            self.fail(f"{where} is not JSON: {error}")
        if not isinstance(event, dict):
            self.fail(f'{where} must be a JSON object such as {{"cloudID": "xxx"}}, is {_KINDS[type(event)]}')
        return event

    def _read(self, value: str) -> tuple[str, bytes]:
        if value == "-":
            if sys.stdin is None:
                self.fail("standard input is closed: there is nothing to read")
            return "standard input", sys.stdin.buffer.read(MAX_EVENT + 1)
        if not value.startswith("@"):
            return f"the {self.what}", value.encode("utf-8", "surrogateescape")
        path = value[1:]
        try:
            with open(path, "rb") as file:
                return path, file.read(MAX_EVENT + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.fail(f"the {self.what}'s file {path!r} cannot be read: {why}")


def _is_recording(data: bytes) -> bool:
    """Whether this is what ``cloudpy dev --record`` writes: a line of JSON for each invocation."""
    if not data.startswith(b'{"function"'):
        return False
    try:
        first: dict[str, Any] = json.loads(data.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return False
    return {"function", "event", "openid", "unionid", "timer"} <= first.keys()


def _refuse(literal: str) -> Any:
    raise ValueError(f"{literal} is not valid in JSON")


@click.group(
    epilog="""\
\b
Examples:
  cloudpy event timer | cloudpy run functions/daily --event -
  cloudpy event message --content hello --openid o-alice
  cloudpy event message --encrypted --token T --aes-key KEY --appid wx... | cloudpy run push --event -
  cloudpy event http --method POST --path /users --body '{"a": 1}'
  cloudpy event apigw --path /users --query page=2 | cloudpy run functions/web --event -
  cloudpy event cos --key photos/a.png | cloudpy run functions/thumbnail --event -
  cloudpy event client --data '{"cloudID": "xxx"}'
"""
)
def event() -> None:
    """Print a sample event as JSON, ready for cloudpy run DIR --event -"""


@event.command()
@click.option("--name", default="timer", show_default=True, help="The trigger's name, as in config.json.")
@click.option("--message", default="", help="Text of the trigger.")
@click.option("--time", "when", default="", metavar="TIME", help="UTC, as in 2019-02-21T11:49:00Z. Default: now.")
def timer(name: str, message: str, when: str) -> None:
    """Timer."""
    if when and not _is_utc(when):
        raise click.UsageError(f"--time {when!r} is not a time; expected a format like 2019-02-21T11:49:00Z")
    _print(timer_event(name, message=message, when=when))


@event.command()
@click.option("--content", default="hello", show_default=True, help="Content of a text message.")
@click.option("--openid", default="o-local-user", show_default=True, metavar="ID", help="The sender.")
@click.option("--type", "kind", default="text", show_default=True, help="MsgType: text, event, image, ...")
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A further field; may be repeated.")
@click.option("--encrypted", is_flag=True, help="As an HTTP function gets it in the safe mode.")
@click.option("--signed", is_flag=True, help="As an HTTP function gets it in plain text.")
@click.option("--format", "format_", type=click.Choice(["json", "xml"]), default="json", show_default=True)
@click.option("--token", envvar="PUSH_TOKEN", metavar="TEXT", help="The Token of the console, or PUSH_TOKEN.")
@click.option("--aes-key", envvar="PUSH_AES_KEY", metavar="TEXT", help="The EncodingAESKey, or PUSH_AES_KEY.")
@click.option("--appid", envvar="PUSH_APPID", metavar="ID", help="Of the account, or PUSH_APPID.")
@click.option("--path", default="/", show_default=True, help="Of the HTTP function.")
def message(
    content: str, openid: str, kind: str, fields: tuple[str, ...], encrypted: bool, signed: bool, **push: Any
) -> None:
    """Message push."""
    value = {**message_event(content, openid=openid, kind=kind), **_pairs(fields, "--field")}
    if kind == "event":
        value.setdefault("Event", "user_enter_tempsession")
    _print(_pushed(value, encrypted, **push) if encrypted or signed else value)


def _pushed(
    value: dict[str, Any],
    encrypted: bool,
    *,
    format_: Literal["json", "xml"],
    token: str | None,
    aes_key: str | None,
    appid: str | None,
    path: str,
) -> dict[str, Any]:
    needed = {"--token": token, "--appid": appid, **({"--aes-key": aes_key} if encrypted else {})}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        variables = ", ".join(f"PUSH_{name[2:].replace('-', '_').upper()}" for name in missing)
        raise click.UsageError(f"a pushed request needs {', '.join(missing)} as well, or the variables {variables}")
    from ..push import MessagePush

    try:
        push = MessagePush(token or "", appid=appid or "", encoding_aes_key=aes_key if encrypted else None)
    except ConfigError as error:
        raise click.UsageError(error.errMsg) from None
    query, body = push.request(value, format=format_)
    headers = {"content-type": "application/json" if format_ == "json" else "text/xml"}
    return http_event(path, method="POST", query=query, headers=headers, body=body)


def http_options(command: F) -> F:
    """Add the options of an HTTP request."""
    for option in (
        click.option("--body", default="", help="Text, or @FILE; what is not UTF-8 is sent as base64."),
        click.option("--header", multiple=True, metavar="NAME=VALUE", help="May be repeated."),
        click.option("--query", multiple=True, metavar="NAME=VALUE", help="Of the query string; may be repeated."),
        click.option("--method", default="GET", show_default=True),
        click.option("--path", default="/", show_default=True),
    ):
        command = option(command)
    return command


@event.command()
@http_options
@click.option("--env", default="local", show_default=True, metavar="ID", help="Id of the environment.")
def http(env: str, **request: Any) -> None:
    """Request of the HTTP access service."""
    path, request = _request(**request)
    _print(http_event(path, env=env, **request))


@event.command()
@http_options
@click.option("--parameter", multiple=True, metavar="NAME=VALUE", help="Variable of the API's path; may be repeated.")
def apigw(parameter: tuple[str, ...], **request: Any) -> None:
    """Request of the API gateway or of a function URL."""
    path, request = _request(**request)
    _print(apigw_event(path, path_parameters=_pairs(parameter, "--parameter"), **request))


@event.command()
@click.option("--key", default="photos/a.png", show_default=True, help="Key of the object.")
@click.option("--bucket", default="local", show_default=True, help="Name of the bucket, without the appid.")
@click.option("--name", default="cos:ObjectCreated:Put", show_default=True, help="eventName.")
@click.option("--size", default=0, type=click.IntRange(0), metavar="BYTES")
def cos(key: str, bucket: str, name: str, size: int) -> None:
    """Object created or removed in COS."""
    _print(cos_event(key.lstrip("/"), bucket=bucket, name=name, size=size))


@event.command()
@click.option("--body", default="hello", show_default=True)
@click.option("--topic", default="local", show_default=True)
@click.option("--key", default="None", show_default=True, help="Key of the message.")
def ckafka(body: str, topic: str, key: str) -> None:
    """Message in a CKafka topic."""
    _print(ckafka_event(body, topic=topic, key=key))


@event.command()
@click.option("--body", default="hello", show_default=True)
@click.option("--topic", default="local", show_default=True)
@click.option("--tag", multiple=True, help="May be repeated.")
def cmq(body: str, topic: str, tag: tuple[str, ...]) -> None:
    """Message in a CMQ topic."""
    _print(cmq_event(body, topic=topic, tags=tag))


@event.command()
@click.option("--line", multiple=True, default=["hello"], show_default=True, help="Line of a log; may be repeated.")
@click.option("--topic", default="local", show_default=True)
def cls(line: tuple[str, ...], topic: str) -> None:
    """Log lines in CLS."""
    _print(cls_event(line, topic=topic))


@event.command()
@click.option("--data", type=Event(), default="{}", help="JSON, @FILE, or -.")
def client(data: dict[str, Any]) -> None:
    """Data of a mini program's call; cloudpy run adds userInfo."""
    _print(data)


def _request(
    path: str, method: str, query: tuple[str, ...], header: tuple[str, ...], body: str
) -> tuple[str, dict[str, Any]]:
    """Return the path of a request, and the keywords for the rest of it."""
    if not path.startswith("/"):
        raise click.UsageError(f"--path must begin with /, is {path!r}")
    headers = _pairs(header, "--header")
    content: str | bytes = body
    if body.startswith("@"):
        content = _bytes(body[1:])
        try:
            content = content.decode()
        except UnicodeDecodeError:
            pass
    if isinstance(content, str) and content[:1] in ("{", "["):
        headers = {"content-type": "application/json", **headers}
    return path, {"method": method, "query": _pairs(query, "--query"), "headers": headers, "body": content}


def _print(value: dict[str, Any]) -> None:
    echo_json(json.dumps(value, ensure_ascii=False, indent=2))


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    for text in given:
        if "=" not in text[1:]:
            raise click.UsageError(f"{option} must be NAME=VALUE, got {text!r}")
    return {name: value for name, _, value in (text.partition("=") for text in given)}


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_EVENT + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise click.UsageError(f"the file {path!r} cannot be read: {why}") from None


def _is_utc(text: str) -> bool:
    from datetime import datetime

    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return True
