"""Functions that call each other: in the test kit, in `cloudpy run`, over the gateway."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.testing import ExpectationError, LocalWeChat, StubError, UnexpectedCallError

FUNCTIONS = Path(__file__).parent / "functions"


def folder(name: str) -> str:
    return str(FUNCTIONS / name)


@pytest.mark.parametrize("transport", ["memory", "http"])
def test_a_folder_calls_a_folder_that_calls_a_folder(transport: Any) -> None:
    with LocalWeChat(transport=transport) as wechat:
        wechat.functions({"adds": folder("adds"), "again": folder("adds")})
        result = wechat.invoke(folder("asks"), {"call": "adds", "data": {"through": "again", "b": 2}}, openid="o-ann")
        assert "wx_client" == result["me"], "its own variables are back after the call"
        assert ("o-ann", "wx_client,scf,scf") == (result["got"]["who"], result["got"]["source"])
        assert (3, "o-ann") == (result["got"]["sum"], result["got"]["info"]["openId"])
        first, second = wechat.calls("callFunction")
        assert {"name": "again", "data": {"a": 1, "b": 2}} == second.params or first.params
        assert {call.function for call in wechat.calls("callFunction")} == {"asks", "adds"}


async def called(wechat: LocalWeChat) -> Any:
    return await wechat.ainvoke(folder("asks"), {"call": "adds", "data": {"a": 1, "b": 2}})


def test_in_an_event_loop_of_the_test() -> None:
    import asyncio

    with LocalWeChat() as wechat:
        wechat.functions(adds=folder("adds"))
        assert 3 == asyncio.run(called(wechat))["got"]["sum"]


def test_callables_in_the_place_of_functions() -> None:
    def refuses(event: dict[str, Any]) -> Any:
        raise cloudpy.CloudSDKError(-1, "not today")

    async def later(event: dict[str, Any], context: Any) -> Any:
        return {"later": event["x"]}

    with LocalWeChat() as wechat:
        wechat.functions({"fixed": lambda event: 5, "refuses": refuses}, later=later)
        assert 5 == wechat.invoke(folder("asks"), {"call": "fixed"})["got"]
        assert {"later": 1} == wechat.invoke(folder("asks"), {"call": "later", "data": {"x": 1}})["got"]
        failed = wechat.invoke(folder("asks"), {"call": "refuses"})
        assert -504002 == failed["failed"] and "not today" in failed["why"]


def test_a_function_that_fails() -> None:
    with LocalWeChat() as wechat:
        wechat.functions(fails=folder("fails"))
        failed = wechat.invoke(folder("asks"), {"call": "fails"})
    assert -504002 == failed["failed"]
    assert "callFunction:fail user code exception caught: ValueError: no such thing" == failed["why"]


def test_names_that_nothing_was_said_about() -> None:
    with pytest.raises(UnexpectedCallError, match=r"wechat\.functions"):
        with LocalWeChat() as wechat:
            wechat.invoke(folder("asks"), {"call": "nobody"})
    with LocalWeChat(strict=False, unknown="refuse") as wechat:
        failed = wechat.invoke(folder("asks"), {"call": "nobody"})
    assert -501001 == failed["failed"] and "could not be found. There is no function 'nobody'" in failed["why"]


def test_functions_that_are_none_or_never_called() -> None:
    with pytest.raises(ExpectationError, match=r"wechat.functions\(adds=…\) was never called"):
        with LocalWeChat() as wechat:
            wechat.functions(adds=folder("adds"))
    with LocalWeChat() as wechat, pytest.raises(StubError, match="lambda event: 5"):
        wechat.functions(five=5)  # type: ignore[arg-type]


def test_a_callable_that_checks_what_it_is_given_fails_the_test() -> None:
    def picky(event: dict[str, Any]) -> None:
        assert event["a"] == 2, "a should be 2"

    with pytest.raises(UnexpectedCallError, match="a should be 2"):
        with LocalWeChat() as wechat:
            wechat.functions(picky=picky)
            wechat.invoke(folder("asks"), {"call": "picky", "data": {"a": 1}})


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cloudpy", "run", *arguments], capture_output=True, text=True)


def test_run_finds_the_folders_beside() -> None:
    event = {"call": "adds", "data": {"through": "adds", "b": 2}}
    done = run(folder("asks"), "--openid", "o-bob", "--timeout", "60", "--event", json.dumps(event))
    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout)
    assert ("o-bob", "wx_client,scf,scf", 3) == (told["got"]["who"], told["got"]["source"], told["got"]["sum"])


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("fails", -504002, "user code exception caught: ValueError: no such thing"),
        ("nobody", -501001, "there are: adds, asks, fails, slow"),
        ("../services/adds", -501001, "could not be found"),
    ],
)
def test_run_tells_what_went_wrong(name: str, code: int, why: str) -> None:
    done = run(folder("asks"), "--timeout", "60", "--event", json.dumps({"call": name}))
    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout)
    assert code == told["failed"] and why in told["why"]
    assert "FAIL" not in told["why"]


def test_the_name_and_the_event_one_after_the_other_get_a_sentence() -> None:
    words = r"the name and the event are keywords: callFunction\(name='adds', data=\{…\}\)"
    with LocalWeChat() as wechat:

        async def main(event: Any, context: Any) -> Any:
            call: Any = cloudpy.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None).callFunction
            return await call("adds", {"a": 1})

        def blocking(event: Any, context: Any) -> Any:
            call: Any = cloudpy.sync.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None).callFunction
            return call("adds", {"a": 1})

        for handler in (main, blocking):
            with pytest.raises(cloudpy.CloudSDKError, match=words):
                wechat.invoke(handler)
        assert [] == wechat.calls()
