"""``runTransaction`` as steps: what is done next after every outcome. No network, no database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cloudpy._database import transaction
from cloudpy._database.operation import Operation
from cloudpy.errors import (
    CloudSDKError,
    TransactionConflictError,
    TransactionExpiredError,
    TransactionRolledBackError,
    TransportError,
)

CONFLICT = TransactionConflictError(-501001, "conflict", code="DATABASE_TRANSACTION_CONFLICT")


class Script:
    """Drives the steps; `outcomes` says what comes of them by name, one after the other: an error, or a value."""

    def __init__(self, times: int = 3, **outcomes: list[Any]) -> None:
        self.steps = transaction.run(times)
        self.outcomes = outcomes
        self.done: list[str] = []
        self.states: list[transaction.State] = []

    def run(self, function: Callable[[transaction.State], Any] = lambda state: 5) -> Any:
        try:
            step = next(self.steps)
            while True:
                try:
                    value = self._outcome(step, function)
                except BaseException as error:
                    step = self.steps.throw(error)
                else:
                    step = self.steps.send(value)
        except StopIteration as stop:
            return stop.value

    def _outcome(self, step: Any, function: Callable[[transaction.State], Any]) -> Any:
        if isinstance(step, transaction.Pause):
            assert 0 < step.seconds <= 0.5
            self.done.append("pause")
            return None
        if isinstance(step, transaction.Run):
            self.done.append("run")
            return function(step.transaction)
        assert isinstance(step, Operation)
        name = {"startTransaction": "start", "transaction.commit": "commit", "transaction.rollback": "abort"}[step.name]
        self.done.append(name)
        outcomes = self.outcomes.get(name)
        outcome = outcomes.pop(0) if outcomes else None
        if isinstance(outcome, BaseException):
            raise outcome
        value = step.read({"transactionId": f"t{len(self.states)}"})
        if name == "start":
            self.states.append(value)
        return value


def raising(error: BaseException) -> Callable[[Any], Any]:
    def function(_: Any) -> Any:
        raise error

    return function


def test_it_starts_runs_and_commits() -> None:
    script = Script()
    assert 5 == script.run()
    assert ["start", "run", "commit"] == script.done
    assert script.states[0].committed


@pytest.mark.parametrize("times", [0, 1, 3, 7, -1])
def test_conflicts_are_retried_so_often_each_aborted_first(times: int) -> None:
    script = Script(times, commit=[CONFLICT] * 20)
    with pytest.raises(TransactionConflictError):
        script.run()
    retries = max(times, 0)
    one = ["start", "run", "commit", "abort"]
    assert [*([*one, "pause"] * retries), *one] == script.done
    assert retries + 1 == len({state.id for state in script.states})


def test_a_conflict_in_the_function_counts_too() -> None:
    calls = []

    def function(_: Any) -> str:
        calls.append(1)
        if len(calls) < 3:
            raise CONFLICT
        return "done"

    script = Script()
    assert "done" == script.run(function)
    assert ["start", "run", "abort", "pause"] * 2 + ["start", "run", "commit"] == script.done


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), TransportError(-501001, "x"), TransactionExpiredError(-501001, "x")]
)
def test_any_other_error_aborts_and_is_raised(error: BaseException) -> None:
    script = Script()
    with pytest.raises(type(error)) as raised:
        script.run(raising(error))
    assert raised.value is error
    assert ["start", "run", "abort"] == script.done


def test_a_commit_that_fails_is_aborted_and_not_repeated() -> None:
    lost = TransportError(-501001, "socket hang up")
    script = Script(commit=[lost])
    with pytest.raises(TransportError) as raised:
        script.run()
    assert raised.value is lost
    assert ["start", "run", "commit", "abort"] == script.done


def test_an_abort_that_fails_hides_nothing() -> None:
    script = Script(abort=[TransactionExpiredError(-501001, "gone")])
    with pytest.raises(ValueError, match="mine"):
        script.run(raising(ValueError("mine")))


def test_a_start_that_fails_is_the_end() -> None:
    script = Script(start=[CloudSDKError(-501001, "x")])
    with pytest.raises(CloudSDKError):
        script.run()
    assert ["start"] == script.done


@pytest.mark.parametrize("reason", [None, "because", 5, {"a": 1}, ValueError("mine")], ids=repr)
def test_rolled_back_by_hand(reason: Any) -> None:
    def function(state: transaction.State) -> str:
        transaction.rollback(state, reason).read({})
        return "lost"

    script = Script()
    kind = type(reason) if isinstance(reason, Exception) else TransactionRolledBackError
    with pytest.raises(kind) as raised:
        script.run(function)
    assert ["start", "run"] == script.done
    if kind is TransactionRolledBackError:
        assert raised.value.reason is reason  # type: ignore[attr-defined]
    else:
        assert raised.value is reason


def test_committed_by_hand_is_committed_again_as_in_node() -> None:
    def function(state: transaction.State) -> None:
        transaction.commit(state).read({})

    script = Script(commit=[TransactionExpiredError(-501001, "gone")])
    with pytest.raises(TransactionExpiredError):
        script.run(function)
    assert ["start", "run", "commit"] == script.done, "nothing is aborted that was committed"


def test_steps_that_are_dropped_end_in_silence() -> None:
    steps = transaction.run(3)
    next(steps)
    steps.send(transaction.State("t"))
    steps.close()


@pytest.mark.parametrize(
    ("function", "times", "says"),
    [
        (None, 3, "expected a function"),
        (5, 3, "expected a function"),
        (len, "3", "times must be"),
        (len, True, "times"),
    ],
)
def test_what_cannot_be_run_is_refused_first(function: Any, times: Any, says: str) -> None:
    with pytest.raises(CloudSDKError, match=says):
        transaction.check(function, times)
