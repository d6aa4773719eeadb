"""A default of the event is one that no call of the platform needs: drafts take the event as it comes."""

from __future__ import annotations

import pytest

from tests.migrate.both import VALUES, InPython, Snippet, equal, in_node, translate

FORMS = [
    "exports.main = async (event = {}, context) => { return [event.a || 1, event.b] }",
    "exports.main = async function (event = { }) {\n  const { a, b = 2 } = event\n  return { a, b }\n}",
    "exports.main = async ({ a, b = 3 } = {}, context = {}) => ({ a, b })",
    "exports.main = async (\n  event\n    = {},\n) => {\n  return event.a ? [event.a] : event\n}",
    "module.exports.main = async (event = {}) => event.a",
]


@pytest.mark.parametrize("code", FORMS)
def test_the_event_is_read_as_it_comes(code: str) -> None:
    events = [{}, *({"a": value} for value in VALUES), {"a": 1, "b": [2]}]
    piece = Snippet("one", code, events)
    node = in_node([piece])["one"]
    translate(piece)
    assert piece.marks == []
    assert "is UNDEFINED" not in piece.python.partition("return")[0] or "b is UNDEFINED" in piece.python
    with InPython() as python:
        for event, one, other in zip(events, node, python.outcomes(piece), strict=True):
            assert equal(one["value"], other["value"]), (event, one, other, piece.python)


@pytest.mark.parametrize(
    "code",
    [
        "exports.main = async (event = { a: 1 }) => event.a",
        "exports.main = async (event = {}) => event.a ? exports.main() : 'none'",
        "// exports.main = async (event = {}) =>\nconst main = async (event = {}) => event.a\nexports.main = main",
    ],
)
def test_any_other_default_stays(code: str) -> None:
    piece = Snippet("one", code, [])
    translate(piece)
    assert "event is UNDEFINED" in piece.python
