"""``cloudpy dev``: the local cloud."""

from __future__ import annotations

import os
import sys
from socket import socket

import click

from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split
from .echo import echo

PORT = 8900
_DEBUGPY = 5678


@click.command(
    epilog="""\
\b
Examples:
  cloudpy dev
  cloudpy dev cloudfunctions --openid o-alice
  curl -d '{"cloudID": "xxx"}' http://127.0.0.1:8900/steps
  curl -X POST 'http://127.0.0.1:8900/nightly?trigger=daily'
"""
)
@click.argument("folders", metavar="[DIR]...", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Take a --host that other machines reach; they can run your code.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 for any free one.")
@click.option("--openid", metavar="ID", help="Who calls; by default the first user of local.yaml.  调用者的 openid")
@click.option("--unionid", metavar="ID", help="The caller's unionid.")
@click.option("--appid", metavar="ID", help="The mini program that the caller uses.")
@click.option("--env", metavar="ID", help="Environment id; by default that of local.yaml, or local.  环境 ID")
@click.option(
    "--storage",
    metavar="FOLDER",
    help="Keep the files of the cloud storage there; by default where local.yaml says, or in DIR/.cloudpy/storage.",
)
@click.option(
    "--database",
    metavar="FOLDER",
    help="Keep the documents of the database there; by default where local.yaml says, or in DIR/.cloudpy/database.",
)
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="What is called.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 900, min_open=True),
    metavar="SECONDS",
    help="Time limit of an invocation; by default that of config.json, or 3.  超时时间（秒）",
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    metavar="MB",
    help="The most that a function's process may have of address space, where the system can limit it.",
)
@click.option(
    "--instances",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    metavar="N",
    help="Processes that a function may have while it is called several times at once.  单函数最大实例数",
)
@click.option("--cold", is_flag=True, help="A new process for each invocation, instead of a warm one.  每次冷启动")
@click.option(
    "--debugpy",
    type=click.IntRange(1, 65000),
    is_flag=False,
    flag_value=_DEBUGPY,
    metavar="[PORT]",
    help=f"Let a debugger attach: to the first function at PORT ({_DEBUGPY}), the next at PORT+1, ... No time limit.",
)
@click.option(
    "--record", metavar="FILE", help="Write each invocation down, a JSON line each, as cloudpy compare reads them."
)
@click.option(
    "--env-file",
    metavar="PATH",
    help="Write the variables there that let any client, also wx-server-sdk in Node, call this local cloud.",
)
@click.option("--poll", is_flag=True, help="Look for changes instead of waiting to hear of them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
def dev(
    folders: tuple[str, ...],
    host: str,
    allow_remote: bool,
    port: int,
    openid: str | None,
    unionid: str | None,
    appid: str | None,
    env: str | None,
    storage: str | None,
    database: str | None,
    handler: str,
    timeout: float | None,
    memory: int | None,
    instances: int,
    cold: bool,
    debugpy: int | None,
    record: str | None,
    env_file: str | None,
    poll: bool,
    as_json: bool,
) -> None:
    """Run every cloud function under DIR (by default here) on one port, and take up what you save.

    A function is a folder with index.py. POST /NAME with the event as JSON invokes it, as the user that the header
    x-wx-openid names; GET / shows a page. A local WeChat answers the cloud calls (云调用) from local.yaml. Each
    function has a process of its own, which stays warm; saving a file starts it anew.
    """
    from ..devserver.options import Options
    from ..devserver.recorder import Record
    from ..devserver.reporter import Terminal
    from ..devserver.run import EnvFileError, run
    from ..runtime.sockets import is_loopback

    try:
        split(handler)
        projects = tuple(dict.fromkeys(FunctionDir(folder).folder for folder in folders or (".",)))
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    if openid == "":
        raise click.UsageError("--openid must not be empty; leave it out for the first user of local.yaml")
    if not is_loopback(host) and not allow_remote:
        raise click.UsageError(
            f"--host {host} lets other machines run your functions; give --allow-remote as well if you want that"
        )
    if debugpy is not None:
        _need_debugpy()
    if memory is not None and sys.platform == "win32":
        raise click.UsageError("--memory needs a system that limits address space, as Linux and macOS do")
    sock = _socket(host, port)
    try:
        book = Record(os.path.abspath(record)) if record else None
    except OSError as error:
        raise click.UsageError(f"--record {record} cannot be written: {error.strerror or error}") from None
    folder = os.path.abspath(storage) if storage else None
    options = Options(
        projects,
        handler,
        env,
        openid,
        unionid,
        appid,
        timeout,
        instances,
        memory,
        cold,
        debugpy,
        poll,
        folder,
        os.path.abspath(database) if database else None,
        env_file,
    )
    try:
        run(options, sock, host, Terminal(as_json=as_json), book)
    except EnvFileError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        echo(f"cloudpy: the local WeChat finds no port to listen on: {error.strerror or error}", err=True)
        sys.exit(1)


def _need_debugpy() -> None:
    from importlib.util import find_spec

    if find_spec("debugpy") is None:
        raise click.UsageError("--debugpy needs debugpy, which is not installed here: pip install debugpy")


def _socket(host: str, port: int) -> socket:
    from ..runtime.sockets import bind_socket

    try:
        sock = bind_socket(host, port)
        sock.listen(128)  # whoever comes early waits
        return sock
    except OSError as error:
        raise click.UsageError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; --port 0 takes any free port"
        ) from None
