"""Spans and metrics of cloud calls, by OpenTelemetry's semantic conventions for RPC clients.

::

    import cloudpy.otel

    cloudpy.otel.instrument()

Needs ``wx-cloudpy[otel]``, and an OpenTelemetry SDK with an exporter, set up by the program. Nothing else imports this
module.

Each call of every Cloud becomes a span of kind CLIENT, named as errors name the call
(``openapi.cloudbase.getOpenData``), with these attributes:

=============================  ======================================================================================
``rpc.system.name``            ``wechat_cloud``
``rpc.method``                 the name
``rpc.response.status_code``   the errCode as a string, ``"0"`` for success; missing when no answer came
``error.type``                 of a failed call: the errCode in the answer, or else the class of the error
``server.address``             and ``server.port``: the server that was called
``faas.invocation_id``         the request id of the running function
``cloudpy.request_id``         the gateway's id of the request
``cloudpy.attempts``           the number of requests sent
``cloudpy.request.size``       and ``cloudpy.response.size``: bytes of all bodies
``db.collection.name``         of a call of the database: its collection
``db.operation.name``          and its operation: ``get``, ``add``, ``update``, …
=============================  ======================================================================================

and a value of the histogram ``rpc.client.call.duration`` (seconds), with the first five attributes. Neither has
parameters, results or secrets.

The parent is the current span of the call. Without one it is the span in the variable ``TRACEPARENT`` or
``TCB_TRACELOG`` of the running function, if that has W3C's form.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

try:
    from opentelemetry import context, metrics, trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError as error:
    raise ImportError(
        "cloudpy.otel needs OpenTelemetry's API, which is not installed: pip install opentelemetry-api"
    ) from error

from collections.abc import Callable

from ._client.context import Variables, invocation
from ._client.hooks import GLOBAL_HOOKS, CallRecord
from ._version import VERSION
from .errors import TransportError

__all__ = ["instrument", "uninstrument"]

_SYSTEM = "wechat_cloud"
_SCHEMA = "https://opentelemetry.io/schemas/1.40.0"
_BUCKETS = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.25,
    0.5,
    0.75,
    1,
    2.5,
    5,
    7.5,
    10,
)  # seconds, as the conventions say
_METRIC = ("rpc.system.name", "rpc.method", "rpc.response.status_code", "error.type", "server.address", "server.port")
_lock = Lock()
_remove: Callable[[], None] | None = None


def instrument(
    *, tracer_provider: trace.TracerProvider | None = None, meter_provider: metrics.MeterProvider | None = None
) -> None:
    """Make a span and a measurement of each call from now on; a second call changes nothing.

    Args:
        tracer_provider: makes the spans; by default OpenTelemetry's global provider.
        meter_provider: makes the histogram; by default the global provider.
    """
    global _remove
    with _lock:
        if _remove is None:
            tracer = trace.get_tracer("cloudpy", VERSION, tracer_provider, _SCHEMA)
            meter = metrics.get_meter("cloudpy", VERSION, meter_provider, _SCHEMA)
            _remove = GLOBAL_HOOKS.add(_Instrument(tracer, meter))


def uninstrument() -> None:
    """Stop making spans and measurements; calls that have started still get theirs."""
    global _remove
    with _lock:
        if _remove is not None:
            _remove()
            _remove = None


class _Instrument:
    """A hook on calls."""

    def __init__(self, tracer: trace.Tracer, meter: metrics.Meter) -> None:
        self._tracer = tracer
        self._duration = meter.create_histogram(
            "rpc.client.call.duration",
            unit="s",
            description="Measures the duration of an outgoing Remote Procedure Call (RPC).",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )

    def __call__(self, record: CallRecord) -> Callable[[CallRecord], None]:
        span = self._tracer.start_span(
            record.name,
            context=_parent(),
            kind=trace.SpanKind.CLIENT,
            attributes={"rpc.system.name": _SYSTEM, "rpc.method": record.name, **_database(record)},
        )
        before = context.attach(trace.set_span_in_context(span))

        def ended(record: CallRecord) -> None:
            context.detach(before)
            attributes = _attributes(record)
            span.set_attributes(attributes)
            if record.error is not None:
                description = getattr(record.error, "errMsg", None) or type(record.error).__name__
                if record.api.startswith("database."):  # MongoDB's messages quote documents
                    description = type(record.error).__name__
                span.set_status(trace.StatusCode.ERROR, description)
            self._duration.record(
                record.duration,
                {name: attributes[name] for name in _METRIC if name in attributes},
                context=trace.set_span_in_context(span),
            )
            span.end()

        return ended


def _attributes(record: CallRecord) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "rpc.system.name": _SYSTEM,
        "rpc.method": record.name,
        "cloudpy.attempts": record.attempts,
        "cloudpy.request.size": record.request_size,
        "cloudpy.response.size": record.response_size,
    }
    if record.request_id:
        attributes["cloudpy.request_id"] = record.request_id
    error, code = record.error, record.errCode
    if code is not None and not isinstance(error, TransportError):
        attributes["rpc.response.status_code"] = str(code)
        if error is not None:
            attributes["error.type"] = str(code)
    elif error is not None:
        kind = type(error)
        attributes["error.type"] = kind.__qualname__ if kind.__module__ == "builtins" else _full_name(kind)
    host, _, port = record.server.rpartition(":")
    if host and port.isdigit():
        attributes["server.address"], attributes["server.port"] = host.strip("[]"), int(port)
    elif record.server:
        attributes["server.address"] = record.server
    running = invocation.get()
    if running is not None and running.request_id:
        attributes["faas.invocation_id"] = running.request_id
    return attributes


def _database(record: CallRecord) -> dict[str, str]:
    """Return the attributes of the conventions for databases; none has a condition or a value."""
    if not record.api.startswith("database."):
        return {}
    collection = {"db.collection.name": record.collection} if record.collection else {}
    return {"db.operation.name": record.name.rpartition(".")[2], **collection}


def _full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _parent() -> context.Context | None:
    """Return the context of a new span's parent; None for the current span."""
    if trace.get_current_span().get_span_context().is_valid:
        return None
    variables = Variables()
    for name in ("TRACEPARENT", "TCB_TRACELOG"):
        traceparent = variables.process(name)
        if traceparent:
            parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent})
            if trace.get_current_span(parent).get_span_context().is_valid:
                return parent
    return None
