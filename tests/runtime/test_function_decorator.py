"""``@cloud.function``: what the platform gets, and what everybody else gets."""

from __future__ import annotations

import asyncio
import functools
import subprocess
import sys
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._client.context import invocation
from cloudpy.runtime import Handler, LoadError, ResultError, Runner, ainvoke, make_context
from tests.unmeasured import unmeasured

CONTEXT = make_context({"WX_OPENID": "o-alice", "WX_CONTEXT_KEYS": "WX_OPENID"}, timeout=5)


@cloudpy.function
async def main(event: Any, context: Any) -> Any:
    """The user's own words."""
    await asyncio.sleep(0)
    return {"user": cloudpy.getWXContext(), "raw": b"\x01", "error": cloudpy.CloudSDKError(-1, "m"), "pair": (1, 2)}


@cloudpy.sync.function
def blocking(event: Any, context: Any) -> Any:
    return {"user": cloudpy.sync.getWXContext(), "raw": b"\x01"}


SENT = {
    "user": {"OPENID": "o-alice"},
    "raw": {"type": "Buffer", "data": [1]},
    "error": {"errCode": -1, "errMsg": "m"},
    "pair": [1, 2],
}


def test_called_by_the_platform_it_gives_plain_json() -> None:
    told: Any = main({}, CONTEXT)
    assert told == SENT
    assert blocking({}, CONTEXT) == {"user": {"OPENID": "o-alice"}, "raw": {"type": "Buffer", "data": [1]}}
    assert invocation.get() is None


def test_awaited_by_its_author_it_is_the_function_as_written() -> None:
    result = asyncio.run(main({}, {}))
    assert result["raw"] == b"\x01"
    assert result["user"] == {}


@pytest.mark.parametrize("handler", [main, blocking])
def test_the_runner_does_the_work_once(handler: Any) -> None:
    with Runner() as runner:
        assert runner.invoke(Handler(handler), {}, CONTEXT)["raw"] == b"\x01"
    assert asyncio.run(ainvoke(Handler(handler), {}, CONTEXT))["raw"] == b"\x01"


def test_a_decorator_around_it_is_not_skipped() -> None:
    calls = []

    @functools.wraps(main)
    def outer(event: Any, context: Any) -> Any:
        calls.append(event)
        return main(event, context)

    with Runner() as runner:
        assert runner.invoke(Handler(outer), {"a": 1}, CONTEXT)["raw"] == b"\x01"
    assert calls == [{"a": 1}]


def test_it_keeps_its_name_and_its_words() -> None:
    assert (main.__name__, main.__doc__, main.__module__) == ("main", "The user's own words.", __name__)


def test_one_loop_for_all_calls() -> None:
    @cloudpy.function
    async def loop(event: Any, context: Any) -> Any:
        loops.append(asyncio.get_running_loop())

    loops: list[Any] = []
    context: Any = CONTEXT
    for _ in range(2):
        loop({}, context)
    assert loops[0] is loops[1]


def test_what_it_raises_comes_through() -> None:
    @cloudpy.function
    def raises(event: Any, context: Any) -> Any:
        raise KeyError("mine")

    @cloudpy.function
    def unsendable(event: Any, context: Any) -> Any:
        return {"at": {1}}

    with pytest.raises(KeyError, match="mine"):
        raises({}, CONTEXT)
    with pytest.raises(ResultError, match=r'result\["at"\]'):
        unsendable({}, CONTEXT)
    assert unsendable({}, None) == {"at": {1}}, "called by its author"
    assert invocation.get() is None


def test_environ_of_the_old_architecture_is_split_at_the_first_equals_sign() -> None:
    context = {"environ": "WX_OPENID=o=b==;;broken;WX_CONTEXT_KEYS=WX_OPENID", "request_id": "r"}
    assert blocking({}, context)["user"] == {"OPENID": "o=b=="}


def test_a_handler_that_cannot_be_called_is_told_at_once() -> None:
    with pytest.raises(LoadError, match="two, by position"):
        cloudpy.function(lambda event: None)


def test_a_sync_handler_starts_without_asyncio() -> None:
    code = (
        "import sys, cloudpy.sync as cloud\n"
        "main = cloud.function(lambda event, context: event)\n"
        "assert main({'a': (1,)}, {'request_id': 'r'}) == {'a': [1]}\n"
        "heavy = {'asyncio', 'aiohttp', 'inspect', 'cloudpy.runtime.server', 'cloudpy.runtime.adapters'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=unmeasured())
    assert done.stdout == "set()\n", done.stderr
