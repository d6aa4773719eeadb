"""The process of a Python function under comparison: `runtime.worker` with a fake clock and seeded random numbers.

Its requests also have ``clock``, ``frozen`` and ``seed``; its ``raised`` answers also have ``own``, which says that a
statement of the program raised the error. worker.js does the same for Node. That one may also answer ``unhandled``
instead of ``raised``, for a rejection that the program never handled, and ``missing``, with the name of a package.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn

from .._client import permissions
from ..errors import CloudSDKError
from ..runner import fake_clock
from ..runtime import worker

_RAISE = "RAISE_VARARGS"
_MIGRATED = "made by `cloudpy migrate`"


def main() -> NoReturn:
    """Serve until the parent is gone."""
    fake_clock.install()
    permissions.checked_here = False  # Node's SDK leaves it to the gateway, whose error both functions then see
    worker.main(extension=_Extension())


class _Extension(worker.Extension):
    preloads = False

    def before_request(self, request: dict[str, Any]) -> None:
        if "folder" in request:
            fake_clock.seed_system_random(os.path.realpath(request["folder"]))
        fake_clock.freeze(request["clock"], request["seed"], frozen=request["frozen"])

    def has_code(self, error: CloudSDKError) -> bool:
        return not error.isPlain  # Node's has none

    def exception(self, error: BaseException, folder: str) -> dict[str, Any]:
        return {"own": _is_own(error, folder)}


def _is_own(error: BaseException, folder: str) -> bool:
    """Whether a ``raise`` statement of the function raised `error`, and not the language or a library."""
    import dis

    trace = error.__traceback__
    if trace is None or isinstance(error, NameError):  # a draft raises it where Node finds no variable
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    path = os.path.realpath(code.co_filename)
    if not path.startswith(folder + os.sep) or "site-packages" in path:
        return False
    if path == os.path.join(folder, "js.py") and _MIGRATED in (trace.tb_frame.f_globals.get("__doc__") or ""):
        # The runtime of a migrated function raises what JavaScript raises by itself. Only the error that a callback is
        # called with is the program's.
        return code.co_name == "_of_callback"
    return dis.opname[code.co_code[trace.tb_lasti]] == _RAISE
