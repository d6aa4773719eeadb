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

from ..i18n import translated
from ..runtime.printable import printable
from .completion import complete_envs
from .console import UnusableError, echo

if TYPE_CHECKING:
    from ..devserver.console.standalone import StandaloneConsole
    from ..local import GatewayServer


_LOOPBACK = "127.0.0.1"
DATABASE = os.path.join(".cloudpy", "database")  # default folder of the documents


@click.command(
    epilog="""\
\b
Examples:
  cloudpy gateway --env-file .env.local

\b
  # in another terminal
  set -a; . ./.env.local; set +a
  node try.js
"""
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on.  [default: any free port]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-remote", is_flag=True, help="Allow a non-loopback --host. Anyone who can reach it can call all APIs."
)
@click.option(
    "--local", "local_file", metavar="FILE", help="Users, open data and responses.  [default: local.yaml, if it exists]"
)
@click.option(
    "--config", "config_file", metavar="FILE", help="The function's permissions.  [default: config.json, if it exists]"
)
@click.option(
    "--env", "env_id", metavar="ENVID", shell_complete=complete_envs, help="Environment id; overrides local.yaml."
)
@click.option(
    "--unknown",
    type=click.Choice(["sample", "refuse"]),
    help="Response of APIs without one in local.yaml: a generated sample (the default), or error -604100.",
)
@click.option(
    "--cloud-run", is_flag=True, help="Serve the HTTPS API without access tokens, as inside WeChat Cloud Run."
)
@click.option(
    "--storage",
    metavar="FOLDER",
    help="Folder of the files; overrides local.yaml.  [default: a temporary folder]",
)
@click.option(
    "--database",
    metavar="FOLDER",
    help="Folder of the documents; overrides local.yaml.  [default: .cloudpy/database]",
)
@click.option("--console", is_flag=True, help="Serve the console, a page for the browser, on another port.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON: url and environment.")
@click.option(
    "--env-file", metavar="PATH", help="Write the environment to PATH as NAME=value lines that only you can read."
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
    console: bool,
    as_json: bool,
    env_file: str | None,
) -> None:
    """Run a local WeChat for any client, until Ctrl-C.

    It prints environment variables. A program with these variables, in Node (wx-server-sdk) or Python (cloudpy), calls
    the local WeChat instead of the real one.
    """
    from ..errors import ConfigError
    from ..local import GatewayServer, LocalDataError, load
    from ..local.database import DatabaseError, StoreError
    from ..runtime.sockets import is_loopback

    _log_to_stderr()
    if not is_loopback(host):
        if not allow_remote:
            raise click.UsageError(f"--host {host} is open to other machines; add --allow-remote to allow that")
        echo(translated(f"warning: {host} is open to other machines; anyone with the keys can call it"), err=True)
    try:
        backend = load(
            local_file or _existing("local.yaml"),
            config=config_file or _existing("config.json"),
            env=env_id,
            unknown=unknown,
            tokenless=cloud_run,
            storage=storage,
            database=database,
            default_database=DATABASE,
            remember=0,  # nothing reads the records, and parameters may be large
        )
        if backend.documents.is_configured(DATABASE):
            backend.documents.engine()  # report errors of what was configured now
    except (LocalDataError, ConfigError, StoreError, DatabaseError) as error:
        raise UnusableError(error.errMsg if isinstance(error, ConfigError) else str(error)) from None
    server = GatewayServer(backend, host=host, port=port)
    try:
        asyncio.run(_serve(server, as_json, env_file, console))
    except OSError as error:
        raise UnusableError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; --port 0 uses any free port"
        ) from None
    except KeyboardInterrupt:
        pass


async def _serve(server: GatewayServer, as_json: bool, env_file: str | None, console: bool) -> None:
    from ..local.env_vars import write

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt instead
            loop.add_signal_handler(number, stop.set)
    async with server:
        variables = server.environment()
        if env_file:
            try:
                write(env_file, variables)
            except OSError as error:
                raise UnusableError(f"--env-file {env_file} cannot be written: {error.strerror}") from None
        pages, address = await _start_console(server) if console else (None, "")
        _print_environment(server.url, variables, as_json, env_file, address)
        await stop.wait()
        if pages is not None:
            await pages.stop()
    echo(translated("stopped"), err=True)


async def _start_console(server: GatewayServer) -> tuple[StandaloneConsole, str]:
    """Start the console on a free port of loopback, and return its address with the token."""
    from ..devserver.console.console import Console
    from ..devserver.console.server import ConsoleServer
    from ..devserver.console.standalone import StandaloneConsole
    from ..runtime.sockets import bind_socket

    shown = Console(backend=server.backend, gateway=server.url)
    pages = StandaloneConsole(ConsoleServer(shown, _log_warning), _LOOPBACK, _log_warning)
    sock = bind_socket(_LOOPBACK, 0)
    await pages.start(sock)
    return pages, f"http://{_LOOPBACK}:{sock.getsockname()[1]}/_console/?token={shown.token}"


def _log_warning(text: str) -> None:
    logging.getLogger("cloudpy.console").warning("%s", text)


def _print_environment(
    url: str, variables: dict[str, str], as_json: bool, env_file: str | None, console: str = ""
) -> None:
    if as_json:
        echo(json.dumps({"url": url, "env": variables, **({"console": console} if console else {})}))
    elif not env_file:
        for name, value in variables.items():
            click.echo(f"export {name}={shlex.quote(value)}")  # for a shell, so not escaped
    if console:
        echo(translated(f"console: {console}"), err=True)
    echo(translated(f"local WeChat at {url}, stop with Ctrl-C"), err=True)


def _existing(name: str) -> str | None:
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
