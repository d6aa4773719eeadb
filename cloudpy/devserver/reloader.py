"""Notice saved files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

_POLL_DELAY = 150  # milliseconds between two polls
_QUIET = 40  # milliseconds without another change


def wait_for_changes(folders: Sequence[str]) -> None:
    """Wait for a change in some folders, without those below them, for a second at most.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    from watchfiles import watch

    next(watch(*folders, recursive=False, step=_QUIET, rust_timeout=1000, yield_on_timeout=True))


class Watcher:
    """Calls a function soon after something has changed in some folders, and every second; in its own thread.

    Args:
        folders: returns the folders to watch, without those below them; called after each change.
        on_change: finds out what has changed; must not raise.
        poll: poll instead of subscribing to notifications, which network drives and some containers need.
        notice: called with a sentence if it cannot watch as requested.
    """

    def __init__(
        self,
        folders: Callable[[], list[str]],
        on_change: Callable[[], None],
        *,
        poll: bool,
        notice: Callable[[str], None],
    ) -> None:
        self._folders = folders
        self._on_change = on_change
        self._poll = poll
        self._notice = notice
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread soon."""
        self._stop.set()

    def _run(self) -> None:
        try:
            import watchfiles  # noqa: F401  here: it takes a moment, and the functions run already
        except ImportError:
            self._notice("hot reload is off: it needs watchfiles; install it with pip install watchfiles rich")
            return
        poll = self._poll
        while not self._stop.is_set():
            try:
                self._watch(self._folders(), poll=poll)
            except FileNotFoundError:  # a folder was just removed
                self._stop.wait(_POLL_DELAY / 1000)
            except (OSError, RuntimeError) as error:  # too many folders for the system
                if not poll:
                    self._notice(f"polling for changes, because the system cannot report them: {error}")
                poll = True
                self._stop.wait(_POLL_DELAY / 1000)

    def _watch(self, folders: list[str], *, poll: bool) -> None:
        """Watch some folders until others are to be watched."""
        from watchfiles import watch

        self._on_change()  # what changed before
        batches = watch(
            *folders,
            recursive=False,
            watch_filter=None,
            debounce=4 * _QUIET,
            step=_QUIET,
            stop_event=self._stop,
            rust_timeout=1000,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=poll,
            poll_delay_ms=_POLL_DELAY,
        )
        for changes in batches:
            self._on_change()
            if changes and self._folders() != folders:
                return
