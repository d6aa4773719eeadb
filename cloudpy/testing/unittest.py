"""The test kit for unittest."""

from __future__ import annotations

import os
import sys
import unittest
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .wechat import LocalWeChat


class WeChatTestCase(unittest.TestCase):
    """A test case with a local WeChat for each test: ``self.wechat``. It also works as a mixin.

    ::

        class StepsTest(WeChatTestCase):
            def test_busy(self) -> None:
                self.wechat.stub("cloudbase.getOpenData").error(-1)
                self.assertEqual(-1, self.wechat.invoke("functions/steps")["errCode"])

    With ``unittest.IsolatedAsyncioTestCase``, name this class first. Your own ``setUp`` must call
    ``super().setUp()``.
    """

    #: Options of LocalWeChat: ``{"openid": "o-alice"}``.
    wechat_options: ClassVar[Mapping[str, Any]] = {}
    wechat: LocalWeChat

    _failed = False

    def setUp(self) -> None:
        super().setUp()
        file = getattr(sys.modules.get(type(self).__module__), "__file__", None) or ""
        roots = [os.path.dirname(os.path.abspath(file)), os.getcwd()]
        wechat = LocalWeChat(**{"roots": roots, **self.wechat_options})
        wechat.__enter__()
        self.wechat = wechat
        self.addCleanup(self._end)

    def _callTestMethod(self, method: Callable[[], object]) -> None:  # noqa: N802 - unittest's own
        try:
            super()._callTestMethod(method)  # type: ignore[misc]
        except BaseException as error:
            self._failed = True
            self.wechat.explain(error)
            raise

    def _end(self) -> None:
        if self._failed:
            self.wechat.close()  # a failed test need not report unused stubs too
        else:
            self.wechat.__exit__(None, None, None)
