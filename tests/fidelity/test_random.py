"""Thousands of calls nobody thought of.

The same ones every time, so that a failure of a build is a change of the code. To look for news, ask for more and for
other ones: `CLOUDPY_FIDELITY_EXAMPLES=50000 pytest tests/fidelity/test_random.py`.
"""

from __future__ import annotations

import os
from typing import Any

from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, given, settings

from tests.fidelity import strategies
from tests.once import part
from tests.peer import oracle
from tests.peer.answers import wechat
from tests.peer.bench import Bench, assert_same_outcome, assert_same_request
from tests.peer.recorder import Answer

ASKED_FOR = os.environ.get("CLOUDPY_FIDELITY_EXAMPLES")
EXAMPLES = int(ASKED_FOR or part(2000, 200))
thorough = settings(
    max_examples=EXAMPLES,
    derandomize=ASKED_FOR is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
VARIABLES = {"WX_CONTEXT_KEYS": "WX_API_TOKEN", "WX_API_TOKEN": "token=="}


def is_no_message(body: bytes) -> bool:
    """Whether Google's protobuf refuses it."""
    try:
        oracle.parse("CommOpenApiResp", body)
    except DecodeError:
        return True
    return False


def test_random_parameters_make_the_same_request(bench: Bench) -> None:
    calls = 0
    with bench.variables(VARIABLES):
        instances = bench.instances()
        bench.recorder.answer = wechat()

        @thorough
        @given(params=strategies.parameters, options=strategies.options)
        def one_call(params: dict[str, Any], options: dict[str, Any]) -> None:
            nonlocal calls
            calls += 1
            exchanges = bench.ask(instances, "cloudbase.getOpenData", params, options=options)
            assert_same_request(exchanges)
            assert_same_outcome(exchanges)

        one_call()
    assert calls >= EXAMPLES


def test_random_answers_have_the_same_outcome(bench: Bench) -> None:
    calls = 0
    with bench.variables(VARIABLES):
        instances = bench.instances()

        @thorough
        @given(answer=strategies.answers)
        def one_call(answer: Answer) -> None:
            nonlocal calls
            calls += 1
            node, *ours = bench.ask(instances, "a.b", {}, answer=answer)
            if not node.outcome.failed and is_no_message(answer.body):
                # The difference "malformed messages": an error in JSON that Node's decoder happens to accept.
                assert all(our.outcome.failed for our in ours)
            else:
                assert_same_outcome([node, *ours])

        one_call()
    assert calls >= EXAMPLES
