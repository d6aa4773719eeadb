"""Brackets stay where nothing catches what they raise."""

from __future__ import annotations

import pytest

from tests.migrate.both import Snippet, module, translate

READ = "return event.o.n"
BRACKETS = 'return event["o"]["n"]'
THROWN_ON = [
    READ,
    f"try {{ {READ} }} catch (e) {{ console.log(e); throw e }}",
    f"try {{ {READ} }} catch (e) {{ throw new Error('own') }}",
    f"try {{ {READ} }} finally {{ console.log(1) }}",
    f"try {{ return 1 }} catch (e) {{ {READ} }}",
]
CAUGHT = [
    f"try {{ {READ} }} catch (e) {{ return 1 }}",
    f"try {{ {READ} }} catch (e) {{ if (event.again) return 1; throw e }}",
    f"try {{ {READ} }} finally {{ return 1 }}",
    f"try {{ try {{ {READ} }} catch (e) {{ throw e }} }} catch (e) {{ return 1 }}",
]


def python_of(body: str) -> str:
    piece = Snippet("0", module(body), [])
    translate(piece)
    assert piece.marks == []
    return piece.python


@pytest.mark.parametrize("body", THROWN_ON)
def test_brackets_stay_where_errors_are_thrown_on(body: str) -> None:
    assert BRACKETS in python_of(body)


@pytest.mark.parametrize("body", CAUGHT)
def test_what_is_caught_is_read_as_in_javascript(body: str) -> None:
    assert 'return js.member(event["o"], "n")' in python_of(body)


def test_a_function_is_read_by_where_it_is_called() -> None:
    source = (
        "const one = v => v.o.n\nconst two = v => v.o.k\n"
        "exports.main = async (event) => { const k = two(event); try { return one(event) + k } catch (e) { return 1 } }"
    )
    piece = Snippet("0", source, [])
    translate(piece)
    assert 'return js.member(v["o"], "n")' in piece.python
    assert 'return v["o"]["k"]' in piece.python
