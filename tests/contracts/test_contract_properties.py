"""Whatever JSON is thrown at the checks and the samples, they answer."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpy import contracts
from cloudpy.contracts import Problem, check_params, check_reply, sample_reply

NAMES = st.sampled_from(contracts.names())
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@st.composite
def near_right(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An API with an object of its own keys, some misspelt, over arbitrary values."""
    name = draw(NAMES)
    found = contracts.get(name)
    assert found is not None
    keys = [*found.params.get("properties", {}), *found.result.get("properties", {})] or ["a"]
    spelt = st.sampled_from(keys).flatmap(
        lambda key: st.sampled_from([key, key.upper(), key.lower(), key[:-1], f"_{key}"])
    )
    return name, draw(st.dictionaries(spelt, JSON, max_size=4))


def messages(name: str, problems: list[Problem]) -> None:
    for problem in problems:
        assert problem.message.startswith(f"{name}: ")
        assert problem.path in problem.message
        assert len(problem.message) < 2_000


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, JSON)
def test_any_json_is_answered(name: str, value: Any) -> None:
    messages(name, check_params(name, value))
    messages(name, check_params(name, value, convert_case=False))
    messages(name, check_reply(name, value))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(near_right())
def test_json_that_is_nearly_right_is_answered(case: tuple[str, dict[str, Any]]) -> None:
    name, value = case
    messages(name, check_params(name, value))
    messages(name, check_params(name, value, convert_case=False))
    messages(name, check_reply(name, value))
    assert sample_reply(name, value) == sample_reply(name, value)


def test_deep_and_circular_values_are_answered() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = {"a": deep}
    circular: dict[str, Any] = {}
    circular["data"] = circular
    for name in ("subscribeMessage.send", "officialAccount.menu.create", "cloudbase.getOpenData"):
        for value in (deep, {"data": deep, "button": [deep]}, circular):
            check_params(name, value)
            check_reply(name, value)


def test_keys_that_are_no_text_are_told() -> None:
    params: Any = {7: 1, "cloudidList": ["a"]}
    (problem,) = check_params("cloudbase.getOpenData", params)
    assert "'7' is not known" in problem.message
