"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest


@pytest.mark.parametrize(
    ("steps", "name"), [(0, "重在参与"), (9999, "重在参与"), (10000, "步履轻盈"), (30000, "健步如飞")]
)
def test_the_level(wechat, steps, name):
    level = wechat.invoke(".", {"steps": steps}, openid="o-alice")
    assert (level["name"], level["for"]) == (name, "o-alice")
