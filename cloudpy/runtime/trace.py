"""A traceback as its reader needs it: the frames of the user's own code, without those that led to it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from traceback import TracebackException

_ROOM = os.path.dirname(os.path.realpath(__file__))
_PACKAGE = os.path.dirname(_ROOM)


def user_traceback(error: BaseException) -> str:
    """The traceback of `error` as Python prints it, without the frames of cloudpy and of what runs or imports for it.

    Causes, contexts and the parts of exception groups are shown in the same way. Ends with a line break.
    """
    from traceback import TracebackException  # here: it is needed when something went wrong

    shown = TracebackException.from_exception(error)
    _trim(shown, set())
    return "".join(shown.format())


def _trim(shown: TracebackException | None, seen: set[int]) -> None:
    if shown is None or id(shown) in seen:
        return
    seen.add(id(shown))
    from traceback import StackSummary

    frames = list(shown.stack)
    while frames and _inside(_PACKAGE, frames[-1].filename):  # what raised it for the user's code
        frames.pop()
    # What ran the handler, with all that led to it, is the head; the loop and the import machinery follow it.
    first = 0
    for index, frame in enumerate(frames):
        if _inside(_ROOM, frame.filename):
            first = index + 1
    if first:
        while first < len(frames) and _machinery(frames[first].filename):
            first += 1
    shown.stack = StackSummary.from_list([frame for frame in frames[first:] if not _inside(_PACKAGE, frame.filename)])
    _trim(shown.__cause__, seen)
    _trim(shown.__context__, seen)
    for part in getattr(shown, "exceptions", None) or ():
        _trim(part, seen)


def _inside(folder: str, filename: str) -> bool:
    return os.path.realpath(filename).startswith(folder + os.sep)


def _machinery(filename: str) -> bool:
    folder = os.path.basename(os.path.dirname(filename))
    return filename.startswith("<frozen importlib") or folder in ("importlib", "asyncio")
