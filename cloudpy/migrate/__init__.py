"""Makes a Python draft of a Node cloud function: what is sure to do the same is translated, the rest is marked.

::

    made = draft(Path("functions/send"))
    write(made, Path("functions_py/send"))
    print(summarize(made, Path("functions_py/send"))["percent"])
"""

from .diagnostics import Caveat, Todo
from .draft import Draft, NoFunction, Unreadable, draft, functions_in
from .formatter import format_files
from .html import report_page
from .report import report_lines, summarize
from .syntax import Missing
from .write import Occupied, write, write_all

__all__ = [
    "Caveat",
    "Draft",
    "Missing",
    "NoFunction",
    "Occupied",
    "Todo",
    "Unreadable",
    "draft",
    "format_files",
    "functions_in",
    "report_lines",
    "report_page",
    "summarize",
    "write",
    "write_all",
]
