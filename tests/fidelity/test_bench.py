"""The bench itself: it must see a difference when there is one, and say which."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.peer import jsonshape, signature
from tests.peer.answers import wechat
from tests.peer.bench import SECRET_ID, SECRET_KEY, Bench, assert_same_outcome, differing_parts
from tests.peer.faces import Outcome
from tests.peer.peer import Peer, PeerError
from tests.peer.recorded import Recorded
from tests.peer.tagging import UNDEFINED, same, untag

CHANGES: dict[str, Callable[[Recorded], Recorded]] = {
    "query": lambda request: changed(request, target=request.target.replace("env=", "ENV=")),
    "path": lambda request: changed(request, target=request.target.replace("/admin", "/Admin")),
    "header names": lambda request: changed(request, headers=[*request.headers, ("X-More", "1")]),
    "x-tcb-source": lambda request: changed(request, headers=swapped(request, "X-TCB-Source", "scf,")),
    "signed headers": lambda request: changed(
        request, headers=swapped(request, "Authorization", "SignedHeaders=host, ")
    ),
    "fields in order": lambda request: body_changed(request, b'name="envName"', b'name="envname"'),
    "part headers": lambda request: body_changed(request, b"application/octet-stream", b"application/octet-strean"),
    "envName": lambda request: body_changed(request, b"\r\ntest-env-1\r\n", b"\r\ntest-env-2\r\n"),
    "pair 'a_b'": lambda request: body_changed(request, b'["\\u200c"]', b'["\\u200C"]'),
    "keys": lambda request: body_changed(request, b"a_b", b"a_c"),
}


def changed(request: Recorded, **fields: Any) -> Recorded:
    return dataclasses.replace(request, **fields)


def body_changed(request: Recorded, old: bytes, new: bytes) -> Recorded:
    assert request.body.count(old) == 1
    return changed(request, body=request.body.replace(old, new))


def swapped(request: Recorded, name: str, value: str) -> list[tuple[str, str]]:
    return [(key, value if key == name else old) for key, old in request.headers]


@pytest.fixture(scope="module")
def request_of_node(bench: Bench) -> Recorded:
    with bench.variables():
        return bench.ask(bench.instances(), "a.b", {"aB": ["\u200c"]}, answer=wechat())[0].request


@pytest.mark.parametrize("part", CHANGES)
def test_a_change_of_the_request_is_seen(request_of_node: Recorded, part: str) -> None:
    seen = list(differing_parts(request_of_node, CHANGES[part](request_of_node)))
    assert [line for line in seen if line.startswith(part)], seen


def test_no_change_is_no_difference(request_of_node: Recorded) -> None:
    assert list(differing_parts(request_of_node, request_of_node)) == []


@pytest.mark.parametrize("part", ["query", "path", "x-tcb-source", "envName", "pair 'a_b'"])
def test_a_signature_does_not_fit_another_request(request_of_node: Recorded, part: str) -> None:
    signature.check(request_of_node, SECRET_ID, SECRET_KEY)
    with pytest.raises(AssertionError):
        signature.check(CHANGES[part](request_of_node), SECRET_ID, SECRET_KEY)
    with pytest.raises(AssertionError, match="wrong signature"):
        signature.check(request_of_node, SECRET_ID, SECRET_KEY + "x")


@pytest.mark.parametrize("field", ["result", "errCode", "errMsg", "message", "json"])
def test_a_change_of_the_outcome_is_seen(bench: Bench, field: str) -> None:
    with bench.variables():
        node, ours, _ = bench.ask(bench.instances(), "a.b", {}, answer=wechat())
    assert_same_outcome([node, ours])
    other = dataclasses.replace(ours, outcome=dataclasses.replace(ours.outcome, **{field: "another"}))
    with pytest.raises(AssertionError):
        assert_same_outcome([node, other])


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (None, False, False),
        ("1", 1, False),
        (Decimal("9007199254740993"), 9007199254740993, True),
        (Decimal("9007199254740993"), 9007199254740992.0, False),
        (Decimal("0.12345678901234567"), 0.12345678901234567, True),
        ({"a": [1]}, {"a": [2]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1], [1, 2], False),
        (b"a", "a", False),
        (UNDEFINED, None, False),
    ],
)
def test_values_are_compared_by_what_they_are(theirs: Any, ours: Any, expected: bool) -> None:
    assert same(theirs, ours) is expected


def test_values_travel_to_node_and_back(bench: Bench) -> None:
    value = {
        "a": [1, -1.5, 2**60, float("inf"), b"\x00\xff", None, True, "\ud800 中"],
        "$int": {"__proto__": 1},
        "": UNDEFINED,
    }
    assert untag(bench.peer.echo(value)) == value


def test_json_is_put_in_order_without_being_read() -> None:
    assert (
        jsonshape.in_one_order('{"b":[{"d":1.0,"c":"\\u00e9"}],"a":"é}"}') == '{"a":"é}","b":[{"c":"\\u00e9","d":1.0}]}'
    )
    with pytest.raises(AssertionError, match="without spaces"):
        jsonshape.in_one_order('{"a": 1}')


def test_a_missing_peer_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PeerError, match="make peer"):
        Peer()


def test_an_outcome_is_not_taken_for_an_error() -> None:
    assert not Outcome(result=None).agrees(Outcome(failed=True))
