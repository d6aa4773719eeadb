"""Hears of changes under some folders, from the system where watchfiles is there, else by looking again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

_PAUSE = 0.15  # seconds between two looks
_QUIET = 40  # milliseconds without a further change, after which one is told


class Watcher:
    """Calls `look` soon after something has changed, and now and then when nothing has; in a thread of its own.

    Args:
        look: finds out what has changed; never raises.
        poll: look again and again, without watchfiles; what network drives and some containers need.
        say: hears a sentence when it must do with looking.
    """

    def __init__(
        self, folders: Sequence[str], look: Callable[[], None], *, poll: bool, say: Callable[[str], None]
    ) -> None:
        self._folders = folders
        self._look = look
        self._poll = poll
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        if not self._poll:
            try:
                from watchfiles import watch  # here: it takes a moment, and what it watches runs already
            except ImportError:
                self._say(
                    "watchfiles is not installed: changes are looked for every"
                    f" {_PAUSE:g} s; pip install 'wx-cloudpy[local]' hears of them at once"
                )
            else:
                try:
                    self._look()  # what changed before it was there
                    changes = watch(
                        *self._folders,
                        watch_filter=None,
                        debounce=4 * _QUIET,
                        step=_QUIET,
                        stop_event=self._stop,
                        rust_timeout=1000,
                        yield_on_timeout=True,
                        raise_interrupt=False,
                    )
                    for _ in changes:
                        self._look()
                    return
                except (OSError, RuntimeError) as error:  # too many folders for the system, or one of them is gone
                    self._say(
                        f"changes are looked for every {_PAUSE:g} s, since the system does not tell them: {error}"
                    )
        while not self._stop.wait(_PAUSE):
            self._look()

    def __repr__(self) -> str:
        return f"<Watcher of {', '.join(self._folders)}>"
