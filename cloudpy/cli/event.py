"""Events on the command line: given as JSON, ``@FILE`` or ``-``; and ``cloudpy event``, which makes samples."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Literal

import click

from ..errors import ConfigError
from ..runtime import http_event, message_event, timer_event
from .echo import echo_json

_MOST = 6 * 1024 * 1024  # bytes: the largest event that the platform takes
_KINDS = {list: "a list", str: "a text", bool: "a boolean", type(None): "null", int: "a number", float: "a number"}
_QUOTES = """in a shell it goes into single quotes: --{what} '{{"cloudID": "xxx"}}'"""


if TYPE_CHECKING:
    _Type = click.ParamType[dict[str, Any]]
else:
    _Type = click.ParamType  # generic since click 8.4


class Event(_Type):
    """A JSON object. Fails with a message that says where it is wrong.

    Args:
        what: it is called in messages, and the name of its option.
    """

    name = "JSON|@FILE|-"

    def __init__(self, what: str = "event") -> None:
        self.what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        where, data = self._read(value)
        if len(data) > _MOST:
            self.fail(f"{where} has {len(data)} bytes; the platform takes events of 6 MB at most")
        try:
            event = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
        except UnicodeDecodeError as error:
            self.fail(f"{where} is not UTF-8 (byte {error.start})")
        except json.JSONDecodeError as error:
            # a text that begins unlike JSON may be a file's name without its @
            hint = f"; {_QUOTES.format(what=self.what)}, a file is named with @" if where == f"the {self.what}" else ""
            self.fail(f"{where} is no JSON: line {error.lineno}, column {error.colno}: {error.msg}{hint}")
        except RecursionError:
            self.fail(f"{where} nests too deep")
        except ValueError as error:
            self.fail(f"{where} is no JSON: {error}")
        if not isinstance(event, dict):
            self.fail(f'{where} must be a JSON object such as {{"cloudID": "xxx"}}, is {_KINDS[type(event)]}')
        return event

    def _read(self, value: str) -> tuple[str, bytes]:
        if value == "-":
            if sys.stdin is None:
                self.fail("standard input is closed: there is nothing to read")
            return "standard input", sys.stdin.buffer.read(_MOST + 1)
        if not value.startswith("@"):
            return f"the {self.what}", value.encode("utf-8", "surrogateescape")
        path = value[1:]
        try:
            with open(path, "rb") as file:
                return path, file.read(_MOST + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.fail(f"the {self.what}'s file {path!r} cannot be read: {why}")


def _refuse(literal: str) -> Any:
    raise ValueError(f"{literal} has no form in JSON")


@click.group(
    epilog="""\
\b
Examples:
  cloudpy event timer | cloudpy run functions/daily --event -
  cloudpy event message --content hello --openid o-alice
  cloudpy event message --encrypted --token T --aes-key KEY --appid wx... | cloudpy run push --event -
  cloudpy event http --method POST --path /users --body '{"a": 1}'
  cloudpy event client --data '{"cloudID": "xxx"}'
"""
)
def event() -> None:
    """Print a sample event as JSON, ready for cloudpy run DIR --event -"""


@event.command()
@click.option("--name", default="timer", show_default=True, help="The trigger's name, as in config.json.")
@click.option("--message", default="", help="The text that goes with the trigger.")
@click.option("--time", "when", default="", metavar="TIME", help="As in 2019-02-21T11:49:00Z; by default now.")
def timer(name: str, message: str, when: str) -> None:
    """What a timer sends.  定时触发"""
    if when and not _is_utc(when):
        raise click.UsageError(f"--time {when!r} is no time; write it as in 2019-02-21T11:49:00Z")
    _print(timer_event(name, message=message, when=when))


@event.command()
@click.option("--content", default="hello", show_default=True, help="What a text says.")
@click.option("--openid", default="o-local-user", show_default=True, metavar="ID", help="Who sends it.")
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
    """What message push sends.  消息推送

    With --encrypted or --signed it is the HTTP request that a server of one's own gets, see cloudpy.push; without, the
    event of a cloud function.
    """
    made = {**message_event(content, openid=openid, kind=kind), **_pairs(fields, "--field")}
    if kind == "event":
        made.setdefault("Event", "user_enter_tempsession")
    _print(_pushed(made, encrypted, **push) if encrypted or signed else made)


def _pushed(
    made: dict[str, Any],
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
    query, body = push.request(made, format=format_)
    headers = {"content-type": "application/json" if format_ == "json" else "text/xml"}
    return http_event(path, method="POST", query=query, headers=headers, body=body)


@event.command()
@click.option("--path", default="/", show_default=True)
@click.option("--method", default="GET", show_default=True)
@click.option("--query", multiple=True, metavar="NAME=VALUE", help="Of the query string; may be repeated.")
@click.option("--header", multiple=True, metavar="NAME=VALUE", help="May be repeated.")
@click.option("--body", default="", help="A text, or @FILE; what is not UTF-8 travels as base64.")
@click.option("--env", default="local", show_default=True, metavar="ID", help="The environment's id.")
def http(path: str, method: str, query: tuple[str, ...], header: tuple[str, ...], body: str, env: str) -> None:
    """What the HTTP access service sends.  HTTP 访问服务"""
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
    _print(http_event(path, method=method, query=_pairs(query, "--query"), headers=headers, body=content, env=env))


@event.command()
@click.option("--data", type=Event(), default="{}", help="What the mini program sends: JSON, @FILE, or -.")
def client(data: dict[str, Any]) -> None:
    """What a mini program sends; cloudpy run adds userInfo.  小程序调用"""
    _print(data)


def _print(made: dict[str, Any]) -> None:
    echo_json(json.dumps(made, ensure_ascii=False, indent=2))


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    for text in given:
        if "=" not in text[1:]:
            raise click.UsageError(f"{option} is written NAME=VALUE, got {text!r}")
    return {name: value for name, _, value in (text.partition("=") for text in given)}


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST + 1)
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
