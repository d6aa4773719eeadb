"""What is made of an invocation, for any event: a command, a test, a line of a recording."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._client import redact
from cloudpy.devserver import recordings
from cloudpy.devserver.generated_test import NoTestError, generate
from cloudpy.devserver.recorder import EventRecorder
from cloudpy.devserver.replay import compare_event, curl, is_masked
from cloudpy.local import Backend
from cloudpy.testing import ANY

from ..once import part

texts = st.one_of(
    st.text(max_size=8), st.sampled_from(["it's", '"""', "\\", "$(x)", "\n", "\u2028", "***", "ANY", "茶"])
)
plain = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), texts
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
events = st.dictionaries(texts, plain, max_size=4)
names = st.sampled_from(["note", "名字", "a-b", "a.b c", "it's"])
examples = settings(max_examples=part(60, 10), deadline=None)


def row(event: Any, result: Any, name: str = "note", kind: str = "result", trigger: str = "client") -> dict[str, Any]:
    """An invocation as the history has it."""
    return {
        "id": "1b671a64-40d5-491e-99b0-da01ff1f3341",
        "function": name,
        "openid": "o-bob",
        "unionid": "",
        "appid": "",
        "trigger": trigger,
        "started": 1.8e9,
        "kind": kind,
        "event": json.dumps(event, ensure_ascii=False),
        "result": json.dumps(result, ensure_ascii=False),
    }


def encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@examples
@given(events.filter(encodable), names)
def test_a_shell_reads_the_command_as_it_was_meant(event: Any, name: str) -> None:
    words = shlex.split(curl(row(event, None, name), "http://127.0.0.1:8900"))
    assert json.loads(words[words.index("--data-binary") + 1]) == event
    assert "x-wx-openid: o-bob" in words
    assert words[-1].startswith("http://127.0.0.1:8900/") and " " not in words[-1]


@examples
@given(events, plain, names)
def test_a_test_is_python_with_the_same_event_and_result(event: Any, result: Any, name: str) -> None:
    test = generate(row(event, result, name), [], Backend(), "/p/functions/f", "/p", 3.0)
    space: dict[str, Any] = {}
    exec(compile(test.text.encode("utf-8", "surrogatepass"), test.name, "exec"), space)
    assert is_masked(event) <= bool(test.secrets)
    if not is_masked(event):
        assert space["EVENT"] == event
    calls: list[Any] = []

    class WeChat:
        def user(self, *_: Any, **__: Any) -> None:
            pass

        def invoke(self, path: str, given: Any, **options: Any) -> Any:
            calls.append((path, given, options))
            return result

    run = next(value for key, value in space.items() if key.startswith("test_"))
    if not is_masked(result):
        run(WeChat())
        assert ("functions/f", "o-bob") == (calls[0][0], calls[0][2]["openid"])
    assert space.get("ANY", ANY) is ANY


@examples
@given(events, st.sampled_from(["client", "timer", "http"]))
def test_an_event_of_compare(event: Any, trigger: str) -> None:
    value = compare_event(row(event, None, trigger=trigger))
    assert value["event"] == json.loads(json.dumps(event))
    assert ("timer" in value) == (trigger == "timer") == ("openid" not in value)


@examples
@given(st.lists(st.tuples(names, events, st.booleans()), max_size=5))
def test_what_is_recorded_is_read(entries: list[tuple[str, Any, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "r.jsonl"))
        recorder = EventRecorder(path)
        for name, event, timer in entries:
            recorder.add(name, event, openid="" if timer else "o-bob", timer=timer)
        recorder.close()
        expected = [(name, redact.value(event), "" if timer else "o-bob", "", timer) for name, event, timer in entries]
        assert expected == [tuple(entry) for entry in recordings.read(path)]


@pytest.mark.parametrize("kind", ["", "load", "late", "exited", "stopped"])
def test_what_cannot_be_a_test(kind: str) -> None:
    with pytest.raises(NoTestError, match="did not run to its end"):
        generate(row({}, "", kind=kind), [], Backend(), "/p/f", "/p", 3.0)


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a\\b", "x" * 61, "a.", "a ", "\n", "CON\0"])
def test_names_of_recordings(name: str) -> None:
    with pytest.raises(recordings.RecordingError, match="is not a name"):
        recordings.path_of("/p", name)
