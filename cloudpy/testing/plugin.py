"""The pytest plugin: the fixture ``wechat`` and the marker of its options.

pytest imports this module at every start, also where nothing is tested with it: everything else waits for a test.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import Any

    from .wechat import LocalWeChat

_OPTIONS = ("local", "strict", "reason", "openid", "unionid", "appid", "env", "unknown", "door")
_MARKER = (
    "wechat(local=None, strict=True, reason='', openid='', unionid='', appid='', env='', unknown='fail',"
    " door='process'): options of the fixture wechat; see cloudpy.testing.LocalWeChat"
)

_WECHAT: pytest.StashKey[LocalWeChat] = pytest.StashKey()
_FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def wechat(request: pytest.FixtureRequest) -> Iterator[LocalWeChat]:
    """A local WeChat of its own for each test; ``@pytest.mark.wechat(…)`` gives it options."""
    from .wechat import LocalWeChat

    folders = (request.path.parent, request.config.rootpath, request.config.invocation_params.dir)
    with LocalWeChat(roots=folders, **_options(request.node)) as made:
        request.node.stash[_WECHAT] = made
        yield made
        if request.node.stash.get(_FAILED, False):
            made.close()  # what failed anyway does not need to be told that its stubs stayed unused


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """What the local WeChat complains of fails the test itself, not only its teardown."""
    made = item.stash.get(_WECHAT, None)
    if made is None:
        return (yield)
    try:
        result = yield
    except BaseException as error:
        item.stash[_FAILED] = True
        made.explain(error)
        raise
    try:
        made.verify()
    except AssertionError as error:
        item.stash[_FAILED] = True
        made.explain(error)
        told = "\n".join([str(error), *getattr(error, "__notes__", ())])
    else:
        return result
    pytest.fail(told, pytrace=False)  # no line of the test is to blame


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """What differs, where documents are compared: ``assert wechat.database["todos"] == [{…}]``."""
    for found, expected in ((left, right), (right, left)):
        if op == "==" and type(found).__module__ == "cloudpy.testing.database" and isinstance(expected, list):
            try:
                found.assert_equal(expected)  # type: ignore[attr-defined]  # it is one of ours
            except AssertionError as error:
                return str(error).splitlines()
    return None


def _options(node: pytest.Item) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("wechat"))):  # those of the test go before those of its class
        if mark.args:
            raise pytest.UsageError(f"@pytest.mark.wechat takes keywords alone: {', '.join(_OPTIONS)}")
        for name in mark.kwargs:
            if name not in _OPTIONS:
                from difflib import get_close_matches

                near = get_close_matches(name, _OPTIONS, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_OPTIONS)}"
                raise pytest.UsageError(f"@pytest.mark.wechat has no option {name!r}; {hint}")
        options.update(mark.kwargs)
    return options
