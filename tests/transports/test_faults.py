"""Calls under faults, in small: see ``fault_campaign``."""

from __future__ import annotations

import pytest

from .fault_campaign import campaign


@pytest.mark.parametrize("kind", ["asyncio", "uvloop", "blocking"])
def test_no_call_is_sent_twice_and_none_gets_anothers_answer(kind: str) -> None:
    figures = campaign(kind, 1500, seed=7)
    assert [] == figures["wrong"]
    assert figures["repeated, safe to repeat"] > 0  # the faults do reach kept connections
    assert figures["connections"] > 100
