"""Makes one call through all faces, against one recorder and with the same variables, and compares what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.peer import jsonshape, signature
from tests.peer.faces import AsyncFace, Face, NodeFace, Outcome, SyncFace
from tests.peer.peer import Peer
from tests.peer.recorded import Recorded
from tests.peer.recorder import Answer, Recorder

SVRKIT_API = 2
SECRET_ID, SECRET_KEY = "AKIDexample", "example-secret-key"
CREDENTIALS = {"secretId": SECRET_ID, "secretKey": SECRET_KEY}
ENV = "test-env-1"

# Headers that belong to the HTTP client, not to the call: see `differences.py`, "transfer encoding" and "user agent".
_CLIENTS_OWN = {"transfer-encoding", "content-length", "connection"}
_SAME_VALUE = "host x-tcb-source x-sdk-version x-tcb-region x-tcb-tracelog x-tcb-route-key x-signature-expires".split()
_SEQ_ID = re.compile(r"(seqId=(?:.*-)?)[0-9a-f]+_[0-9a-f]+")


@dataclass(frozen=True)
class Exchange:
    """A call by one face: what it sent, and what came of it."""

    face: str
    outcome: Outcome
    requests: list[Recorded]

    @property
    def request(self) -> Recorded:
        assert len(self.requests) == 1, f"{self.face} sent {len(self.requests)} requests; {self.outcome}"
        return self.requests[0]


class Bench:
    """The three faces and the recorder, for a whole test session."""

    def __init__(self) -> None:
        self.recorder = Recorder().start()
        self.peer = Peer()
        self._async = AsyncFace()
        self.node = NodeFace(self.peer)
        self.ours: tuple[Face, ...] = (self._async, SyncFace())
        self.faces: tuple[Face, ...] = (self.node, *self.ours)

    def stop(self) -> None:
        self._async.stop()
        self.peer.stop()
        self.recorder.stop()

    @contextlib.contextmanager
    def variables(self, variables: Mapping[str, str | None] | None = None) -> Iterator[None]:
        """These and those that lead to the recorder are all the variables there are; None takes one of them away."""
        merged: dict[str, str | None] = {
            "TCB_CONTEXT_CNFG": json.dumps({"URL": self.recorder.url}),
            "TENCENTCLOUD": "true",  # keeps Node from asking a metadata server where it runs
            **(variables or {}),
        }
        chosen = {name: value for name, value in merged.items() if value is not None}
        before = dict(os.environ)
        self.peer.set_variables(chosen)
        os.environ.clear()
        os.environ.update(chosen)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def instances(self, init: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """An instance of each face, made with the same options."""
        options = {"env": ENV, **CREDENTIALS} if init is None else init
        return {face.name: face.instance(options) for face in self.faces}

    def walk(self, instances: Mapping[str, Any], *steps: Any, answer: Answer | None = None) -> list[Exchange]:
        """The same names and calls followed from each instance: a text is an attribute, a list a call with these."""
        if answer is not None:
            self.recorder.answer = answer
        exchanges = []
        for face in self.faces:
            self.recorder.take()
            outcome = face.walk(instances[face.name], steps)
            exchanges.append(Exchange(face.name, outcome, self.recorder.take()))
        return exchanges

    def ask(
        self,
        instances: Mapping[str, Any],
        api: str,
        *params: Any,
        options: Mapping[str, Any] | None = None,
        answer: Answer | None = None,
    ) -> list[Exchange]:
        """The same call by each face; the first is Node's."""
        if answer is not None:
            self.recorder.answer = answer
        exchanges = []
        for face in self.faces:
            self.recorder.take()
            outcome = face.call(instances[face.name], api, params, options)
            exchanges.append(Exchange(face.name, outcome, self.recorder.take()))
        return exchanges


def assert_same_outcome(exchanges: list[Exchange]) -> None:
    theirs, *ours = exchanges
    for our in ours:
        assert theirs.outcome.agrees(our.outcome), (
            f"\nnode:  {_shown(theirs.outcome)}\n{our.face}: {_shown(our.outcome)}"
        )


def assert_same_request(exchanges: list[Exchange], *, node_signs_rightly: bool = True) -> None:
    """One request each, the same in everything that the other end can see and that is not listed as a difference."""
    theirs, *ours = exchanges
    if node_signs_rightly:
        signature.check(theirs.request, SECRET_ID, SECRET_KEY)
    for our in ours:
        differing = list(differing_parts(theirs.request, our.request))
        assert not differing, f"{our.face}:\n" + "\n".join(differing)
        signature.check(our.request, SECRET_ID, SECRET_KEY)


def differing_parts(node: Recorded, ours: Recorded) -> Iterator[str]:
    """What is not the same, one line each."""

    def compare(what: str, their: Any, our: Any) -> Iterator[str]:
        if their != our:
            yield f"{what}: node {their!r}, ours {our!r}"

    yield from compare("method", node.method, ours.method)
    yield from compare("path", node.path, ours.path)
    yield from compare("query", _SEQ_ID.sub(r"\1…", node.query), _SEQ_ID.sub(r"\1…", ours.query))
    yield from compare("header names", _header_names(node), _header_names(ours))
    for name in _SAME_VALUE:
        yield from compare(name, node.header(name), ours.header(name))
    yield from compare("signed headers", signature.signed_headers(node), signature.signed_headers(ours))
    yield from compare("fields in order", list(node.fields), list(ours.fields))
    yield from compare("part headers", [part.headers for part in node.parts], [part.headers for part in ours.parts])
    for name in node.fields:
        if name != "requestData":
            yield from compare(name, node.fields[name], ours.fields.get(name))
    if not node.parts or node.fields["action"] == b"wx.wxPayApi":
        their_text, our_text = _json_of(node), _json_of(ours)
        yield from compare("JSON", their_text, our_text)
        return
    if node.call().api_type == SVRKIT_API:
        yield from compare("message", node.fields["requestData"], ours.fields["requestData"])
        return
    their, our = node.call(), ours.call()
    yield from compare("api_type", their.api_type, our.api_type)
    yield from compare("appid", their.appid, our.appid)
    their_pairs, our_pairs = _pairs(node), _pairs(ours)
    yield from compare("keys", sorted(their_pairs), sorted(our_pairs))
    for key in their_pairs.keys() & our_pairs.keys():
        yield from compare(f"pair {key!r}", their_pairs[key], our_pairs[key])


def _json_of(request: Recorded) -> list[str]:
    """The JSON of a request, and that inside it, but for the order of keys: JavaScript moves whole numbers up front."""
    if request.parts:
        return [jsonshape.in_one_order(request.fields["requestData"].decode("utf-8"))]
    values = request.values
    inner = [values.pop(name, "") for name in ("request_data", "requestData")]
    outer = request.body.decode("utf-8") if not any(inner) else json.dumps(values, separators=(",", ":"))
    return [jsonshape.in_one_order(text) if text.startswith("{") else text for text in (outer, *inner)]


def _pairs(request: Recorded) -> dict[str, Any]:
    return {
        key: (value if filename else jsonshape.in_one_order(value.decode("utf-8")), content_type, filename)
        for key, (value, content_type, filename) in request.pairs().items()
    }


def _header_names(request: Recorded) -> set[str]:
    return {name.lower() for name, _ in request.headers} - _CLIENTS_OWN


def _shown(outcome: Outcome) -> str:
    if not outcome.failed:
        return f"result {outcome.result!r}"
    return f"errCode {outcome.errCode!r} errMsg {outcome.errMsg!r} message {outcome.message!r} json {outcome.json!r}"
