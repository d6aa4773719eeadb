"""How far a command is: one line on standard error that is written over, on a terminal only."""

from __future__ import annotations

import shutil
import sys
import time

import click

from ..runtime.printable import printable

_LARGE = 4 * 1024 * 1024  # bytes of a file whose transfer is shown
_INTERVAL = 0.1  # seconds between two counts
_CLEAR = "\r\033[K"


class Progress:
    """The line: ``with Progress() as progress:``. Without a terminal nothing is written.

    Leaving the block removes the line, also after Ctrl-C or an error.
    """

    def __init__(self) -> None:
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()
        self._next = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self, text: str) -> None:
        """Show what is being done."""
        if self._is_shown:
            width = max(1, shutil.get_terminal_size().columns - 1)
            click.echo(f"{_CLEAR}{printable(text)[:width]}", err=True, nl=False)

    def count(self, done: int, total: int, what: str = "") -> None:
        """Show how many of how many; calls in quick succession are skipped."""
        now = time.monotonic()
        if now >= self._next or done >= total:
            self._next = now + _INTERVAL
            self.step(f"{min(done, total)}/{total}{what and f'  {what}'}")

    def bytes(self, done: int, total: int, name: str = "") -> None:
        """Show the share of a file; see `count`."""
        now = time.monotonic()
        if now >= self._next or done >= total:
            self._next = now + _INTERVAL
            self.step(f"{done * 100 // max(1, total):3} % of {total / 1024 / 1024:.1f} MB{name and f'  {name}'}")

    def transfer(self, path: str, done: int, total: int) -> None:
        """Show a large file that is uploaded or downloaded, until it is complete."""
        if total >= _LARGE:
            self.bytes(done, total, path)
            if done >= total:
                self.clear()

    def clear(self) -> None:
        """Remove the line."""
        if self._is_shown:
            click.echo(_CLEAR, err=True, nl=False)
