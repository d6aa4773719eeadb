"""Case conversion against a straightforward reference, which works letter by letter and knows no cache."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._wire import case
from tests.once import part


def reference_snake(key: str) -> str:
    out = ""
    for index, letter in enumerate(key):
        if "A" <= letter <= "Z":
            out += ("_" if index else "") + letter.lower()
        else:
            out += letter
    return out


def reference_camel(key: str) -> str:
    out, index = "", 0
    while index < len(key):
        following = key[index + 1 : index + 2]
        if key[index] == "_" and following and "a" <= following <= "z":
            out += following.upper()
            index += 2
        else:
            out += key[index]
            index += 1
    return out


def reference(value: Any, fold: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [reference(item, fold) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: item for key, item in value.items() if fold(key) == key}
    renamed = {fold(key): item for key, item in value.items() if fold(key) != key}
    return {key: reference(item, fold) for key, item in {**kept, **renamed}.items()}


keys = st.text("aAbZ_1é名", max_size=6) | st.text(max_size=8)
trees = st.recursive(
    st.integers() | st.text("aA_", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=part(500, 100), deadline=None)
@given(keys)
def test_keys(key: str) -> None:
    for _ in range(2):  # the second time from the cache
        assert reference_snake(key) == case.snake(key)
        assert reference_camel(key) == case.camel(key)


@settings(max_examples=part(500, 100), deadline=None)
@given(trees)
def test_trees(tree: Any) -> None:
    assert reference(tree, reference_snake) == case.to_snake(tree)
    assert reference(tree, reference_camel) == case.to_camel(tree)


@pytest.mark.parametrize(
    "camel, snake",
    [
        ("cloudidList", "cloudid_list"),
        ("_A", "__a"),
        ("ABC", "a_b_c"),
        ("ÄB", "Ä_b"),
        ("a", "a"),
        ("", ""),
        ("a_B", "a__b"),
    ],
)
def test_to_snake(camel: str, snake: str) -> None:
    assert snake == case.snake(camel)


@pytest.mark.parametrize(
    "snake, camel",
    [
        *[("a__b", "a_B"), ("_x", "X"), ("__a", "_A"), ("a_", "a_"), ("_", "_"), ("g_1h", "g_1h"), ("a_B", "a_B")],
        *[("UPPER_case", "UPPERCase"), ("名_a", "名A"), ("cloud_id", "cloudId")],
    ],
)
def test_to_camel(snake: str, camel: str) -> None:
    assert camel == case.camel(snake)


@pytest.mark.parametrize("tree", [{"aB": 1, "a_b": 2}, {"a_b": 2, "aB": 1}])
def test_the_renamed_key_wins(tree: dict[str, int]) -> None:
    assert {"a_b": 1} == case.to_snake(tree)
    assert {"aB": 2} == case.to_camel(tree)


def test_the_given_value_is_left_alone() -> None:
    tree = {"aB": [{"cD": 1}]}
    case.to_snake(tree)
    assert {"aB": [{"cD": 1}]} == tree


def test_memory_for_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case, "_camels", {})
    for i in range(10_000):
        case.camel(f"key_number_{i}")
    case.camel("long_" * 1000)
    assert len(case._camels) <= 4096
    assert max(map(len, case._camels)) <= 64
