"""``cloudpy serve``: the production server."""

from __future__ import annotations

import sys

import click

from ..runtime import serve as server
from ..runtime.loader import DEFAULT


@click.command(
    epilog="""\
\b
Examples:
  cloudpy serve functions/steps
  cloudpy serve functions/steps --host 0.0.0.0 --port 9000 --workers 2 --production
  curl -H 'Content-Type: application/json' -d '{"a": 1}' http://127.0.0.1:3000/
"""
)
@click.argument("folder", metavar="DIR", default=".")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, show_envvar=True, metavar="ADDRESS")
@click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(0, 65535),
    default=server.PORT,
    show_default=True,
    show_envvar=True,
    help="0 for any free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes on this port; one that dies is started again.  进程数",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=server.CONCURRENCY,
    show_default=True,
    metavar="N",
    help="Requests that each process works on at once; more are answered 429.  单进程并发上限",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 7200, min_open=True),
    default=server.TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="The time limit of an invocation; then the answer is 504.  超时时间（秒）",
)
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="What is called.")
@click.option(
    "--door",
    type=click.Choice(["http", "event", "access"]),
    default="http",
    show_default=True,
    help="http: HTTP functions and Cloud Run. event: POST /event-invoke of a custom image. access: a handler written "
    "for the HTTP access service.",
)
@click.option(
    "--production/--development",
    default=None,
    help="Whether answers hold no tracebacks; by default they hold none unless it listens on loopback alone.",
)
@click.option(
    "--trust-headers/--no-trust-headers",
    default=None,
    help="Whether what stands in front keeps callers from setting x-wx-source and x-cloudbase-context themselves; by "
    "default it is believed to in Cloud Run, and in development.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1),
    default=server.MAX_BODY,
    show_default=True,
    metavar="BYTES",
    help="The largest body of a request; a larger one is answered 413.",
)
def serve(
    folder: str,
    host: str,
    port: int,
    workers: int,
    concurrency: int,
    timeout: float,
    handler: str,
    door: str,
    production: bool | None,
    trust_headers: bool | None,
    max_body: int,
) -> None:
    """Serve the cloud function in DIR over HTTP, for many callers at once.

    One process serves many invocations at once: async handlers in one loop, others in threads. The log is JSON, one
    line for each request, on standard error. HEAD /_healthz tells whether it is well. At SIGTERM it takes no new
    connections, answers what it has accepted, and ends.
    """
    sys.exit(
        server.serve(
            folder,
            handler=handler,
            host=host,
            port=port,
            workers=workers,
            concurrency=concurrency,
            timeout=timeout,
            door=door,
            production=production,
            trust_headers=trust_headers,
            max_body=max_body,
        )
    )
