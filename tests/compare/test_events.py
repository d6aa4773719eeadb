"""Events as people write them, as ``cloudpy dev --record`` writes them, and as they are made out of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloudpy.compare import scenario
from cloudpy.compare.fuzz import FuzzContext, variations
from cloudpy.compare.scenario import DEFAULT_CLOCK, Scenario
from cloudpy.local import LocalData, LocalDataError
from cloudpy.local.data import NO_DATA

from .harness import EVENTS, case, desk


def read(tmp_path: Path, text: str, name: str = "events.yaml") -> list[Scenario]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return scenario.read(str(path))


def backend(one: Scenario, base: LocalData = NO_DATA, seed: int = 0) -> Any:
    return one.backend(base, None, seed=seed, frozen=True)


def test_one_a_list_and_lines(tmp_path: Path) -> None:
    assert [("events", {})] == [(one.name, one.raw["event"]) for one in read(tmp_path, "event: {}")]
    listed = read(tmp_path, "- event: {a: 1}\n- event: {a: 2}\n  name: two\n- event: {}\n  name: two\n")
    assert ["events[0]", "two", "two (2)"] == [one.name for one in listed]
    assert ["e[0]"] == [one.name for one in read(tmp_path, '[{"event": {"a": "\\ud83d"}}]', "e.json")]
    lines = read(tmp_path, '{"event": {}}\n\n{"event": {}}\n', "e.jsonl")
    assert ["e:1", "e:3"] == [one.name for one in lines]
    timer = read(tmp_path, '{"Type": "Timer", "TriggerName": "daily"}', "timer.json")
    assert [True] == [one.timer for one in timer]


def test_a_folder(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.json", "compare.yaml", "notes.txt", "local.yaml"):
        (tmp_path / name).write_text('{"event": {}}')
    assert ["a", "b"] == [one.name for one in scenario.read(str(tmp_path))]


def test_a_recording(tmp_path: Path) -> None:
    lines = [
        {"function": "steps", "event": {"a": 1}, "openid": "o-1", "trigger": "client"},
        {"function": "steps", "event": {"Type": "Timer"}, "openid": "", "unionid": "", "timer": True},
        {"function": "other", "event": {}, "openid": "o-2", "trigger": "client"},
    ]
    found = read(tmp_path, "".join(f"{json.dumps(line)}\n" for line in lines), "seen.jsonl")
    assert [False, True, False] == [one.timer for one in found]
    assert found[:2] == scenario.select(found, ("steps", "steps-py"), None, "seen.jsonl")
    assert found[2:] == scenario.select(found, ("steps",), "other", "seen.jsonl")
    with pytest.raises(LocalDataError, match=r"has events of other, steps; select one with --function NAME"):
        scenario.select(found, ("port", "node"), None, "seen.jsonl")
    with pytest.raises(LocalDataError, match=r"no event is of the function 'third'; there are other, steps"):
        scenario.select(found, (), "third", "seen.jsonl")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("e.yaml", "- event: {}\n- event: {}\n  openID: x\n", "e.yaml:3: openID: unknown key; did you mean 'openid'?"),
        ("e.yaml", "- event: {}\n- openid: x\n", "e.yaml:2: event is missing"),
        ("e.yaml", "- event: [1]\n", "e.yaml:1: event: must be a mapping, is a list"),
        (
            "e.yaml",
            "event: {}\nfaults:\n  a.b: slow\n",
            "e.yaml:3: faults.a.b: must be an errCode other than 0, or one of",
        ),
        ("e.yaml", "event: {}\nclock: yesterday\n", "e.yaml:2: clock: must be seconds since 1970"),
        ("e.yaml", "event: {}\nclock: 1767225600000\n", "e.yaml:2: clock: must be seconds since 1970"),
        ("e.yaml", "event: {}\nanswers:\n  a.b: {reply: 1}\n", "e.yaml:3: answers.a.b"),
        ("e.yaml", "event: {a: !!binary aGk=}\n", "e.yaml:1: event.a: JSON cannot represent !!binary"),
        ("e.yaml", "event: {\n", "e.yaml:2: is not valid YAML"),
        ("e.yaml", "- 1\n", "e.yaml:1: events[0]: must be a mapping, not the number 1"),
        ("e.yaml", "", "e.yaml:1: event is missing"),
        ("e.json", '[\n{"event": {}},\n{"event": {}, "user": 1}]', "e.json:3: user: unknown key"),
        ("e.json", '{"event":\n{]', "e.json:2: is not valid JSON: column 2"),
        ("e.json", '{"event": {"a": NaN}}', "e.json:1: is not valid JSON: NaN is not allowed"),
        ("e.json", "[]", "contains no event"),
        ("e.json", "3", "e.json:1: must be a mapping or a list of them, not the number 3"),
        ("e.jsonl", '{"event": {}}\n{"event": 1}\n', "e.jsonl:2: event: must be a mapping"),
        ("e.jsonl", '{"event": {}}\n[]\n', "e.jsonl:2: must be a mapping, not a list"),
        ("e.jsonl", '{"event": {}}\n{"event"\n', "e.jsonl:2: is not valid JSON"),
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(LocalDataError) as error:
        read(tmp_path, text, name)
    assert told in str(error.value)


def test_a_folder_without_events(tmp_path: Path) -> None:
    with pytest.raises(LocalDataError, match=r"contains no file whose name ends in \.yaml"):
        scenario.read(str(tmp_path))
    with pytest.raises(LocalDataError, match="no such file"):
        scenario.read(str(tmp_path / "none.yaml"))


def test_an_event_adds_to_what_the_local_wechat_knows() -> None:
    one = case(
        {},
        openid="o-bob",
        clock=100,
        open_data={"mine": {"a": 1}, "hers": {"openid": "o-alice", "data": {}}},
        cloudIDs={"phone": {"phoneNumber": "1"}},
        faults={"security.msgSecCheck": 45009},
        unknown="refuse",
    )
    found = backend(one, desk())
    event = one.event(found)
    minted = event["phone"]["cloudID"]
    assert {"phoneNumber": "1", "watermark": {"appid": "wx00000000000local", "timestamp": 100}} == event["phone"][
        "data"
    ]
    bob = found.users.find("o-bob")
    looked_up = found.open_data.look_up(["mine", "hers", minted, "walk"], bob)
    assert ["data", -601007, "data", -601007] == [item.get("errCode", "data") for item in looked_up]
    assert [45009] == [canned.answer.errcode for canned in found.responses.of("security.msgSecCheck")]
    assert found.responses.of("wxacode.getUnlimited")
    assert ("refuse", 100.0) == (found.unknown, found.clock())
    assert DEFAULT_CLOCK == backend(case({})).clock()


def test_backends_that_are_made_alike_are_alike() -> None:
    first, second, other = (backend(case({}), seed=seed) for seed in (1, 1, 2))
    assert first.random_bytes(8) == second.random_bytes(8) != other.random_bytes(8)
    assert first.secret_key == second.secret_key != other.secret_key
    assert first.secret_key == backend(case({}, "another"), seed=1).secret_key


def test_variations_are_many_and_the_same_for_a_seed() -> None:
    given = scenario.read(str(EVENTS))
    ground = FuzzContext(given, ["security.msgSecCheck"], ["o-alice", "o-bob"])
    first, again, other = ([json.dumps(dict(one.raw)) for one in variations(ground, 300, seed)] for seed in (5, 5, 6))
    assert first == again != other
    assert len(set(first)) > 250
    together = "".join(first)
    for sign in (
        "\\ud83d",
        "null",
        "o-stranger",
        "unionid",
        '"security.msgSecCheck": -1',
        "reset",
        "http500",
        "\\u957f",
    ):
        assert sign in together, sign
    assert max(map(len, first)) > 10_000
    assert [json.dumps(dict(one.raw)) for one in given] == [
        json.dumps(dict(one.raw)) for one in scenario.read(str(EVENTS))
    ]


def test_an_empty_event_is_varied_too() -> None:
    assert 50 == len(list(variations(FuzzContext([case({})], [], []), 50, 0)))
