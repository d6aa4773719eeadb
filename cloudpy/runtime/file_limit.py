"""How many files, and so connections, a process may have open."""

from __future__ import annotations

import contextlib

MAX_CONNECTIONS = 10_000
_MIN_CONNECTIONS = 16
_NOT_COUNTED = 32  # connections that are accepted and not counted yet, or closed and still open for a moment
_MAX_RAISED = 8192  # files; programs that a function starts get the same limit, and some walk through all of them


def max_connections(share: float) -> int:
    """Return how many connections a server may have, so that it takes at most `share` of the files of the process."""
    files = _limits()[0]
    if files is None:
        return MAX_CONNECTIONS
    return max(_MIN_CONNECTIONS, min(int(files * share) - _NOT_COUNTED, MAX_CONNECTIONS))


def raise_file_limit() -> None:
    """Raise the limit as far as the system lets us: 1,024, the usual one, is less than the requests at once."""
    soft, hard = _limits()
    wanted = _MAX_RAISED if hard is None else min(hard, _MAX_RAISED)
    if soft is not None and soft < wanted:
        import resource

        with contextlib.suppress(OSError, ValueError):  # macOS has a lower limit than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def _limits() -> tuple[int | None, int | None]:
    """Return the limit in force and the highest one; None where there is none."""
    try:
        import resource
    except ImportError:  # Windows
        return None, None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    infinite = resource.RLIM_INFINITY
    return None if soft == infinite else soft, None if hard == infinite else hard
