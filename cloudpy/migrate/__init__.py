"""Makes a Python draft of a Node cloud function: what is sure to do the same is translated, the rest is marked.

::

    made = draft(Path("functions/send"))
    write(made, Path("functions_py/send"))
    print(summarize(made, Path("functions_py/send"))["percent"])
"""

from .diagnostics import Caveat, Todo
from .draft import Draft, NoFunction, Unreadable, draft, functions_in
from .draft_cache import DraftCache, source_files
from .formatter import format_files
from .html import report_page
from .kept import language as draft_language
from .migration import Migration
from .migration import migrate as make
from .project import Output, project, single
from .report import summarize, totals
from .report_text import report_lines
from .syntax import Missing
from .update import Kept, Update, update
from .write import Occupied, write, write_all, write_output

__all__ = [
    "Caveat",
    "Draft",
    "DraftCache",
    "Kept",
    "Migration",
    "Missing",
    "NoFunction",
    "Occupied",
    "Output",
    "Todo",
    "Unreadable",
    "Update",
    "draft",
    "draft_language",
    "format_files",
    "functions_in",
    "make",
    "project",
    "report_lines",
    "report_page",
    "single",
    "source_files",
    "summarize",
    "totals",
    "update",
    "write",
    "write_all",
    "write_output",
]
