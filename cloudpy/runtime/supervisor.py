"""Several processes that serve on one port, and the one that supervises them."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable, Sequence

from .access_log import JsonLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

HEALTHY_AFTER = 10.0  # seconds after which a worker counts as healthy
_MIN_PAUSE, _MAX_PAUSE = 0.1, 10.0  # seconds before one that keeps dying is restarted
_KILL_DELAY = 10.0  # seconds after the timeout before workers that have not ended are killed
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

# A worker serves on the socket, writes a byte to the first file when it listens, and ends gracefully when the second
# one closes (the supervisor is gone) or on SIGTERM. Returns the exit code.
Work = Callable[[socket.socket, int, int], int]


class _Slot:
    """A slot for one worker after the other; its socket outlives them, and connections wait there meanwhile."""

    __slots__ = ("due", "failures", "pid", "ready_file", "sock", "started")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.pid = 0
        self.ready_file = -1
        self.started = 0.0
        self.failures = 0
        self.due = 0.0


class Supervisor:
    """Keeps one worker running for each socket, until SIGTERM or SIGINT; a second one ends at once.

    Args:
        sockets: bound to one address with SO_REUSEPORT, and not yet listening.
        ready: called once, when the first worker listens.
        timeout: seconds that workers have to finish.
    """

    def __init__(
        self, sockets: Sequence[socket.socket], work: Work, log: JsonLog, *, ready: Callable[[], None], timeout: float
    ) -> None:
        self._slots = [_Slot(sock) for sock in sockets]
        self._work = work
        self._log = log
        self._on_ready = ready
        self._timeout = timeout
        self._signals = 0
        self._ever_ready = False
        self._fatal = 0
        self._wake_read, self._wake_write = _pipe()
        self._life_read, self._life_write = _pipe()

    def run(self) -> int:
        """Return the exit code: 0 after a signal, else that of a worker that could not start."""
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        wakeup = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        try:
            while not self._signals and not self._fatal:
                self._start_due()
                self._wait(min((slot.due for slot in self._slots if not slot.pid), default=None))
                self._reap()
            self._stop()
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            for file in (self._wake_read, self._wake_write, self._life_read, self._life_write):
                os.close(file)
        return self._fatal

    def _on_signal(self, number: int, _: object) -> None:
        if number != signal.SIGCHLD:
            self._signals += 1

    def _start_due(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if not slot.pid and slot.due <= now and not self._signals:
                self._start(slot)

    def _start(self, slot: _Slot) -> None:
        ready_read, ready_write = _pipe()
        slot.started = time.monotonic()
        # Until a worker has handlers of its own, a signal waits: ours would count it there, and nobody would look.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            slot.pid = os.fork()
            if not slot.pid:
                os.close(ready_read)
                self._become_worker(slot, ready_write, before)
        except OSError as error:  # no memory, or more processes than the system allows
            os.close(ready_read)
            self._log.line("worker", event="failed", error=error.strerror or str(error), restartIn=self._pause(slot))
            return
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(ready_write)
        slot.ready_file = ready_read

    def _become_worker(self, slot: _Slot, ready: int, mask: Iterable[int]) -> NoReturn:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            for file in (self._life_write, self._wake_read, self._wake_write):
                os.close(file)
            for other in self._slots:
                if other is not slot:
                    other.sock.close()
                    if other.ready_file >= 0:
                        os.close(other.ready_file)
            code = self._work(slot.sock, ready, self._life_read)
        except BaseException:  # it must not reach the supervisor's own code
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)

    def _wait(self, until: float | None) -> None:
        """Wait for a signal, a worker that is ready, or the time for the next start."""
        files = [self._wake_read, *(slot.ready_file for slot in self._slots if slot.ready_file >= 0)]
        seconds = None if until is None else max(0.0, until - time.monotonic())
        readable, _, _ = select.select(files, [], [], seconds)
        if self._wake_read in readable:
            os.read(self._wake_read, 4096)
        for slot in self._slots:
            if slot.ready_file in readable:
                if os.read(slot.ready_file, 1):
                    self._log.line("worker", event="started", pid=slot.pid)
                    if not self._ever_ready:
                        self._ever_ready = True
                        self._on_ready()
                os.close(slot.ready_file)
                slot.ready_file = -1

    def _reap(self) -> None:
        for slot in self._slots:
            if not slot.pid:
                continue
            pid, status = os.waitpid(slot.pid, os.WNOHANG)
            if pid:
                self._ended(slot, os.waitstatus_to_exitcode(status))

    def _ended(self, slot: _Slot, code: int) -> None:
        lived = time.monotonic() - slot.started
        ended, slot.pid = slot.pid, 0
        if slot.ready_file >= 0:
            os.close(slot.ready_file)
            slot.ready_file = -1
        if self._signals or self._fatal:
            return
        if code > 0 and not self._ever_ready:  # it has logged why: code that cannot be loaded will not load next time
            self._fatal = code
            return
        if lived > HEALTHY_AFTER:
            slot.failures = 0
        how = {"signal": -code} if code < 0 else {"code": code}
        self._log.line("worker", event="ended", pid=ended, restartIn=self._pause(slot), **how)

    @staticmethod
    def _pause(slot: _Slot) -> float:
        """Count a failure, and return the seconds until the next start: none after the first."""
        slot.failures += 1
        pause = 0.0 if slot.failures == 1 else min(_MIN_PAUSE * 2 ** min(slot.failures - 2, 10), _MAX_PAUSE)
        slot.due = time.monotonic() + pause
        return pause

    def _stop(self) -> None:
        """Stop the workers: terminate them, and kill them after the timeout or a second signal."""
        self._signal_all(signal.SIGTERM)
        self._log.line("stopping", pid=os.getpid(), workers=sum(bool(slot.pid) for slot in self._slots))
        for slot in self._slots:
            slot.sock.close()
        deadline = time.monotonic() + self._timeout + _KILL_DELAY
        while any(slot.pid for slot in self._slots):
            self._wait(min(deadline, time.monotonic() + 1.0))
            if self._signals > (0 if self._fatal else 1) or time.monotonic() >= deadline:
                self._signal_all(signal.SIGKILL)
            self._reap()

    def _signal_all(self, number: int) -> None:
        for slot in self._slots:
            if slot.pid:
                os.kill(slot.pid, number)  # ours until it is waited for, so the number is still its own

    def __repr__(self) -> str:
        return f"<Supervisor of {len(self._slots)} workers>"


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    os.set_blocking(write, False)
    return read, write
