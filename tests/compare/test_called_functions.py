"""Functions that call others by name: those beside them are run, and what comes of it is compared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cloudpy.compare.comparator import compare_functions
from cloudpy.compare.function import UnusableError
from cloudpy.compare.report import Report, equality

from .harness import PROGRAMS, case, function, pair, places

STREET = PROGRAMS / "street"


def test_both_call_their_neighbours() -> None:
    with pair(STREET / "node" / "shop", STREET / "python" / "shop") as running:
        all_five = [
            running.compare(case(event, openid="o-ann"))
            for event in (
                {"item": "jam"},
                {"item": "jam"},
                {"item": "glass"},
                {"names": ["nobody"]},
                {"names": ["../node/stock"]},
            )
        ]
    assert [] == [each.differences for each in all_five if not each.equal]
    one, again, broken, nobody, outside = all_five
    first = one.right.outcome.value[0]
    assert (7, 1, "o-ann", "wx_client,scf") == tuple(first[key] for key in ("left", "served", "OPENID", "SOURCE"))
    assert 2 == again.right.outcome.value[0]["served"], "they stay warm"
    called, checked = one.left.calls
    assert ("callFunction", 7) == (called["api"], called["answer"]["result"]["left"])
    assert ("security.msgSecCheck", "stock") == (checked["api"], checked["function"])
    assert "user code exception caught: it broke" == broken.left.calls[0]["answer"]["message"]
    for each in (nobody, outside):
        assert "There is no function" in each.left.outcome.value["errMsg"]


def test_several_at_the_same_time_have_a_process_each() -> None:
    with pair(STREET / "node" / "shop", STREET / "node" / "shop") as running:
        one = running.compare(case({"item": "jam", "names": ["stock"] * 3}))
    assert [1, 1, 1] == [each["served"] for each in one.left.outcome.value]
    assert 3 == len(one.left.calls[0:3])


def test_a_neighbour_that_does_something_else_is_found(tmp_path: Path) -> None:
    shutil.copytree(STREET / "python", tmp_path / "python")
    stock = tmp_path / "python" / "stock" / "index.py"
    stock.write_text(stock.read_text("utf-8").replace('"left": 7', '"left": 8').replace('"nothing"', '"none"'), "utf-8")
    with pair(STREET / "node" / "shop", tmp_path / "python" / "shop") as running:
        one = running.compare(case({}))
    assert ["$[0].left", "$calls[0].answer.result.left", "$calls[1].params.content"] == places(one)


def test_a_port_that_stands_alone_calls_those_beside_the_original(tmp_path: Path) -> None:
    shutil.copytree(STREET / "python" / "shop", tmp_path / "alone" / "shop")
    with pair(STREET / "node" / "shop", tmp_path / "alone" / "shop") as running:
        one = running.compare(case({"item": "jam"}))
    assert [] == one.differences
    assert 7 == one.right.outcome.value[0]["left"]


def test_a_neighbour_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    shutil.copytree(STREET / "python", tmp_path / "python")
    (tmp_path / "python" / "stock" / "index.py").write_text("main = None\n")
    with pair(STREET / "node" / "shop", tmp_path / "python" / "shop") as running:
        with pytest.raises(UnusableError, match="stock"):
            running.compare(case({}))


def test_a_neighbour_that_cannot_be_loaded_does_not_end_the_comparison(tmp_path: Path) -> None:
    start = "const cloud = require('wx-server-sdk')\ncloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })\n"
    called = "(await cloud.callFunction({ name: event.name })).result"
    main = f"exports.main = async (event) => event.name ? {called} : 'alone'\n"
    sources = {"first": start + main, "second": start + main}
    sources |= {"broken": "exports.main = 1 +", "fine": "exports.main = () => 2"}
    for name, text in sources.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.js").write_text(text)
    scenarios = [case(event, name) for name, event in (("a", {}), ("b", {"name": "broken"}), ("c", {"name": "fine"}))]
    with pair(tmp_path / "first", tmp_path / "second") as running:
        report = Report(function(tmp_path / "first"), function(tmp_path / "second"))
        compare_functions(running, report, scenarios)
    assert (["alone", 2], ["b"]) == ([one.left.outcome.value for one in report.events], report.skipped)
    assert "broken, which is called by name" in report.notes[0]
    assert "2 events: all equal; 1 not compared" == equality(report)
    assert not report.equal
