"""The case table: MongoDB's rules one by one, as data (cases.json, Extended JSON)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cloudpy.local.database import DatabaseError, Engine, Query, ejson

TABLE = ejson.parse((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = TABLE["cases"]


def outcome(engine: Engine, case: dict[str, Any]) -> Any:
    query = Query(case.get("query", {}))
    if "update" in case:
        try:
            done = engine.update("c", query, case["update"])
        except DatabaseError:
            return "error"
        if "modified" in case:
            assert done.modified == case["modified"]
        return engine.find("c", Query({}))
    if "pipeline" in case:
        return engine.aggregate("c", case["pipeline"])
    found = engine.find("c", query, order=case.get("sort"), fields=case.get("projection"))
    return found if "projection" in case else [document["_id"] for document in found]


def normal(value: Any) -> str:
    """A text that is the same for documents that differ in the order of their keys alone."""
    return ejson.canonical(unordered(value))


def unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: unordered(value[name]) for name in sorted(value)}
    return [unordered(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("stored", [False, True], ids=["memory", "folder"])
@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(1, len(CASES) + 1)])
def test_case(case: dict[str, Any], stored: bool, tmp_path: Path) -> None:
    folder = tmp_path if stored else None
    engine = Engine(folder)
    documents = case["documents"] if "documents" in case else TABLE["collections"][case["collection"]]
    for name, content in (("c", documents), ("other", case.get("other", []))):
        engine.create(name)
        engine.insert(name, content)
    if stored:  # what is on disk is what was inserted
        engine.close()
        engine = Engine(folder)
    assert normal(outcome(engine, case)) == normal(case["expected"])
    if stored:
        before = normal(engine.find("c", Query({})))
        engine.close()
        again = Engine(folder)
        assert normal(again.find("c", Query({}))) == before
        again.close()
