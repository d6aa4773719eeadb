import unittest

from cloudpy.testing import LocalWeChat, WeChatTestCase


class StepsTest(WeChatTestCase):
    wechat_options = {"openid": "o-dave"}  # noqa: RUF012 - as users write it

    def test_steps(self):
        self.wechat.open_data("cid-1", {"a": 1})
        result = self.wechat.invoke("functions/steps", {"cloudID": "cid-1"})
        self.assertEqual({"a": 1}, result["steps"]["data"])

    def test_who(self):
        self.wechat.open_data("cid-1", {"a": 1})
        self.wechat.invoke("functions/steps", {"cloudID": "cid-1"})
        self.assertEqual("o-dave", self.wechat.calls()[0].openid)


class AsyncTest(WeChatTestCase, unittest.IsolatedAsyncioTestCase):
    async def test_steps(self):
        self.wechat.open_data("cid-1", {"a": 1})
        result = await self.wechat.ainvoke("functions/steps", {"cloudID": "cid-1"})
        self.assertEqual(1, result["calls"])


class BlockTest(unittest.TestCase):
    def test_block(self):
        with LocalWeChat() as wechat:
            wechat.stub("cloudbase.getOpenData").error(-1)
            self.assertEqual(-1, wechat.invoke("functions/steps", {"cloudID": "cid-1"})["errCode"])


if __name__ == "__main__":
    unittest.main()
