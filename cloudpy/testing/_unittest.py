"""The test kit for unittest."""

from __future__ import annotations

import unittest
from collections.abc import Mapping
from typing import Any, ClassVar

from ._wechat import LocalWeChat


class WeChatTestCase(unittest.TestCase):
    """A test case, or a mixin for one of your own, with a local WeChat for each test: ``self.wechat``.

    ::

        class StepsTest(WeChatTestCase):
            def test_busy(self) -> None:
                self.wechat.stub("cloudbase.getOpenData").error(-1)
                self.assertEqual(-1, self.wechat.invoke("functions/steps")["errCode"])

    It goes with ``unittest.IsolatedAsyncioTestCase`` as well: name this one first. A ``setUp`` of your own calls
    ``super().setUp()``.
    """

    #: Options of LocalWeChat, as ``{"openid": "o-alice"}``.
    wechat_options: ClassVar[Mapping[str, Any]] = {}
    wechat: LocalWeChat

    def setUp(self) -> None:
        super().setUp()
        wechat = LocalWeChat(**self.wechat_options)
        wechat.__enter__()
        self.wechat = wechat
        self.addCleanup(self._end)

    def _end(self) -> None:
        # What failed anyway does not need to be told that its stubs stayed unused.
        outcome = getattr(self, "_outcome", None)
        if getattr(outcome, "success", True):
            self.wechat.__exit__(None, None, None)
        else:
            self.wechat.close()
