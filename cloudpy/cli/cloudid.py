"""``cloudpy cloudid``: create a CloudID in a running local WeChat."""

from __future__ import annotations

import json
import os
import shlex
import sys
from typing import Any

import click

from .console import echo
from .event import Event


@click.command(
    epilog="""\
\b
Examples:
  cloudpy gateway --env-file .env.local
  cloudpy cloudid --env-file .env.local --openid o-alice --data '{"stepInfoList": []}'
"""
)
@click.option("--openid", metavar="OPENID", help="Owner of the data.  [default: the first user of local.yaml]")
@click.option("--data", type=Event("data"), required=True, metavar="JSON", help="The open data: JSON, @FILE, or - .")
@click.option(
    "--life", type=click.FloatRange(0, 300), default=300.0, show_default=True, help="Seconds until it expires."
)
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False),
    metavar="PATH",
    help="File that `cloudpy gateway --env-file` wrote.  [default: the variables of this shell]",
)
@click.option("--json", "as_json", is_flag=True, help="Print {cloudID, openid, life} instead of the id only.")
def cloudid(openid: str | None, data: dict[str, Any], life: float, env_file: str | None, as_json: bool) -> None:
    """Create a CloudID for open data in a running gateway, and print it."""
    if openid == "":
        raise click.UsageError("--openid must not be empty; omit it for the first user of local.yaml")
    variables = _read(env_file) if env_file else dict(os.environ)
    url, key = _gateway(variables)
    answer = _request(url, key, {"openid": openid, "data": data, "life": life})
    echo(json.dumps(answer, ensure_ascii=False) if as_json else answer["cloudID"])


def _read(path: str) -> dict[str, str]:
    variables = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, _, value = line.strip().partition("=")
            try:
                variables[name] = "".join(shlex.split(value))
            except ValueError:
                continue
    return variables


def _gateway(variables: dict[str, str]) -> tuple[str, str]:
    try:
        url = json.loads(variables.get("TCB_CONTEXT_CNFG", ""))["URL"]
    except (ValueError, KeyError, TypeError):
        url = None
    key = variables.get("TENCENTCLOUD_SECRETKEY", "")
    if not isinstance(url, str) or not url.startswith("http://") or not url.endswith("/admin") or not key:
        raise click.UsageError(
            "no running gateway: start `cloudpy gateway` or `dev` with --env-file .env.local, and pass it here, too"
        )
    return url.removesuffix("/admin"), key


def _request(url: str, key: str, request: dict[str, Any]) -> dict[str, Any]:
    import http.client

    from ..local.http import cloudids

    body = json.dumps(request).encode()
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("POST", cloudids.PATH, body, {cloudids.HEADER: cloudids.signature(key, body)})
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        echo(f"cloudpy: no local WeChat at {url}: {str(error) or type(error).__name__}", err=True)
        sys.exit(1)
    finally:
        connection.close()
    if not isinstance(answer, dict) or (response.status == 200 and not isinstance(answer.get("cloudID"), str)):  # type: ignore[redundant-expr]
        echo(f"cloudpy: the server at {url} is not a local WeChat; start one with `cloudpy gateway`", err=True)
        sys.exit(1)
    if response.status != 200:
        echo(f"cloudpy: the gateway at {url} rejected the request: {answer.get('message', response.status)}", err=True)
        sys.exit(1)
    return answer
