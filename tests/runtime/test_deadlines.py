"""Time limits that share one timer: each passes when it should, whatever the others do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cloudpy.runtime.deadlines import Deadlines


def run(program: Callable[[Deadlines, list[str]], Awaitable[object]]) -> list[str]:
    passed: list[str] = []

    async def main() -> None:
        await program(Deadlines(), passed)

    asyncio.run(main())
    return passed


async def until(passed: list[str], count: int) -> None:
    while len(passed) < count:
        await asyncio.sleep(0.005)


def test_they_pass_in_their_order_and_cancelled_ones_never() -> None:
    async def program(deadlines: Deadlines, passed: list[str]) -> None:
        first = deadlines.add(0.02, lambda: passed.append("first"))
        deadlines.add(0.02, lambda: passed.append("second"))
        deadlines.add(0.03, lambda: passed.append("third"))
        first.cancel()
        await until(passed, 2)

    assert run(program) == ["second", "third"]


def test_an_earlier_one_does_not_wait_for_a_later_one() -> None:
    async def program(deadlines: Deadlines, passed: list[str]) -> None:
        late = deadlines.add(3600, lambda: passed.append("late"))
        early = deadlines.add(0.01, lambda: passed.append("early"))
        await until(passed, 1)
        early.cancel()  # when it has passed: nothing happens
        late.cancel()

    assert run(program) == ["early"]


def test_after_all_were_cancelled_a_new_one_still_passes() -> None:
    async def program(deadlines: Deadlines, passed: list[str]) -> None:
        for _ in range(3):
            deadlines.add(0.02, lambda: passed.append("cancelled")).cancel()
        await asyncio.sleep(0)
        deadlines.add(0.03, lambda: passed.append("new"))
        await until(passed, 1)

    assert run(program) == ["new"]


@pytest.mark.parametrize("count", [50_000])
def test_one_that_waits_long_does_not_make_the_others_pile_up(count: int) -> None:
    async def program(deadlines: Deadlines, passed: list[str]) -> None:
        deadlines.add(3600, lambda: passed.append("long"))
        for _ in range(count):
            deadlines.add(3600, lambda: passed.append("short")).cancel()
        assert int(repr(deadlines).split()[1]) < count / 10
        deadlines.close()

    assert run(program) == []
