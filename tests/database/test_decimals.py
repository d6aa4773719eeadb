"""Decimal numbers have 34 digits in every calculation, and one NaN among them spoils no query."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy.local.database import DatabaseError, Engine, ejson, perform
from tests.once import part

DECIMALS = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.integers(0, 1),
    st.integers(0, 10**34 - 1),
    st.one_of(st.integers(-40, 10), st.integers(-6176, 6111)),
)
INVALID = [" 1", "1_0", "٣", "", ".", "sNaN", "NaN1", "0x1", "1" * 35, "1E+6145", "1E-6177", "1E+9999999999"]


def database(*documents: dict[str, Any]) -> Engine:
    engine = Engine()
    engine.create("c")
    engine.insert("c", list(documents))
    return engine


def compute(engine: Engine, expression: Any) -> Any:
    stages = [{"stageKey": "$project", "stageValue": ejson.canonical({"_id": 0, "r": expression})}]
    answer = perform(engine, "database.aggregateDocuments", {"collectionName": "c", "stages": stages})
    return ejson.parse(answer["data"]["list"][0])["r"]


@settings(max_examples=part(300, 40), deadline=None)
@given(DECIMALS, DECIMALS)
def test_calculations_round_to_34_digits_alone(one: Decimal, other: Decimal) -> None:
    engine = database({"_id": 1, "a": one, "b": other})
    context = decimal.Context(prec=34, Emax=6144, Emin=-6143, clamp=1, traps=[])
    assert compute(engine, "$a") == one
    assert compute(engine, {"$add": ["$a", "$b"]}) == context.add(one, other)
    assert compute(engine, {"$subtract": ["$a", "$b"]}) == context.subtract(one, other)
    assert compute(engine, {"$multiply": ["$a", "$b"]}) == context.multiply(one, other)
    assert compute(engine, {"$abs": "$a"}) == one.copy_abs()
    increase = ejson.canonical({"$inc": {"a": other}})
    perform(engine, "database.modifyDocument", {"collectionName": "c", "query": "{}", "data": increase, "merge": True})
    assert compute(engine, "$a") == context.add(one, other)


@pytest.mark.parametrize("query", [{"$gt": 0}, {"$gte": 0}, {"$lt": 9}, {"$lte": 9}, {"$mod": [2, 1]}])
def test_a_nan_matches_no_range_and_is_no_error(query: Any) -> None:
    engine = database({"_id": 1, "n": Decimal("NaN")}, {"_id": 2, "n": 1}, {"_id": 3, "n": float("nan")})
    fields = {"collectionName": "c", "query": ejson.canonical({"n": query})}
    assert perform(engine, "database.calculateDocument", fields)["data"] == {"total": 1}


@pytest.mark.parametrize("text", INVALID)
def test_a_text_that_is_no_decimal_number_is_refused(text: str) -> None:
    engine = database()
    fields = {"collectionName": "c", "data": [ejson.plain({"n": {"$numberDecimal": text}})]}
    with pytest.raises(DatabaseError, match=r"must be a string of a decimal number, with 34 digits at most"):
        perform(engine, "database.insertDocument", fields)
    assert len(list(engine._collections["c"])) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("1." + "1" * 40, "1." + "1" * 33), ("1E+7000", "Infinity"), ("-inf", "-Infinity"), ("1E-7000", "0E-6176")],
)
def test_a_conversion_rounds(text: str, number: str) -> None:
    assert compute(database({"_id": 1}), {"$toDecimal": text}) == Decimal(number)
