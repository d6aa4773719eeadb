"""``cloudpy serve``: the production server."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click

from ..errors import CloudSDKError
from ..runner import deployment_files
from ..runtime import serve as server
from ..runtime.loader import DEFAULT
from . import scf_bootstrap
from .completion import complete_functions
from .console import echo

F = TypeVar("F", bound=Callable[..., Any])


def protocol_option(*protocols: str, help: str) -> Callable[[F], F]:
    """Return a decorator for the option ``--protocol``, and for ``--door``, its former name.

    Args:
        protocols: the choices; the first is the default.
        help: for ``--help``.
    """

    def note_former_name(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            echo("--door is deprecated and will be removed in 0.3: use --protocol", err=True)
            context.params["protocol"] = value

    def set_unless_former(context: click.Context, _: click.Parameter, value: str) -> str:
        former: str = context.params.get("protocol", value)
        return former

    choice = click.Choice(protocols)

    def decorate(command: F) -> F:
        former = click.option(
            "--door", type=choice, hidden=True, expose_value=False, is_eager=True, callback=note_former_name
        )
        current = click.option(
            "--protocol", type=choice, default=protocols[0], show_default=True, help=help, callback=set_unless_former
        )
        return former(current(command))

    return decorate


@click.command(
    epilog="""\
\b
Examples:
  cloudpy serve functions/steps
  cloudpy serve functions/steps --host 0.0.0.0 --port 9000 --workers 2 --production
  curl -H 'Content-Type: application/json' -d '{"a": 1}' http://127.0.0.1:3000/
"""
)
@click.argument("folder", metavar="DIR", default=".", shell_complete=complete_functions)
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, show_envvar=True, metavar="ADDRESS")
@click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(0, 65535),
    default=server.PORT,
    show_default=True,
    show_envvar=True,
    help="0 picks a free port.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that share the port; a process that dies is restarted.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=server.CONCURRENCY,
    show_default=True,
    metavar="N",
    help="Maximum concurrent requests per process; further ones get 429.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 7200, min_open=True),
    metavar="SECONDS",
    help="Time limit of an invocation; then the response is 504. Default: that of cloudbaserc.json, serverless.yml or "
    f"template.yaml, or {server.TIMEOUT:g}.",
)
@click.option("--handler", metavar="FILE.FUNCTION", help=f"Entry point. Default: that of the same files, or {DEFAULT}.")
@protocol_option(
    "http",
    "event",
    "access",
    "apigw",
    help="http: HTTP functions and Cloud Run. event: POST /event-invoke of a custom image. access: handlers written "
    "for the HTTP access service. apigw: for the API gateway or a function URL.",
)
@click.option(
    "--production/--development",
    default=None,
    help="Hide tracebacks in responses. Default: hidden, unless bound to loopback.",
)
@click.option(
    "--trust-headers/--no-trust-headers",
    default=None,
    help="Trust x-wx-source and x-cloudbase-context (set by a proxy in front). Default: only in Cloud Run and in "
    "development.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1),
    default=server.MAX_BODY,
    show_default=True,
    metavar="BYTES",
    help="Maximum size of a request body; larger ones get 413.",
)
@click.option("--timers", is_flag=True, help="Fire the timers of config.json.")
@click.option(
    "--timer-store",
    metavar="WHERE",
    help="Store that several instances share, so that one of them fires: redis://HOST or file:PATH.",
)
def serve(
    folder: str,
    handler: str | None,
    timeout: float | None,
    timers: bool,
    timer_store: str | None,
    workers: int,
    **options: Any,
) -> None:
    """Serve the cloud function in DIR over HTTP, with many requests at once.

    Async handlers share one event loop, others run in threads. The log on standard error has one JSON object per
    request. HEAD /_healthz is the health check. On SIGTERM the server stops accepting connections, finishes the
    requests it has accepted, and exits.

    A folder with an scf_bootstrap and no index.py is started by that file, on the port that it names.
    """
    if handler is None and scf_bootstrap.is_web_function(folder):
        scf_bootstrap.run(folder)
    deployment = deployment_files.read(folder)
    for name, value in deployment.variables.items():
        os.environ.setdefault(name, value)
    handler = handler or deployment.handler or DEFAULT
    timeout = timeout or deployment.timeout or server.TIMEOUT
    if timer_store is not None and not timers:
        raise click.UsageError("--timer-store needs --timers")
    with _open_store(timers, timer_store, workers) as store:
        options.update(timers=timers, timer_store=store)
        sys.exit(server.serve(folder, handler=handler, timeout=timeout, workers=workers, **options))


@contextmanager
def _open_store(timers: bool, where: str | None, workers: int) -> Iterator[Any]:
    """Open the store of the timers: the one named, or for several workers a file of their own."""
    if not timers or (where is None and workers == 1):
        yield None
        return
    from ..stores import open_store

    with TemporaryDirectory(prefix="cloudpy-") as folder:
        try:
            store = open_store(f"file:{os.path.join(folder, 'timers')}" if where is None else where)
        except CloudSDKError as error:
            raise click.UsageError(f"--timer-store: {error.errMsg}") from None
        yield store
