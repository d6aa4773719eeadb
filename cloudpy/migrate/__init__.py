"""Makes a Python draft of a Node cloud function: what is sure to do the same is translated, the rest is marked.

::

    made = draft(Path("functions/send"))
    write(made, Path("functions_py/send"))
    print(told(made, Path("functions_py/send"))["percent"])
"""

from .draft import Draft, NoFunction, Unreadable, draft, functions_in
from .html import page
from .layout import format_files
from .marks import Mark, Risk
from .report import lines, told
from .syntax import Missing
from .write import Occupied, write, write_all

__all__ = [
    "Draft",
    "Mark",
    "Missing",
    "NoFunction",
    "Occupied",
    "Risk",
    "Unreadable",
    "draft",
    "format_files",
    "functions_in",
    "lines",
    "page",
    "told",
    "write",
    "write_all",
]
