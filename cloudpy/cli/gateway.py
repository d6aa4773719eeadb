"""``cloudpy gateway``: the local WeChat on a socket, for functions in any language."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shlex
import signal
from typing import TYPE_CHECKING, Literal

import click

from ..runtime.printable import printable
from .console import UnusableError, echo

if TYPE_CHECKING:
    from ..local import GatewayServer


DATABASE = os.path.join(".cloudpy", "database")  # the folder of the documents when none is named


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; 0, the default, is any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-remote", is_flag=True, help="Take a --host that other machines reach. They can do all that a function can."
)
@click.option(
    "--local", "local_file", metavar="FILE", help="What it knows and answers.  [default: local.yaml, if there]"
)
@click.option(
    "--config", "config_file", metavar="FILE", help="The function's permissions.  [default: config.json, if there]"
)
@click.option("--env", "env_id", metavar="ENVID", help="Id of the environment; goes before that of local.yaml.")
@click.option(
    "--unknown",
    type=click.Choice(["sample", "refuse"]),
    help="An API that local.yaml does not answer: a made-up answer of its shape (the default), or -604100.",
)
@click.option(
    "--cloud-run", is_flag=True, help="Answer the HTTPS API without an access token, as inside WeChat Cloud Run."
)
@click.option(
    "--storage",
    metavar="FOLDER",
    help="Keep its files there; goes before that of local.yaml.  [default: a temporary one]",
)
@click.option(
    "--database",
    metavar="FOLDER",
    help="Keep its documents there; goes before that of local.yaml.  [default: .cloudpy/database]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON: the url and the environment.")
@click.option(
    "--env-file", metavar="PATH", help="Write the environment there as NAME=value lines, readable by you alone."
)
def gateway(
    port: int,
    host: str,
    allow_remote: bool,
    local_file: str | None,
    config_file: str | None,
    env_id: str | None,
    unknown: Literal["sample", "refuse"] | None,
    cloud_run: bool,
    storage: str | None,
    database: str | None,
    as_json: bool,
    env_file: str | None,
) -> None:
    """Run a local WeChat for any client, until Ctrl-C.

    It prints the environment that makes wx-server-sdk (Node) and cloudpy (Python) talk to it instead of WeChat. With
    a file, from another terminal:

    \b
        cloudpy gateway --env-file .env.local
        set -a; . ./.env.local; set +a; node try.js
    """
    from ..errors import ConfigError
    from ..local import GatewayServer, LocalDataError, load
    from ..local.database import DatabaseError, StoreError
    from ..runtime.sockets import is_loopback

    _log_to_stderr()
    if not is_loopback(host):
        if not allow_remote:
            raise click.UsageError(
                f"--host {host} lets other machines in; give --allow-remote as well if that is what you want"
            )
        echo(f"warning: {host} is open to other machines; who reaches it and has the keys may call", err=True)
    try:
        backend = load(
            local_file or _beside("local.yaml"),
            config=config_file or _beside("config.json"),
            env=env_id,
            unknown=unknown,
            tokenless=cloud_run,
            storage=storage,
            database=database,
            default_database=DATABASE,
            remember=0,  # the log is all there is; parameters may be large
        )
        if backend.documents.is_configured(DATABASE):
            backend.documents.engine()  # what is wrong with what was named is said now
    except (LocalDataError, ConfigError, StoreError, DatabaseError) as error:
        raise UnusableError(error.errMsg if isinstance(error, ConfigError) else str(error)) from None
    server = GatewayServer(backend, host=host, port=port)
    try:
        asyncio.run(_serve(server, as_json, env_file))
    except OSError as error:
        raise UnusableError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; --port 0 takes any free port"
        ) from None
    except KeyboardInterrupt:
        pass


async def _serve(server: GatewayServer, as_json: bool, env_file: str | None) -> None:
    from ..local.env_vars import write

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt instead
            loop.add_signal_handler(one, stop.set)
    async with server:
        variables = server.environment()
        if env_file:
            try:
                write(env_file, variables)
            except OSError as error:
                raise UnusableError(f"--env-file {env_file} cannot be written: {error.strerror}") from None
        _tell(server.url, variables, as_json, env_file)
        await stop.wait()
    echo("stopped", err=True)


def _tell(url: str, variables: dict[str, str], as_json: bool, env_file: str | None) -> None:
    if as_json:
        echo(json.dumps({"url": url, "env": variables}))
    elif not env_file:
        for name, value in variables.items():
            click.echo(f"export {name}={shlex.quote(value)}")  # for a shell: as it is
    echo(f"local WeChat at {url}, stop it with Ctrl-C", err=True)


def _beside(name: str) -> str | None:
    return name if os.path.lexists(name) else None


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("cloudpy")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
