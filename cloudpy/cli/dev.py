"""``cloudpy dev``: run all functions on one port, with hot reload."""

from __future__ import annotations

import os
import sys
from socket import socket

import click

from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split
from .completion import complete_envs, complete_functions
from .console import FAILED, echo

PORT = 8900
_DEBUGPY = 5678


@click.command(
    epilog="""\
\b
Examples:
  cloudpy dev --open
  cloudpy dev cloudfunctions --openid o-alice
  curl -d '{"cloudID": "xxx"}' http://127.0.0.1:8900/steps
  curl -X POST 'http://127.0.0.1:8900/nightly?trigger=daily'
"""
)
@click.argument("folders", metavar="[DIR]...", nargs=-1, shell_complete=complete_functions)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option(
    "--allow-remote", is_flag=True, help="Allow a non-loopback --host. Anyone who can reach it can run your code."
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="Allow web pages of ORIGIN, such as http://localhost:5173, to call functions; servicewechat.com is the "
    "simulator of WeChat DevTools. Repeatable.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 for any free port.")
@click.option("--openid", metavar="ID", help="Default caller.  [default: the first user of local.yaml]")
@click.option("--unionid", metavar="ID", help="The caller's unionid.")
@click.option("--appid", metavar="ID", help="The caller's mini program.")
@click.option(
    "--env",
    metavar="ID",
    shell_complete=complete_envs,
    help="Environment id.  [default: that of local.yaml, or local]",
)
@click.option(
    "--storage",
    metavar="FOLDER",
    help="Folder of the cloud storage.  [default: that of local.yaml, or DIR/.cloudpy/storage]",
)
@click.option(
    "--database",
    metavar="FOLDER",
    help="Folder of the database.  [default: that of local.yaml, or DIR/.cloudpy/database]",
)
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="Entry point.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 900, min_open=True),
    metavar="SECONDS",
    help="Time limit of an invocation.  [default: that of config.json, or 3]",
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    metavar="MB",
    help="Limit of the address space of a function's process (Linux and macOS).",
)
@click.option(
    "--instances",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    metavar="N",
    help="Maximum number of processes of a function.",
)
@click.option("--cold", is_flag=True, help="Use a new process for each invocation.")
@click.option(
    "--debugpy",
    type=click.IntRange(1, 65000),
    is_flag=False,
    flag_value=_DEBUGPY,
    metavar="[PORT]",
    help=f"Wait for debuggers: for the first function on PORT ({_DEBUGPY}), the next on PORT+1, ... No time limit.",
)
@click.option("--record", metavar="FILE", help="Append each invocation to FILE as a JSON line, for cloudpy compare.")
@click.option(
    "--import",
    "import_from",
    metavar="FOLDER",
    help="Begin with an exported state: users, documents, files, responses, orders.",
)
@click.option("--export-on-exit", "export_to", metavar="FOLDER", help="Export the state to FOLDER at the end.")
@click.option(
    "--env-file",
    metavar="PATH",
    help="Write variables with which any client, such as wx-server-sdk in Node, can call this local cloud.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--timers", is_flag=True, help="Fire the timers of config.json at their times.")
@click.option("--no-console", is_flag=True, help="Serve no console.")
@click.option("--poll", is_flag=True, help="Poll for changed files, for instance on network drives.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
def dev(
    folders: tuple[str, ...],
    host: str,
    allow_remote: bool,
    origins: tuple[str, ...],
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
    import_from: str | None,
    export_to: str | None,
    env_file: str | None,
    open_page: bool,
    timers: bool,
    no_console: bool,
    poll: bool,
    as_json: bool,
) -> None:
    """Serve all cloud functions under DIR (default: the current folder) on one port, with hot reload.

    A function is a folder with index.py. POST /NAME with the event as JSON invokes it; the header x-wx-openid sets the
    caller. The console, a page for the browser, shows what happens. A local WeChat answers cloud calls (云调用) from
    local.yaml. Each function has its own warm process, which is replaced when a file is saved.
    """
    from ..devserver.client.origins import OriginError, parse_origin
    from ..devserver.recorder import EventRecorder
    from ..devserver.registry import OptionError, Options
    from ..devserver.reporter import ConsoleReporter
    from ..devserver.run import EnvFileError, run
    from ..runtime.sockets import is_loopback

    try:
        split(handler)
        projects = tuple(dict.fromkeys(FunctionDir(folder).folder for folder in folders or (".",)))
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    try:
        allowed = tuple(parse_origin(each) for each in origins)
    except OriginError as error:
        raise click.UsageError(f"--allow-origin: {error}") from None
    if openid == "":
        raise click.UsageError("--openid must not be empty; omit it for the first user of local.yaml")
    if not is_loopback(host) and not allow_remote:
        raise click.UsageError(
            f"--host {host} lets other machines run your functions; pass --allow-remote to allow that"
        )
    if debugpy is not None:
        _need_debugpy()
    if memory is not None and sys.platform == "win32":
        raise click.UsageError("--memory needs Linux or macOS")
    sock = _socket(host, port)
    try:
        recorder = EventRecorder(os.path.abspath(record)) if record else None
    except OSError as error:
        raise click.UsageError(f"--record {record} cannot be written: {error.strerror or error}") from None
    options = Options(
        projects=projects,
        handler=handler,
        env=env,
        openid=openid,
        unionid=unionid,
        appid=appid,
        timeout=timeout,
        instances=instances,
        memory=memory,
        cold=cold,
        debugpy=debugpy,
        poll=poll,
        timers=timers,
        storage=os.path.abspath(storage) if storage else None,
        database=os.path.abspath(database) if database else None,
        env_file=env_file,
        console=not no_console,
        open_page=open_page,
        origins=allowed,
        import_from=os.path.abspath(import_from) if import_from else None,
        export_to=os.path.abspath(export_to) if export_to else None,
    )
    try:
        run(options, sock, host, ConsoleReporter(as_json=as_json), recorder)
    except (EnvFileError, OptionError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        echo(f"cloudpy: cannot start the local WeChat: {error.strerror or error}", err=True)
        sys.exit(FAILED)


def _need_debugpy() -> None:
    from importlib.util import find_spec

    if find_spec("debugpy") is None:
        raise click.UsageError("--debugpy needs debugpy: pip install debugpy")


def _socket(host: str, port: int) -> socket:
    from ..runtime.sockets import bind_socket

    try:
        sock = bind_socket(host, port)
        sock.listen(128)  # early connections wait
        return sock
    except OSError as error:
        raise click.UsageError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; --port 0 uses any free port"
        ) from None
