"""The pytest plugin: the fixture ``wechat`` and the marker for its options.

pytest imports this module at every start, even where no test uses it: other modules are imported by the fixture.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import Any

    from .wechat import LocalWeChat

_OPTIONS = ("local", "strict", "reason", "openid", "unionid", "appid", "env", "unknown", "transport", "door")
_MARKER = (
    "wechat(local=None, strict=True, reason='', openid='', unionid='', appid='', env='', unknown='fail',"
    " transport='memory'): options of the fixture wechat; see cloudpy.testing.LocalWeChat"
)

_WECHAT: pytest.StashKey[LocalWeChat] = pytest.StashKey()
_FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def wechat(request: pytest.FixtureRequest) -> Iterator[LocalWeChat]:
    """A local WeChat for each test; ``@pytest.mark.wechat(…)`` sets its options."""
    from .wechat import LocalWeChat

    folders = (request.path.parent, request.config.rootpath, request.config.invocation_params.dir)
    with LocalWeChat(roots=folders, **_options(request.node)) as local:
        request.node.stash[_WECHAT] = local
        yield local
        if request.node.stash.get(_FAILED, False):
            local.close()  # a failed test need not report unused stubs too


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test itself with the violations, rather than its teardown."""
    local = item.stash.get(_WECHAT, None)
    if local is None:
        return (yield)
    try:
        result = yield
    except BaseException as error:
        item.stash[_FAILED] = True
        local.explain(error)
        raise
    try:
        local.verify()
    except AssertionError as error:
        item.stash[_FAILED] = True
        local.explain(error)
        text = "\n".join([str(error), *getattr(error, "__notes__", ())])
    else:
        return result
    pytest.fail(text, pytrace=False)  # no line of the test is wrong


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show the differences of documents: ``assert wechat.database["todos"] == [{…}]``."""
    for actual, expected in ((left, right), (right, left)):
        if op == "==" and type(actual).__module__ == "cloudpy.testing.database" and isinstance(expected, list):
            try:
                actual.assert_equal(expected)  # type: ignore[attr-defined]  # it is a Documents
            except AssertionError as error:
                return str(error).splitlines()
    return None


def _options(node: pytest.Item) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("wechat"))):  # those of the test override those of its class
        if mark.args:
            raise pytest.UsageError(f"@pytest.mark.wechat only takes keywords: {', '.join(_OPTIONS)}")
        for name in mark.kwargs:
            if name not in _OPTIONS:
                from .._wire.suggest import did_you_mean

                raise pytest.UsageError(f"@pytest.mark.wechat has no option {name!r}; {did_you_mean(name, _OPTIONS)}")
        options.update(mark.kwargs)
    return options
