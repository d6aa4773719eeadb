"""The reason phrase of an HTTP status, as Node writes it."""

from __future__ import annotations

# Python's phrases differ from Node's in some version since 3.10, or are missing.
_PHRASES = {413: "Payload Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Entity"}
_PHRASES[509] = "Bandwidth Limit Exceeded"


def status_text(status: int) -> str:
    """Return ``Not Found`` for 404; ``undefined``, as JavaScript prints it, for an unknown status."""
    if status in _PHRASES:
        return _PHRASES[status]
    from http import HTTPStatus  # late: not needed at a cold start

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "undefined"
