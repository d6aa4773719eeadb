"""However a function ends, that is an outcome; clock, random numbers and caller are the same for both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from cloudpy.compare.comparator import Comparator
from cloudpy.compare.comparison import Comparison, Run, diff_runs, side_effects
from cloudpy.compare.process import Outcome
from cloudpy.compare.rules import Rules
from cloudpy.local import Backend

from .harness import PROGRAMS, case, pair, places

NODE, PYTHON = PROGRAMS / "ends_node", PROGRAMS / "ends_python"


@pytest.fixture(scope="module")
def running() -> Iterator[Comparator]:
    with pair(NODE, PYTHON) as both:
        yield both


def compare(running: Comparator, end: str, **more: object) -> Comparison:
    return running.compare(case({"end": end, **more}))


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ("exit", "exit"),
        ("abort", "killed"),
        ("flood", "result"),
        ("throw", "raised"),
        ("throw own class", "raised"),
        ("throw TypeError", "raised"),
        ("throw text", "raised"),
        ("accident", "raised"),
        ("no name", "raised"),
        ("library", "raised"),
        ("throw codes", "error"),
        ("circle", "unsendable"),
        ("values", "result"),
        ("undefined", "result"),
        ("callback", "result"),
    ],
)
def test_both_end_alike(running: Comparator, end: str, kind: str) -> None:
    one = compare(running, end, words="no such ticket")
    assert [] == one.differences
    assert (kind, kind) == (one.left.outcome.kind, one.right.outcome.kind)


def test_what_does_not_end_is_ended_and_both_go_on() -> None:
    with pair(NODE, PYTHON) as running:
        assert 1 == compare(running, "count").left.outcome.value
        for end in ("loop", "never"):
            running.timeout = 0.5
            one = compare(running, end)
            assert ("late", "late") == (one.left.outcome.kind, one.right.outcome.kind)
            assert one.equal
        running.timeout = 60.0
        assert 1 == compare(running, "count").right.outcome.value
        assert 3 == running.starts


def test_when_one_has_to_begin_anew_so_does_the_other(running: Comparator) -> None:
    running.run(case({"end": "count"}))
    one = compare(running, "unhandled")
    assert ["$outcome"] == places(one)
    assert "unhandled" == one.left.outcome.kind
    assert "nobody waits" in one.left.outcome.description
    assert [] == compare(running, "count").differences


def test_cold_processes_keep_nothing() -> None:
    with pair(PYTHON, PYTHON, cold=True) as running:
        found = [compare(running, "count") for _ in range(2)]
    assert [1, 1] == [one.left.outcome.value for one in found]


def test_words_that_a_program_raises_itself_count(running: Comparator) -> None:
    left, right = (
        running.run(case({"end": "throw", "words": "a"}))[0],
        running.run(case({"end": "throw", "words": "b"}))[1],
    )
    accident = running.run(case({"end": "accident"}))[1]
    some = case({})
    assert ["$error.message"] == places(diff_runs(some, left, right, Rules()))
    assert ["$error.name"] == places(diff_runs(some, left, accident, Rules()))
    for other in (right, accident):
        assert diff_runs(some, left, other, Rules(errors="kind")).equal


def test_what_both_are_given_is_the_same(running: Comparator) -> None:
    one = running.compare(case({"end": "time", "text": "\ud83d 👋"}, openid="o-bob", clock="2025-03-01T00:00:00Z"))
    assert [] == one.differences
    value = one.right.outcome.value
    assert (1740787200000, "2025-03-01T00:00:00.000Z", True) == (value["now"], value["iso"], value["same"])
    assert ("o-bob", "tcb") == (value["openid"], value["trigger"])
    assert {"openId": "o-bob", "appId": "wx00000000000local"} == value["event"]["userInfo"]
    timer = running.compare(case({"Type": "Timer", "TriggerName": "daily", "end": "time"}))
    assert [] == timer.differences
    assert (None, "timer") == (timer.right.outcome.value["openid"], timer.right.outcome.value["trigger"])
    assert "userInfo" not in timer.right.outcome.value["event"]


def test_the_same_event_is_the_same_again_and_another_one_is_not(running: Comparator) -> None:
    first, again, other = (running.compare(case({"end": "time"}, name)) for name in ("a", "a", "b"))
    assert first.right.outcome.value == again.right.outcome.value
    assert first.right.outcome.value["random"] != other.right.outcome.value["random"]


def test_whatever_a_part_of_the_backend_tells_is_compared() -> None:
    class Shelf:
        kept: ClassVar[dict[str, bytes]] = {}

        def snapshot(self) -> dict[str, bytes]:
            return dict(self.kept)

    backend = Backend()
    backend.shelf = shelf = Shelf()  # type: ignore[attr-defined]
    before = side_effects(backend)
    assert {"documents": {}, "media": {}, "shelf": {}, "storage": {}} == before
    shelf.kept["a.txt"] = b"one"
    runs = [Run(Outcome("result"), [], state) for state in (before, side_effects(backend))]
    assert ['$state.shelf["a.txt"]'] == places(diff_runs(case({}), *runs, Rules()))
    assert diff_runs(case({}), *runs, Rules().ignoring(["$state.shelf"])).equal


def test_the_clock_may_move() -> None:
    with pair(NODE, PYTHON, Rules(clock="moving")) as running:
        found = [compare(running, "callback", words=""), compare(running, "time")]
    assert found[0].equal
    left, right = found[1].left.outcome.value["now"], found[1].right.outcome.value["now"]
    assert 1767225600000 <= min(left, right)
