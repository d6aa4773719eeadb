"""Tracebacks that only show the user's own code."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from traceback import TracebackException

_RUNTIME = os.path.dirname(os.path.realpath(__file__))
_PACKAGE = os.path.dirname(_RUNTIME)


# Modules that SCF's older Python runtimes have installed -> what to install.
_PREINSTALLED = {
    "Crypto": "pycryptodome",
    "PIL": "Pillow",
    "certifi": "certifi",
    "google": "protobuf",
    "pymysql": "PyMySQL",
    "qcloud_cos": "cos-python-sdk-v5",
    "redis": "redis",
    "requests": "requests",
    "tencentcloud": "tencentcloud-sdk-python",
    "urllib3": "urllib3",
}


def user_traceback(error: BaseException) -> str:
    """Return the traceback of `error` as Python prints it, without the frames of cloudpy and of the import machinery.

    Causes, contexts and the parts of exception groups are shown in the same way. A missing library that SCF has in some
    runtimes, a forgotten await and an attribute of a dict get a sentence. Ends with a line break.
    """
    from traceback import TracebackException  # here: it is needed when something went wrong

    summary = TracebackException.from_exception(error)
    _trim(summary, set())
    return "".join(summary.format()) + _library_hint(error) + _name_hint(error) + _language_hint(error)


def _library_hint(error: BaseException) -> str:
    name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if name not in _PREINSTALLED:
        return ""
    package = _PREINSTALLED[name]
    return (
        f"cloudpy: SCF's older Python runtimes bring {name} along, newer ones do not: put {package} into"
        f" requirements.txt, and `pip install {package}` here\n"
    )


def _name_hint(error: BaseException) -> str:
    """Return a sentence about a misspelt name of the SDK, as Python has it since 3.12."""
    import sys

    package = sys.modules["cloudpy"]
    if sys.version_info >= (3, 12) or not (isinstance(error, AttributeError) and error.obj is package):
        return ""
    from .._wire.suggest import nearest, question

    near = nearest(error.name, package.__all__)
    return f"cloudpy: {question(near)}\n" if near else ""


def _language_hint(error: BaseException) -> str:
    """Return a sentence about what those who come from Node write first."""
    name = error.name if isinstance(error, AttributeError) else None
    what = type(error.obj).__name__ if isinstance(error, AttributeError) else ""
    if what == "dict":
        return f'cloudpy: events and results are dicts: write ["{name}"] or .get("{name}") instead of .{name}\n'
    if what == "coroutine" or (isinstance(error, TypeError) and str(error).startswith("'coroutine' object")):
        return "cloudpy: a call has a result only once it is awaited: write await before it; `cloudpy check` finds it\n"
    return ""


def _trim(summary: TracebackException | None, seen: set[int]) -> None:
    if summary is None or id(summary) in seen:
        return
    seen.add(id(summary))
    from traceback import StackSummary

    frames = list(summary.stack)
    while frames and _inside(_PACKAGE, frames[-1].filename):  # what raised it for the user's code
        frames.pop()
    # What ran the handler, with all that led to it, is the head; the loop and the import machinery follow it.
    first = 0
    for index, frame in enumerate(frames):
        if _inside(_RUNTIME, frame.filename):
            first = index + 1
    if first:
        while first < len(frames) and _machinery(frames[first].filename):
            first += 1
    summary.stack = StackSummary.from_list([frame for frame in frames[first:] if not _inside(_PACKAGE, frame.filename)])
    _trim(summary.__cause__, seen)
    _trim(summary.__context__, seen)
    for part in getattr(summary, "exceptions", None) or ():
        _trim(part, seen)


def _inside(folder: str, filename: str) -> bool:
    return os.path.realpath(filename).startswith(folder + os.sep)


def _machinery(filename: str) -> bool:
    folder = os.path.basename(os.path.dirname(filename))
    return filename.startswith("<frozen importlib") or folder in ("importlib", "asyncio")
