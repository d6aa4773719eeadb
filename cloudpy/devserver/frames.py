"""Tracebacks with the source around each line, as it was when the error was raised."""

from __future__ import annotations

import linecache
import re
from typing import Any

_FRAME = re.compile(r'^ *File "(?P<file>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<name>.+))?$', re.MULTILINE)
_AROUND = 3  # lines before and after
_MAX_FRAMES = 40  # the last ones
_MAX_LINE = 300  # characters


def read_frames(traceback: str, folder: str) -> list[dict[str, Any]]:
    """Return the frames of a traceback: file, line, name, whether it is in `folder`, and the lines around it.

    Args:
        traceback: as Python prints it.
        folder: of the function.
    """
    frames = []
    linecache.checkcache()
    for match in list(_FRAME.finditer(traceback))[-_MAX_FRAMES:]:
        file, number = match["file"], int(match["line"])
        is_own = file.startswith(folder + "/") if folder else False
        frame: dict[str, Any] = {"file": file, "line": number, "name": match["name"] or "", "own": is_own, "code": []}
        if is_own and "site-packages" not in file:
            lines = linecache.getlines(file)
            first = max(1, number - _AROUND)
            around = lines[first - 1 : number + _AROUND]
            frame["code"] = [[first + index, text.rstrip("\n")[:_MAX_LINE]] for index, text in enumerate(around)]
        frames.append(frame)
    return frames
