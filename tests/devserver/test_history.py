"""The history of invocations: what is kept, how much of it, and that no secret is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy.devserver.history import History, Where
from cloudpy.devserver.invocation import CloudCall, Invocation
from cloudpy.devserver.levels import LEVELS, level_of

SECRET = "hunter2-hunter2-hunter2"


@pytest.fixture
def history() -> Iterator[History]:
    published: list[tuple[str, Any]] = []
    history = History(
        secrets=lambda: [SECRET],
        publish=lambda kind, value: published.append((kind, value)),
        max_invocations=500,
        max_lines=1000,
        max_bytes=200_000,
    )
    history.published = published  # type: ignore[attr-defined]
    yield history
    history.close()


def invoke(history: History, number: int, event: dict[str, Any] | None = None, text: str = "1", **fields: Any) -> None:
    one = Invocation(f"id-{number}", "hello", event=event or {"number": number}, **fields)
    history.begin(one)
    assert history.note(one.id, CloudCall("a.b", "ok", 1.0, params={"n": number}, answer={"secret": SECRET}))
    one.kind, one.text, one.ms = "result", text, 1.0
    history.end(one)


def test_the_last_invocations_are_kept(history: History) -> None:
    for number in range(1500):
        invoke(history, number)
    history.flush(60.0)
    kept = history.rows("SELECT seq, id, kind, calls, bytes FROM invocations ORDER BY seq")
    assert 500 <= len(kept) < 500 + 256
    assert "id-1499" == kept[-1]["id"] and {"result"} == {row["kind"] for row in kept}
    assert 1500 == history.removed + len(kept)
    owners = {row["owner"] for row in history.rows("SELECT DISTINCT owner FROM calls")}
    assert owners == {row["seq"] for row in kept}


@settings(max_examples=20)
@given(half=st.characters(categories=["Cs"]), kind=st.sampled_from(["result", "raised"]))
def test_half_a_surrogate_pair_is_kept_everywhere(half: str, kind: str) -> None:
    reports: list[str] = []
    history = History(report=reports.append)
    one = Invocation("id", "hello", event={"text": half}, openid=half)
    history.begin(one)
    history.note(one.id, CloudCall("a.b", half, 1.0, params={half: 1}, answer=[half], sdk=half))
    one.kind, one.text = kind, json.dumps({"text": half}, ensure_ascii=False)
    history.end(one)
    history.printed("hello", [half])
    history.flush(30.0)
    kept = history.rows("SELECT event, result FROM invocations")[0]
    call = history.rows("SELECT params, answer FROM calls")[0]
    lines = history.rows("SELECT text FROM lines")
    history.close()
    assert [] == reports
    assert [{"text": half}, {half: 1}, [half]] == [json.loads(v) for v in (kept["event"], *call.values())]
    assert {"text": half} == json.loads(kept["result"])
    assert [{"text": f"\\u{ord(half):04x}"}] == lines


def test_large_ones_take_the_place_of_many_small_ones(history: History) -> None:
    for number in range(20):
        invoke(history, number, {"text": "x " * 20_000})
    history.flush(60.0)
    kept = history.rows("SELECT id, length(event) AS size FROM invocations ORDER BY seq")
    assert "id-19" == kept[-1]["id"]
    assert sum(row["size"] for row in kept) <= 250_000


def test_the_last_lines_are_kept_and_what_was_dropped_is_said(history: History) -> None:
    for number in range(200):
        history.printed("hello", [f"line {number} {part}" for part in range(1000)])
    history.flush(30.0)
    lines = history.rows("SELECT text FROM lines ORDER BY seq")
    assert 1000 == len(lines)
    assert "line 199 999" == lines[-1]["text"]


def test_a_million_lines_leave_the_last_ones(history: History) -> None:
    for number in range(500):
        history.printed("hello", [f"line {number} {part}" for part in range(2000)], "id")
    history.flush(60.0)
    lines = history.rows("SELECT text, invocation FROM lines ORDER BY seq")
    assert (1000, "line 499 1999", "id") == (len(lines), lines[-1]["text"], lines[-1]["invocation"])


def test_without_a_console_nothing_is_kept() -> None:
    history = History(record=False)
    one = Invocation("id", "hello")
    history.begin(one)
    history.printed("hello", ["line"])
    assert history.note("id", CloudCall("a.b", "ok", 1.0))
    history.end(one)
    history.flush(60.0)
    assert [0, 0, 0] == [history.count(table, Where()) for table in ("invocations", "calls", "lines")]
    assert not history.note("id", CloudCall("a.b", "ok", 1.0))
    history.close()


def test_no_secret_is_written(history: History) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBg\n-----END PRIVATE KEY-----"
    invoke(history, 1, {"password": "abcdefgh", "text": f"it is {SECRET}"}, json.dumps({"mine": SECRET}))
    history.printed("hello", [f"printed {SECRET}", "token=abcdefghijkl", *key.split("\n")], "id-1")
    failed = Invocation("id-2", "hello", event={})
    history.begin(failed)
    failed.kind, failed.text = "raised", f"Traceback\nValueError: {SECRET}"
    history.end(failed)
    history.flush(60.0)
    everything = [history.rows(f"SELECT * FROM {table}") for table in ("invocations", "calls", "lines")]
    text = json.dumps([everything, history.published])  # type: ignore[attr-defined]
    for secret in (SECRET, "abcdefgh", "MIIBVgIBADANBg"):
        assert secret not in text
    assert "printed ***" in text and "it is ***" in text


def test_a_call_made_again_after_a_failure_is_another_attempt(history: History) -> None:
    one = Invocation("id", "hello")
    history.begin(one)
    for outcome in ("fault reset", "fault reset", "ok", "ok"):
        history.note("id", CloudCall("a.b", outcome, 1.0, params={"x": 1}))
    history.note("id", CloudCall("a.b", "ok", 1.0, params={"x": 2}))
    history.flush(60.0)
    assert [1, 2, 3, 1, 1] == [row["attempt"] for row in history.rows("SELECT attempt FROM calls ORDER BY seq")]
    assert not history.note("unknown", CloudCall("a.b", "ok", 1.0))


def test_a_failure_keeps_the_source_around_each_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hello")
    (folder / "index.py").write_text("def main(event, context):\n    x = 1\n    raise ValueError(x)\n", "utf-8")
    history = History(folder=lambda _: str(folder))
    one = Invocation("id", "hello")
    history.begin(one)
    one.kind = "raised"
    one.text = f'Traceback (most recent call last):\n  File "{folder}/index.py", line 3, in main\nValueError: 1\n'
    history.end(one)
    history.flush(60.0)
    (frame,) = json.loads(history.rows("SELECT frames FROM invocations")[0]["frames"])
    history.close()
    assert (True, 3, "main") == (frame["own"], frame["line"], frame["name"])
    assert [[2, "    x = 1"], [3, "    raise ValueError(x)"]] == frame["code"][1:]


def test_conditions_are_joined() -> None:
    where = Where().also("a = ?", 1).also("b = ? OR c = ?", 2, 3)
    assert ("1 AND a = ? AND b = ? OR c = ?", (1, 2, 3)) == (where.sql, where.values)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("ERROR:root:it failed", "error"),
        ("2026-01-01 10:00:00,123 WARNING too slow", "warning"),
        ("[INFO] started", "info"),
        ("10:00:00 DEBUG x=1", "debug"),
        ("Traceback (most recent call last):", "error"),
        ("ValueError: no such thing", "error"),
        ("info about the user", "print"),
        ("counted 1", "print"),
    ],
)
def test_the_level_of_a_line(line: str, level: str) -> None:
    assert level == level_of(line)


@given(st.text())
def test_every_line_has_a_level(line: str) -> None:
    assert level_of(line) in LEVELS
