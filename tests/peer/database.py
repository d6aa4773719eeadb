"""Calls of the database by each client, against a recorder that plays the gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.peer import jsonshape
from tests.peer.answers import JSON_ERROR
from tests.peer.bench import Bench, Exchange
from tests.peer.faces import NodeFace, Outcome, _of_node
from tests.peer.recorded import Recorded
from tests.peer.recorder import Answer
from tests.peer.tagging import Made, ours

_ = Made(("command",))
agg = _.aggregate
Geo = Made(("Geo",))
serverDate = Made(("serverDate",))  # noqa: N816 - the database's own name
RegExp = Made(("RegExp",))
db = Made()

# The fields of a request that hold EJSON in a text.
TEXTS = ("query", "data", "order", "projection")
ANSWERS: dict[str, Any] = {
    "database.insertDocument": {"data": {"insertedIds": ["id-1", "id-2"]}},
    "database.getDocument": {"data": {"list": ['{"_id":"a","n":{"$numberInt":"1"}}']}},
    "database.calculateDocument": {"data": {"total": 3}},
    "database.modifyDocument": {"data": {"updated": 1, "upsert_id": None}},
    "database.removeDocument": {"data": {"deleted": 1}},
    "database.aggregateDocuments": {"data": {"list": ['{"_id":"a","n":{"$numberInt":"1"}}']}},
    "database.addCollection": {},
    "database.startTransaction": {"transactionId": "t-1"},
    "database.commitTransaction": {},
    "database.abortTransaction": {},
}


class Gateway:
    """The other end: what it answers to each action.

    Args:
        answers: by action: the JSON of an answer, a whole Answer, or a list of them for one request after the other.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        given = {name if "." in name else f"database.{name}": answer for name, answer in (answers or {}).items()}
        self._answers = {**ANSWERS, **given}
        self._count: dict[str, int] = {}

    def __call__(self, request: Recorded) -> Answer:
        action = json.loads(request.body)["action"]
        answer = self._answers[action]
        if isinstance(answer, list):
            self._count[action] = self._count.get(action, -1) + 1
            answer = answer[min(self._count[action], len(answer) - 1)]
        return (
            answer
            if isinstance(answer, Answer)
            else Answer(json.dumps({"requestId": "r", **answer}).encode(), JSON_ERROR)
        )


def run(
    bench: Bench,
    instances: Mapping[str, Any],
    call: Made,
    options: tuple[Any, ...] = (),
    answers: Mapping[str, Any] | None = None,
) -> list[Exchange]:
    """The same chain from `db` by each client; the first is Node's."""
    exchanges = []
    for face in bench.faces:
        bench.recorder.take()
        bench.recorder.choose = Gateway(answers)
        try:
            instance = instances[face.name]
            if isinstance(face, NodeFace):
                outcome = _of_node(face.peer.walk(instance, "database", list(options), *call._steps_for_node()))
            else:
                outcome = _our_outcome(face, instance, call, options)
        finally:
            bench.recorder.choose = None
        exchanges.append(Exchange(face.name, outcome, bench.recorder.take()))
    return exchanges


def _our_outcome(face: Any, instance: Any, call: Made, options: tuple[Any, ...]) -> Outcome:
    import inspect

    async def made() -> Any:
        database = instance.database(*ours(options, None))
        value = call.of(database)
        return await value if inspect.isawaitable(value) else value

    outcome: Outcome = face._outcome(made())
    return outcome


def assert_same_bodies(exchanges: list[Exchange], *, ordered: bool = True) -> None:
    """The same requests one after the other: keys in order, and the texts inside them.

    Args:
        ordered: whether the keys inside the texts are in the same order too.
    """
    node, *others = exchanges
    theirs = [body(request, ordered) for request in node.requests]
    for other in others:
        assert theirs == [body(request, ordered) for request in other.requests], (
            f"\nnode: {[request.body for request in node.requests]}\n{other.face}:"
            f" {[request.body for request in other.requests]}"
        )


def body(request: Recorded, ordered: bool) -> list[tuple[str, Any]]:
    """The body as pairs, so that the order of its keys counts."""

    def text(value: Any) -> Any:
        return (
            value if ordered or not isinstance(value, str) or value[:1] not in "{[" else jsonshape.in_one_order(value)
        )

    pairs: list[tuple[str, Any]] = json.loads(request.body, object_pairs_hook=list)
    shown = []
    for key, value in pairs:
        if key in TEXTS:
            value = [text(item) for item in value] if isinstance(value, list) else text(value)
        elif key == "stages":
            value = [{name: text(item) for name, item in stage} for stage in value]
        shown.append((key, value))
    return shown
