"""The phrase that goes with an HTTP status in a message, as Node has it."""

from __future__ import annotations

# Where the phrases of some Python since 3.10 differ from Node's, or do not exist.
_PHRASES = {413: "Payload Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Entity"}
_PHRASES[509] = "Bandwidth Limit Exceeded"


def of(status: int) -> str:
    """``Not Found`` for 404; ``undefined``, as JavaScript prints it, for a status that has none."""
    if status in _PHRASES:
        return _PHRASES[status]
    from http import HTTPStatus  # here: it is not needed at a cold start

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "undefined"
