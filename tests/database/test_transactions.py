"""Transactions: the snapshot, the first writer, thirty seconds."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from cloudpy.local.database import DatabaseError, Engine, Query


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def database(*documents: dict[str, Any], clock: Clock | None = None) -> Engine:
    engine = Engine(clock=clock or Clock())
    engine.create("c")
    engine.insert("c", documents)
    return engine


def n_of(engine: Engine, transaction: str | None = None, identifier: Any = "a") -> Any:
    found = engine.find("c", Query({"_id": identifier}), transaction=transaction)
    return found[0]["n"] if found else None


def add(engine: Engine, transaction: str | None = None, identifier: Any = "a") -> None:
    engine.update("c", Query({"_id": identifier}), {"$inc": {"n": 1}}, transaction=transaction)


def code(call: Any) -> str:
    with pytest.raises(DatabaseError) as caught:
        call()
    return caught.value.code


CONFLICT, FAIL = "DATABASE_TRANSACTION_CONFLICT", "DATABASE_TRANSACTION_FAIL"


def test_own_writes_are_seen_inside_and_only_committed_ones_outside() -> None:
    engine = database({"_id": "a", "n": 1})
    t = engine.begin()
    add(engine, t)
    engine.insert("c", [{"_id": "b", "n": 7}], t)
    assert (n_of(engine, t), n_of(engine, t, "b"), n_of(engine), n_of(engine, None, "b")) == (2, 7, 1, None)
    assert [found["_id"] for found in engine.find("c", Query({}), transaction=t)] == ["a", "b"]
    engine.commit(t)
    assert (n_of(engine), n_of(engine, None, "b")) == (2, 7)


def test_an_abort_undoes_all() -> None:
    engine = database({"_id": "a", "n": 1}, {"_id": "b", "n": 1})
    t = engine.begin()
    add(engine, t)
    engine.remove("c", Query({"_id": "b"}), transaction=t)
    assert n_of(engine, t, "b") is None
    engine.abort(t)
    assert engine.find("c", Query({})) == [{"_id": "a", "n": 1}, {"_id": "b", "n": 1}]
    add(engine)  # and nothing is locked any more


def test_the_snapshot_begins_with_the_first_operation() -> None:
    engine = database({"_id": "a", "n": 1}, {"_id": "x", "n": 1})
    t = engine.begin()
    add(engine)  # before it: seen
    assert n_of(engine, t) == 2
    add(engine)
    engine.insert("c", [{"_id": "b", "n": 1}])
    engine.remove("c", Query({"_id": "x"}))
    assert n_of(engine, t) == 2
    assert engine.find("c", Query({}), transaction=t) == [{"_id": "a", "n": 2}, {"_id": "x", "n": 1}]
    assert engine.count("c", Query({"n": {"$gte": 1}}), t) == 2
    engine.commit(t)
    assert engine.count("c", Query({})) == 2


def test_the_first_writer_wins_at_once_and_the_other_one_is_over() -> None:
    engine = database({"_id": "a", "n": 1})
    first, second = engine.begin(), engine.begin()
    add(engine, first)
    assert code(lambda: add(engine, second)) == CONFLICT
    assert code(lambda: engine.abort(second)) == FAIL
    assert code(lambda: n_of(engine, second)) == FAIL
    engine.commit(first)
    assert n_of(engine) == 2


def test_a_stale_read_cannot_be_written() -> None:
    engine = database({"_id": "a", "n": 1}, {"_id": "b", "n": 1})
    t = engine.begin()
    assert n_of(engine, t, "b") == 1
    add(engine)
    assert code(lambda: add(engine, t)) == CONFLICT


def test_two_inserts_of_one_id_conflict() -> None:
    engine = database()
    first, second = engine.begin(), engine.begin()
    engine.insert("c", [{"_id": "b"}], first)
    assert code(lambda: engine.insert("c", [{"_id": "b"}], second)) == CONFLICT


def test_write_skew_is_possible_as_in_mongodb() -> None:
    engine = database({"_id": "a", "n": 1}, {"_id": "b", "n": 1})
    first, second = engine.begin(), engine.begin()
    for t in (first, second):
        assert engine.count("c", Query({"n": 1}), t) == 2
    add(engine, first, "a")
    add(engine, second, "b")
    engine.commit(first)
    engine.commit(second)
    assert (n_of(engine), n_of(engine, None, "b")) == (2, 2)


def test_a_plain_write_waits_for_nobody() -> None:
    engine = database({"_id": "a", "n": 1})
    t = engine.begin()
    add(engine, t)
    with pytest.raises(DatabaseError, match="TransactionBusy"):
        add(engine)
    engine.commit(t)
    add(engine)
    assert n_of(engine) == 3


def test_a_transaction_lives_thirty_seconds() -> None:
    clock = Clock()
    engine = database({"_id": "a", "n": 1}, clock=clock)
    t = engine.begin()
    add(engine, t)
    clock.now += 30
    add(engine, t)
    clock.now += 0.1
    add(engine)  # its lock is gone with it
    with pytest.raises(DatabaseError, match="must be commit or abort in 30 seconds") as caught:
        engine.commit(t)
    assert caught.value.code == FAIL
    assert n_of(engine) == 2


@pytest.mark.parametrize("end", ["commit", "abort"])
def test_an_ended_or_unknown_transaction_is_gone(end: str) -> None:
    engine = database({"_id": "a", "n": 1})
    t = engine.begin()
    getattr(engine, end)(t)
    for call in (lambda: engine.commit(t), lambda: engine.abort(t), lambda: n_of(engine, t), lambda: n_of(engine, "x")):
        assert code(call) == FAIL


def test_an_error_inside_ends_the_transaction() -> None:
    engine = database({"_id": "a", "n": 1})
    t = engine.begin()
    add(engine, t)
    assert code(lambda: engine.insert("c", [{"_id": "a"}], t)) == "DATABASE_REQUEST_FAILED"
    assert code(lambda: engine.commit(t)) == FAIL
    assert n_of(engine) == 1


def test_counters_in_many_threads_add_up() -> None:
    engine = database(*({"_id": number, "n": 0} for number in range(4)), clock=Clock())
    conflicts = []

    def run(start: int) -> None:
        for turn in range(100):
            while True:
                t = engine.begin()
                try:
                    for identifier in ((start + turn) % 4, (start + turn + 1) % 4):
                        value = n_of(engine, t, identifier)
                        engine.update("c", Query({"_id": identifier}), {"$set": {"n": value + 1}}, transaction=t)
                    engine.commit(t)
                    break
                except DatabaseError as error:
                    conflicts.append(error.code)

    threads = [threading.Thread(target=run, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(n_of(engine, None, number) for number in range(4)) == 4 * 100 * 2
    assert set(conflicts) <= {CONFLICT}
