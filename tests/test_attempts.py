"""When a call is tried again: the steps driven by hand with a clock of the test's, and whole calls over sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cloudpy._client import retry
from cloudpy._client.context import Invocation, invocation
from cloudpy._client.retry import Send, attempts
from cloudpy._transports import Request, Response, TransportFailure
from cloudpy.errors import CallTimeoutError, CloudSDKError, SystemBusyError, TransportError

REFUSED = TransportFailure("connect ECONNREFUSED", not_sent=True)
STALE = TransportFailure("socket hang up", stale_connection=True)
STALE_UNSENT = TransportFailure("write EPIPE", stale_connection=True, not_sent=True)
HUNG_UP = TransportFailure("socket hang up")
LATE = TransportFailure("request timeout", timed_out=True)
LATE_CONNECT = TransportFailure("connect timeout", not_sent=True, timed_out=True)
FINE = Response(200, "OK", {}, b"fine")
BUSY = Response(200, "OK", {}, b"busy")
BAD = Response(200, "OK", {}, b"bad")


class Call:
    """A call that counts its requests."""

    def __init__(self) -> None:
        self.built = 0

    def build(self) -> Request:
        self.built += 1
        return Request("POST", f"http://h/{self.built}", [], b"")

    def read(self, response: Response) -> bytes:
        if response is BUSY:
            raise SystemBusyError(-1, "busy")
        if response is BAD:
            raise CloudSDKError(40003, "bad")
        return response.body

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        return (CallTimeoutError if failure.timed_out else TransportError)(-501001, failure.cause)

    def secrets(self) -> list[str]:
        return []


class Run:
    """Drives the steps of one call: each Send takes `duration` and has the next of `outcomes`."""

    def __init__(
        self, *outcomes: Response | TransportFailure, duration: float = 0.0, jitter: float = 1.0, **options: Any
    ) -> None:
        self.now = 1000.0
        self.timeouts: list[float] = []
        self.pauses: list[float] = []
        self.longest: list[float] = []
        self._call = Call()
        self._jitter = jitter
        left = iter(outcomes)
        self.steps = attempts(
            self._call,
            clock=lambda: self.now,
            jitter=self._jittered,
            **{"timeout": 15.0, **options},
        )
        self.result: Any = None
        self.error: CloudSDKError | None = None
        outcome: Response | TransportFailure | None = None
        try:
            while True:
                step = self.steps.send(outcome)
                if isinstance(step, Send):
                    self.timeouts.append(step.timeout)
                    self.now += duration
                    outcome = next(left)
                else:
                    self.pauses.append(step.seconds)
                    self.now += step.seconds
                    outcome = None
        except StopIteration as done:
            self.result = done.value
        except CloudSDKError as error:
            self.error = error
        assert next(left, None) is None, "fewer attempts than were expected"

    @property
    def built(self) -> int:
        return self._call.built

    def _jittered(self, longest: float) -> float:
        self.longest.append(longest)
        return longest * self._jitter


def test_one_attempt_when_it_succeeds() -> None:
    run = Run(FINE, retries=5)
    assert (b"fine", [15.0], []) == (run.result, run.timeouts, run.pauses)


@pytest.mark.parametrize("failure", [REFUSED, STALE, HUNG_UP, LATE])
@pytest.mark.parametrize("idempotent", [True, False])
def test_without_retries_only_a_stale_connection_is_replaced(failure: TransportFailure, idempotent: bool) -> None:
    run = Run(*([failure] * (2 if failure is STALE and idempotent else 1)), idempotent=idempotent)
    assert failure.cause == run.error.errMsg  # type: ignore[union-attr]
    assert [] == run.pauses


def test_a_stale_connection_is_replaced_only_where_the_request_cannot_have_had_an_effect() -> None:
    assert isinstance(Run(STALE, retries=10).error, TransportError)
    assert b"fine" == Run(STALE_UNSENT, FINE).result
    assert "write EPIPE" == Run(STALE_UNSENT, STALE_UNSENT).error.errMsg  # type: ignore[union-attr]


@pytest.mark.parametrize("failure", [HUNG_UP, LATE, BAD], ids=["hung up", "late", "an error answered"])
def test_what_may_have_been_carried_out_is_never_repeated(failure: TransportFailure | Response) -> None:
    run = Run(failure, retries=10, idempotent=True)
    assert run.error is not None
    assert 1 == run.built


@pytest.mark.parametrize("failure", [REFUSED, LATE_CONNECT])
def test_what_was_surely_not_sent_is_tried_as_often_as_asked(failure: TransportFailure) -> None:
    for retries in range(4):
        assert b"fine" == Run(*[failure] * retries, FINE, retries=retries).result
        run = Run(*[failure] * (retries + 1), retries=retries)
        assert failure.cause == run.error.errMsg  # type: ignore[union-attr]
        assert (retries + 1, retries) == (run.built, len(run.pauses))


def test_busy_is_repeated_only_where_that_is_safe_and_asked_for() -> None:
    assert b"fine" == Run(BUSY, BUSY, FINE, retries=2, idempotent=True).result
    for options in ({"retries": 2}, {"idempotent": True}, {}):
        assert isinstance(Run(BUSY, **options).error, SystemBusyError)
    assert isinstance(Run(BUSY, BUSY, BUSY, retries=2, idempotent=True).error, SystemBusyError)


def test_a_stale_connection_is_replaced_at_once_and_for_free() -> None:
    run = Run(STALE, FINE, idempotent=True)
    assert (b"fine", []) == (run.result, run.pauses)
    run = Run(REFUSED, STALE, REFUSED, FINE, retries=2, idempotent=True)
    assert (b"fine", 2) == (run.result, len(run.pauses))


def test_a_stale_connection_is_replaced_once() -> None:
    for retries in (0, 5):
        assert "socket hang up" == Run(STALE, STALE, retries=retries, idempotent=True).error.errMsg  # type: ignore[union-attr]


def test_every_attempt_is_built_and_signed_afresh() -> None:
    assert 4 == Run(REFUSED, STALE, REFUSED, FINE, retries=2, idempotent=True).built


def test_pauses_double_up_to_a_bound_and_are_a_random_part_of_it() -> None:
    run = Run(*[REFUSED] * 8, retries=7, timeout=900.0)
    assert [0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0] == pytest.approx(run.longest)
    assert run.longest == run.pauses
    assert [0.0] * 7 == Run(*[REFUSED] * 8, retries=7, jitter=0.0).pauses


def test_the_jitter_is_full() -> None:
    drawn = [retry.jitter(3.0) for _ in range(2000)]
    assert 0 <= min(drawn) < 0.3 < 2.7 < max(drawn) <= 3.0
    assert 900 < sum(one < 1.5 for one in drawn) < 1100


def test_one_deadline_for_all_attempts_and_pauses() -> None:
    run = Run(REFUSED, REFUSED, REFUSED, duration=4.0, retries=10, timeout=12.5)
    assert pytest.approx([12.5, 8.3, 3.9]) == run.timeouts
    assert "connect ECONNREFUSED" == run.error.errMsg  # type: ignore[union-attr]


def test_no_pause_beyond_the_deadline() -> None:
    run = Run(REFUSED, retries=10, timeout=0.19)
    assert ([], "connect ECONNREFUSED") == (run.pauses, run.error.errMsg)  # type: ignore[union-attr]


def test_a_replacement_has_what_is_left_and_nothing_when_nothing_is() -> None:
    assert [15.0, 9.0] == Run(STALE, FINE, duration=6.0, idempotent=True).timeouts
    late = Run(STALE, duration=15.0, idempotent=True)
    assert isinstance(late.error, CallTimeoutError)
    assert "request timeout" == late.error.errMsg


@contextmanager
def invoked(deadline: float | None) -> Iterator[None]:
    token = invocation.set(Invocation({}, deadline))
    try:
        yield
    finally:
        invocation.reset(token)


def test_the_functions_own_deadline_wins_when_it_is_earlier() -> None:
    with invoked(1003.0):
        assert [3.0] == Run(FINE).timeouts
        assert [2.0] == Run(FINE, timeout=2.0).timeouts
    with invoked(None):
        assert [15.0] == Run(FINE).timeouts


def test_a_function_whose_time_is_up_sends_nothing() -> None:
    with invoked(999.0):
        run = Run()
    assert isinstance(run.error, CallTimeoutError)
    assert "the function's own time is up" in run.error.errMsg
    assert 0 == run.built


def test_the_steps_end_when_their_driver_is_cancelled() -> None:
    steps = attempts(Call(), timeout=1)
    assert isinstance(steps.send(None), Send)
    steps.close()
    with pytest.raises(StopIteration):
        steps.send(None)
