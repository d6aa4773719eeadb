"""Transactions through Node and both clients: the same requests in the same order, the same outcomes."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from cloudpy import CloudSDKError
from tests.fidelity.test_database import ask
from tests.peer.bench import Bench, Exchange, assert_same_outcome
from tests.peer.database import Gateway, assert_same_bodies, db
from tests.peer.faces import NodeFace, _of_node
from tests.peer.tagging import JavaScript

BODIES = {
    "add": (
        "t.collection('c').add({data: {a: 1}})",
        lambda c: c.add({"data": {"a": 1}}),
    ),
    "add many": (
        "t.collection('c').add({data: [{a: 1}, {}]})",
        lambda c: c.add({"data": [{"a": 1}, {}]}),
    ),
    "get": (
        "t.collection('c').where({a: 1}).orderBy('a', 'asc').field({a: true}).get()",
        lambda c: c.where({"a": 1}).orderBy("a", "asc").field({"a": True}).get(),
    ),
    "get all": ("t.collection('c').get()", lambda c: c.get()),
    "doc.get": ("t.collection('c').doc('a').get()", lambda c: c.doc("a").get()),
    "doc.set": (
        "t.collection('c').doc('a').set({data: {a: 1}})",
        lambda c: c.doc("a").set({"data": {"a": 1}}),
    ),
    "doc.update": (
        "t.collection('c').doc('a').update({data: {a: {b: 1}}})",
        lambda c: c.doc("a").update({"data": {"a": {"b": 1}}}),
    ),
    "doc.remove": ("t.collection('c').doc('a').remove()", lambda c: c.doc("a").remove()),
}
CONFLICT = {"code": "DATABASE_TRANSACTION_CONFLICT", "message": "[ResourceUnavailable.TransactionConflict] m"}
GONE = {"code": "DATABASE_TRANSACTION_FAIL", "message": "[ResourceUnavailable.TransactionNotExist] m"}


def actions(exchange: Exchange) -> list[str]:
    return [json.loads(request.body)["action"].removeprefix("database.") for request in exchange.requests]


@pytest.mark.parametrize("name", BODIES)
def test_every_operation_inside(bench: Bench, name: str) -> None:
    source, call = BODIES[name]
    function = JavaScript(f"t => {source}", lambda transaction: call(transaction.collection("c")))
    exchanges = ask(bench, db.runTransaction(function))
    assert_same_bodies(exchanges)
    assert_same_outcome(exchanges)
    assert not exchanges[0].outcome.failed
    assert "t-1" == json.loads(exchanges[0].requests[1].body)["transactionId"]
    assert 3 == len(exchanges[0].requests)


def test_a_plain_function_and_its_result(bench: Bench) -> None:
    exchanges = ask(bench, db.runTransaction(JavaScript("() => ({a: [1]})", lambda _: {"a": [1]})))
    assert ["startTransaction", "commitTransaction"] == actions(exchanges[0])
    assert_same_bodies(exchanges)
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("conflicts", [1, 3, 4])
@pytest.mark.parametrize("times", [[], [0], [1], [5]], ids=str)
def test_a_conflict_at_the_commit_is_retried(bench: Bench, times: list[int], conflicts: int) -> None:
    answers: dict[str, Any] = {"commitTransaction": [CONFLICT] * conflicts + [{}]}
    node, *ours = ask(bench, db.runTransaction(JavaScript("() => 5", lambda _: 5), *times), answers=answers)
    retries = times[0] if times else 3
    for exchange in (node, *ours):
        assert exchange.outcome.failed is (conflicts > retries)
        commits = min(conflicts, retries) + 1
        assert commits == actions(exchange).count("commitTransaction")
        assert commits == actions(exchange).count("startTransaction")
    for our in ours:  # and each that failed is aborted, which Node does with the last one only
        assert min(conflicts, retries + 1) == actions(our).count("abortTransaction")


def test_an_error_of_the_function_rolls_back(bench: Bench) -> None:
    def fails(_: Any) -> None:
        raise CloudSDKError(-5, "mine", message="mine")

    source = "() => { throw Object.assign(new Error('mine'), {errCode: -5, errMsg: 'mine'}) }"
    exchanges = ask(bench, db.runTransaction(JavaScript(source, fails)))
    for exchange in exchanges:
        assert ["startTransaction", "abortTransaction"] == actions(exchange)
        assert "mine" == exchange.outcome.message
        assert -5 == exchange.outcome.errCode


def test_a_commit_that_fails_otherwise_is_aborted_and_not_retried(bench: Bench) -> None:
    exchanges = ask(
        bench,
        db.runTransaction(JavaScript("() => 5", lambda _: 5)),
        answers={"commitTransaction": GONE, "abortTransaction": GONE},
    )
    for exchange in exchanges:
        assert ["startTransaction", "commitTransaction", "abortTransaction"] == actions(exchange)
        assert exchange.outcome.failed
        assert "TransactionNotExist" in exchange.outcome.message


def test_a_start_that_fails_is_the_end(bench: Bench) -> None:
    exchanges = ask(
        bench, db.runTransaction(JavaScript("() => 5", lambda _: 5)), answers={"startTransaction": {**GONE}}
    )
    for exchange in exchanges:
        assert ["startTransaction"] == actions(exchange)
        assert exchange.outcome.failed


def test_rolled_back_by_hand(bench: Bench) -> None:
    def by_hand(transaction: Any) -> Any:
        return transaction.rollback("because")

    exchanges = ask(bench, db.runTransaction(JavaScript("t => t.rollback('because')", by_hand)))
    for exchange in exchanges:
        assert ["startTransaction", "abortTransaction"] == actions(exchange)
        assert exchange.outcome.failed
    assert exchanges[1].outcome.errMsg == "runTransaction:fail the transaction was rolled back: 'because'"


def test_what_fails_after_a_rollback_is_the_rollback(bench: Bench) -> None:
    async def awaited(transaction: Any) -> None:
        done = transaction.rollback("because")
        if inspect.isawaitable(done):
            await done
        raise ValueError("too late")

    def by_hand(transaction: Any) -> Any:
        if "sync" in type(transaction).__module__:
            return blocking(transaction)
        return awaited(transaction)

    def blocking(transaction: Any) -> None:
        transaction.rollback("because")
        raise ValueError("too late")

    source = "async t => { await t.rollback('because'); throw new Error('too late') }"
    node, *ours = ask(bench, db.runTransaction(JavaScript(source, by_hand)))
    assert "because" == node.outcome.message
    for our in ours:
        assert "runTransaction:fail the transaction was rolled back: 'because'" == our.outcome.errMsg


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_started_and_ended_by_hand(bench: Bench, end: str) -> None:
    exchanges = []
    with bench.variables():
        instances = bench.instances()
        for face in bench.faces:
            bench.recorder.take()
            bench.recorder.choose = Gateway()
            if isinstance(face, NodeFace):
                ending = JavaScript(f"t => t.{end}()", None)
                chain = ("database", [], "startTransaction", [], "then", [ending])
                outcome = _of_node(face.peer.walk(instances["node"], *chain))
            else:
                outcome = face._outcome(ended(instances[face.name].database(), end))  # type: ignore[attr-defined]
            bench.recorder.choose = None
            exchanges.append(Exchange(face.name, outcome, bench.recorder.take()))
    assert ["startTransaction", "commitTransaction" if end == "commit" else "abortTransaction"] == actions(exchanges[0])
    assert_same_bodies(exchanges)
    assert_same_outcome(exchanges)
    assert not exchanges[0].outcome.failed


async def ended(database: Any, end: str) -> Any:
    transaction = database.startTransaction()
    transaction = await transaction if inspect.isawaitable(transaction) else transaction
    value = getattr(transaction, end)()
    return await value if inspect.isawaitable(value) else value
