"""``cloudpy dev`` from start to end. Slow imports happen while the functions' processes start."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

from ..i18n import translated
from ..runner.discovery import watched_folders
from .recorder import EventRecorder
from .registry import FunctionRegistry, Options
from .reloader import Watcher
from .reporter import ConsoleReporter, LogForwarder

if TYPE_CHECKING:
    from .cloud import LocalCloud


class EnvFileError(Exception):
    """The file of ``--env-file`` cannot be written."""


def run(
    options: Options,
    sock: socket.socket,
    host: str,
    reporter: ConsoleReporter,
    recorder: EventRecorder | None,
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then end every process.

    Args:
        options: of the command.
        sock: to listen on.
        host: the address that it is bound to.
        reporter: for the console.
        recorder: of invocations, or None.

    Raises:
        OSError: there is no port for the local WeChat.
        EnvFileError: ``options.env_file`` cannot be written.
    """
    registry = FunctionRegistry(options, reporter)
    for name in ("SIGTERM", "SIGHUP"):  # until the event loop handles them
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _exit)
    gc.disable()  # imports leave no garbage, and collecting takes a tenth of the start
    try:
        registry.start()
        _run(registry, sock, host, reporter, recorder)
    except KeyboardInterrupt:  # before the event loop handles it
        pass
    finally:
        registry.close()
        if recorder:
            recorder.close()
        reporter.close()


def _exit(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _run(
    registry: FunctionRegistry,
    sock: socket.socket,
    host: str,
    reporter: ConsoleReporter,
    recorder: EventRecorder | None,
) -> None:
    import asyncio

    from .cloud import LocalCloud

    LogForwarder(reporter).install()
    cloud = LocalCloud(registry, reporter, recorder)
    try:
        cloud.connect()
        if cloud.options.env_file:
            _write_variables(cloud, cloud.options.env_file)
        asyncio.run(_serve(cloud, sock, host, reporter))
        reporter.notice("stopped")
    finally:
        cloud.close()


def _write_variables(cloud: LocalCloud, path: str) -> None:
    from ..local.env_vars import write

    try:
        write(path, cloud.variables())
    except OSError as error:
        raise EnvFileError(f"--env-file {path} cannot be written: {error.strerror or error}") from None


async def _serve(cloud: LocalCloud, sock: socket.socket, host: str, reporter: ConsoleReporter) -> None:
    import asyncio

    from .console.console import Console
    from .console.server import ConsoleServer
    from .server import DevServer

    options = cloud.options
    console = Console(cloud) if options.console else None
    stop, ready = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def handle_signal() -> None:
        if stop.is_set():  # the second one: end at once
            cloud.close()
            os._exit(130)
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with contextlib.suppress(NotImplementedError, AttributeError):  # Windows: Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(getattr(signal, name), handle_signal)
    pages = ConsoleServer(console, reporter.problem) if console else None
    serving = asyncio.ensure_future(DevServer(cloud, host, console=pages).serve(sock, ready, stop))
    waiting = asyncio.ensure_future(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    gc.enable()
    if ready.is_set():
        _announce(cloud, sock, reporter, console.token if console else "")
    watcher = Watcher(
        lambda: watched_folders(options.projects, options.handler),
        cloud.poll,
        poll=options.poll,
        notice=reporter.notice,
    )
    watcher.start()
    cloud.timers.connect(asyncio.get_running_loop())
    cloud.timers.switch(options.timers)
    try:
        await serving
    finally:
        cloud.timers.switch(False)
        watcher.stop()


def _open_page(url: str, reporter: ConsoleReporter) -> None:
    """Open a page in the browser; a browser in the terminal may block until it ends."""
    import webbrowser

    if not webbrowser.open(url):
        reporter.problem(f"no browser was found to open; open {url} yourself")


def _announce(cloud: LocalCloud, sock: socket.socket, reporter: ConsoleReporter, token: str) -> None:
    address, port = sock.getsockname()[:2]
    url = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
    names = list(cloud.functions)
    listed = f"{len(names)} function{'' if len(names) == 1 else 's'}: {', '.join(names)}"
    if not names:
        listed = f"no functions in {', '.join(cloud.options.projects)} (create one with cloudpy new NAME)"
    text = translated(f"cloudpy dev at {url}  {listed}  local WeChat at {cloud.gateway}  Press Ctrl-C to stop")
    page = f"{url}/_console/?token={token}" if token else ""
    if page:
        text += "\n" + translated(f"         console: {page}")
    reporter.ready(text, url=url, functions=names, gateway=cloud.gateway, pid=os.getpid(), console=page)
    if cloud.options.open_page:
        arguments = (page or f"{url}/", reporter)
        threading.Thread(target=_open_page, args=arguments, name="browser", daemon=True).start()
    if cloud.options.env_file:
        reporter.notice(f"variables for other clients written to {cloud.options.env_file}")
    for function in cloud.functions.values():
        if function.port is not None:
            reporter.notice(f"{function.name}: waiting for a debugger on 127.0.0.1:{function.port}", port=function.port)
