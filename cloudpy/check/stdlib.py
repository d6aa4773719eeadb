"""The standard library of another Python than the one that runs, on Linux."""

from __future__ import annotations

import sys

# Module -> the version without it.
REMOVED = dict.fromkeys("asynchat asyncore distutils imp smtpd".split(), (3, 12)) | dict.fromkeys(
    "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap nis nntplib ossaudiodev pipes sndhdr spwd sunau"
    " telnetlib uu xdrlib".split(),
    (3, 13),
)
ELSEWHERE = {"_winapi": "Windows", "msilib": "Windows", "msvcrt": "Windows", "winreg": "Windows", "winsound": "Windows"}
ELSEWHERE["_scproxy"] = "macOS"
# Newer than the oldest Python that cloudpy runs on.
LATER = frozenset(["tomllib"])
# Nothing else of the standard library imports them: an own file of that name hides them from few.
RARE = frozenset(
    "antigravity bdb cgi cgitb chunk cmd code codeop colorsys cProfile crypt curses doctest ensurepip filecmp"
    " fileinput ftplib graphlib idlelib imaplib mailbox mailcap modulefinder nntplib pdb pipes plistlib poplib"
    " profile pstats pyclbr sched shelve smtpd smtplib sndhdr statistics sunau symtable tabnanny telnetlib test"
    " this timeit tkinter trace turtle turtledemo venv wave webbrowser wsgiref xdrlib xmlrpc zipapp".split()
)
# Loaded before any file is looked for: an own file of that name is never imported.
BUILT_IN = frozenset(sys.builtin_module_names)


def has(module: str, python: tuple[int, int]) -> bool:
    """Whether `module` is in the standard library of `python`; what came later is said by the rule about versions."""
    if module in REMOVED:
        return python < REMOVED[module]
    return (module in sys.stdlib_module_names or module in LATER) and module not in ELSEWHERE
