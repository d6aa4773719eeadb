"""``cloudpy dev`` from its start to its end. What takes time to import comes when the functions start up already."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from .options import Options
from .recorder import Record
from .registry import Fleet
from .reloader import Watcher
from .reporter import Terminal

if TYPE_CHECKING:
    from .cloud import LocalCloud


class EnvFileError(Exception):
    """The file of ``--env-file`` cannot be written; says why."""


def run(options: Options, sock: socket.socket, host: str, terminal: Terminal, record: Record | None) -> None:
    """Serves until SIGINT, SIGTERM or SIGHUP; then every process that was started has ended.

    Raises:
        OSError: the local WeChat has no port to listen on.
        EnvFileError: ``options.env_file`` cannot be written.
    """
    fleet = Fleet(options, terminal)
    for name in ("SIGTERM", "SIGHUP"):  # until there is a loop that takes them
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    gc.disable()  # nothing that is imported is garbage, and looking takes a tenth of the time
    try:
        fleet.start()
        _serve_with(fleet, sock, host, terminal, record)
    except KeyboardInterrupt:  # before the loop has taken the signal over
        pass
    finally:
        fleet.close()
        if record:
            record.close()
        terminal.close()


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _serve_with(fleet: Fleet, sock: socket.socket, host: str, terminal: Terminal, record: Record | None) -> None:
    import asyncio

    from .advice import Advice
    from .cloud import LocalCloud

    Advice(terminal).install()
    cloud = LocalCloud(fleet, terminal, record)
    try:
        cloud.connect()
        if cloud.options.env_file:
            _write_variables(cloud, cloud.options.env_file)
        asyncio.run(_serve(cloud, sock, host, terminal))
    finally:
        cloud.close()


def _write_variables(cloud: LocalCloud, path: str) -> None:
    from ..local.env_vars import write

    try:
        write(path, cloud.variables())
    except OSError as error:
        raise EnvFileError(f"--env-file {path} cannot be written: {error.strerror or error}") from None


async def _serve(cloud: LocalCloud, sock: socket.socket, host: str, terminal: Terminal) -> None:
    import asyncio

    from .server import DevServer

    stop, ready = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():  # asked a second time: at once
            cloud.close()
            os._exit(130)
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with contextlib.suppress(NotImplementedError, AttributeError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            loop.add_signal_handler(getattr(signal, name), asked)
    serving = asyncio.ensure_future(DevServer(cloud, host).serve(sock, ready, stop))
    waiting = asyncio.ensure_future(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    gc.enable()
    if ready.is_set():
        _announce(cloud, sock, terminal)
    watcher = Watcher(cloud.options.projects, cloud.look, poll=cloud.options.poll, say=terminal.notice)
    watcher.start()
    try:
        await serving
    finally:
        watcher.stop()


def _announce(cloud: LocalCloud, sock: socket.socket, terminal: Terminal) -> None:
    address, port = sock.getsockname()[:2]
    url = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
    names = list(cloud.functions)
    told = f"{len(names)} function{'' if len(names) == 1 else 's'}: {', '.join(names)}"
    if not names:
        told = f"no function yet in {', '.join(cloud.options.projects)} (cloudpy new NAME makes one)"
    text = f"cloudpy dev at {url}  {told}  local WeChat at {cloud.gateway}  Ctrl-C ends it"
    terminal.ready(text, url=url, functions=names, gateway=cloud.gateway, pid=os.getpid())
    if cloud.options.env_file:
        terminal.notice(f"the variables for other clients are in {cloud.options.env_file}")
    for function in cloud.functions.values():
        if function.port is not None:
            terminal.notice(f"{function.name}: attach a debugger to 127.0.0.1:{function.port}", port=function.port)
