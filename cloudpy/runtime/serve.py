"""``cloudpy serve``, also the entry point of packaged functions: serve one function on one port until SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys

from .access_log import JsonLog
from .adapters import RuntimeConfig, adapter_for
from .errors import FunctionError, LoadError
from .function_dir import FunctionDir
from .loader import DEFAULT, load, split
from .sockets import bind_socket, raise_file_limit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .origin_check import OriginCheck
    from .timers import Marks

TIMEOUT = 60.0  # seconds: the maximum in CloudBase's console
CONCURRENCY = 1000  # requests at once, as in Tencent's framework
MAX_BODY = 6 * 1024 * 1024  # bytes: what the platform sends to a function
PORT = 3000


def serve(
    folder: str | os.PathLike[str] = ".",
    *,
    handler: str = DEFAULT,
    host: str = "127.0.0.1",
    port: int = PORT,
    workers: int = 1,
    concurrency: int = CONCURRENCY,
    timeout: float = TIMEOUT,
    protocol: str = "http",
    production: bool | None = None,
    trust_headers: bool | None = None,
    max_body: int = MAX_BODY,
    timers: bool = False,
    timer_store: Marks | None = None,
    door: str | None = None,
) -> int:
    """Serve the function in `folder` until SIGTERM or SIGINT; then finish the accepted requests.

    Args:
        folder: the function's folder.
        handler: ``file.function``.
        host: the address to listen on; the platform needs ``0.0.0.0`` and port 9000.
        port: 0 picks a free one; the line ``listening`` of the log names it.
        workers: processes that share the port.
        concurrency: maximum concurrent requests per process; further ones get 429.
        timeout: time limit of an invocation in seconds.
        protocol: ``http`` (HTTP functions, Cloud Run), ``event`` (``POST /event-invoke`` of a custom image) or
            ``access`` (a handler written for the HTTP access service).
        production: whether responses hide tracebacks; None: unless bound to loopback outside the platform.
        trust_headers: whether to trust ``x-wx-source`` and ``x-cloudbase-context``, because a proxy in front sets
            them; None: in Cloud Run, and outside production.
        max_body: maximum bytes of a request's body.
        timers: whether to fire the timers of the function's config.json.
        timer_store: a store (``cloudpy.stores``) that several instances share, so that one of them fires.
        door: deprecated, the former name of `protocol`.

    Returns:
        The exit code: 0, or 1 if the function cannot be loaded or the address cannot be bound; the log says why.
    """
    if door is not None:
        import warnings

        warnings.warn("serve(door=…) is deprecated: use protocol=…", DeprecationWarning, stacklevel=2)
        protocol = door
    log = JsonLog()
    environ = dict(os.environ)
    if production is None:
        production = host not in ("127.0.0.1", "::1", "localhost") or "CBR_ENV_ID" in environ
        production = production or environ.get("TENCENTCLOUD_RUNENV") == "SCF"
    if trust_headers is None:
        trust_headers = bool(environ.get("CBR_ENV_ID")) or not production
    try:
        split(handler)
        directory = FunctionDir(folder)
        config = RuntimeConfig(environ, timeout=timeout, trusted=trust_headers, production=production)
        served = _Served(
            directory,
            handler,
            protocol,
            config,
            log,
            concurrency,
            max_body,
            host,
            timers=timers,
            timer_store=timer_store,
        )
        if workers > 1 and not (hasattr(os, "fork") and hasattr(socket, "SO_REUSEPORT")):
            raise LoadError("this system cannot share a port between processes: start with one worker")
        raise_file_limit()
        sockets = _bound(host, port, workers)
    except (FunctionError, ValueError) as error:
        log.line("fatal", error=str(error))
        return 1
    except OSError as error:
        log.line("fatal", error=f"cannot listen on {host}:{port}: {error.strerror or error}")
        return 1
    if workers == 1:
        return served.run(sockets[0])
    from .supervisor import Supervisor

    served.load_server()  # before the fork: workers share that memory, and start at once
    gc.freeze()

    def ready() -> None:
        _announce(log, sockets[0], directory, workers)

    return Supervisor(sockets, served.work, log, ready=ready, timeout=timeout).run()


class _Served:
    """One function, and the options of its server."""

    def __init__(
        self,
        directory: FunctionDir,
        handler: str,
        protocol: str,
        config: RuntimeConfig,
        log: JsonLog,
        concurrency: int,
        max_body: int,
        host: str,
        *,
        timers: bool,
        timer_store: Marks | None,
    ) -> None:
        self._directory = directory
        self._handler = handler
        self._adapter = adapter_for(protocol, config)
        self._log = log
        self._concurrency = concurrency
        self._max_body = max_body
        self._host = host
        self._production = config.production
        self._timers = timers
        self._timer_store = timer_store

    @staticmethod
    def load_server() -> None:
        """Import the server before a module of the user's can hide one that it needs."""
        collecting = gc.isenabled()
        gc.disable()  # nothing that is imported is garbage, and looking takes a tenth of the time
        try:
            from . import server  # noqa: F401
        finally:
            if collecting:
                gc.enable()

    def work(self, sock: socket.socket, ready: int, life: int) -> int:
        """Serve in a worker process; see ``supervisor.Work``."""

        def notify() -> None:
            os.write(ready, b"1")
            os.close(ready)

        return self._serve(sock, notify, life)

    def run(self, sock: socket.socket) -> int:
        """Serve in this process."""
        return self._serve(sock, lambda: _announce(self._log, sock, self._directory, 1), None)

    def _serve(self, sock: socket.socket, ready: Callable[[], None], life: int | None) -> int:
        self.load_server()
        from .executor import InvocationExecutor
        from .server import FunctionServer
        from .tagged_output import tag_output

        tag_output()
        try:
            handler = load(self._directory.__enter__(), self._handler)
        except FunctionError as error:
            self._log.line("fatal", error=str(error))
            return 1
        except Exception as error:
            from .trace import user_traceback

            self._log.line("fatal", error=f"{self._handler} cannot be imported", stack=user_traceback(error))
            return 1
        gc.freeze()  # what is loaded stays: the collector need not visit it
        server = FunctionServer(
            self._adapter,
            InvocationExecutor(handler),
            self._log,
            concurrency=self._concurrency,
            max_body=self._max_body,
            origin_check=self._origin_check(),
        )

        async def main() -> bool:
            loop = asyncio.get_running_loop()
            stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, _stop_on_signal, stop)
            if life is not None:
                loop.add_reader(life, _stop_without_supervisor, loop, life, stop)
            if not self._timers:
                return await server.serve(sock, stop, ready)
            from .timers import server_scheduler

            config = self._adapter.config
            scheduler = server_scheduler(self._directory.folder, server.executor, config, self._log, self._timer_store)
            firing = asyncio.ensure_future(scheduler.run())
            try:
                return await server.serve(sock, stop, ready)
            finally:
                firing.cancel()

        all_ended = asyncio.run(main())
        self._log.flush()
        if not all_ended:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(0)  # the interpreter would wait for threads that do not end
        return 0

    def _origin_check(self) -> OriginCheck | None:
        """Return the check that keeps web pages out of a developer's machine; in production a proxy is in front."""
        if self._production:
            return None
        from .origin_check import OriginCheck
        from .sockets import is_loopback

        advice = "start with --production behind a proxy"
        return OriginCheck(self._host, advice=advice) if is_loopback(self._host) else None


def _stop_on_signal(stop: asyncio.Event) -> None:
    if stop.is_set():  # a second signal: at once
        os._exit(130)
    stop.set()


def _stop_without_supervisor(loop: asyncio.AbstractEventLoop, life: int, stop: asyncio.Event) -> None:
    loop.remove_reader(life)
    stop.set()


def _bound(host: str, port: int, count: int) -> list[socket.socket]:
    first = bind_socket(host, port)
    if count == 1:
        return [first]
    # Bound alone first: SO_REUSEPORT would share the port with another cloudpy server that is running.
    address, port = first.getsockname()[:2]
    first.close()
    return [bind_socket(address, port, shared=True) for _ in range(count)]


def _announce(log: JsonLog, sock: socket.socket, directory: FunctionDir, workers: int) -> None:
    host, port = sock.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    log.line("listening", url=url, function=os.path.basename(directory.folder), workers=workers, pid=os.getpid())
