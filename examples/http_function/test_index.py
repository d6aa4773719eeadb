"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest


def request(wechat, method, form=None):
    """What the handler answers to a request with this method and what was filled in."""
    context = {"httpContext": {"httpMethod": method, "url": "/", "headers": {}}}
    return wechat.invoke(".", form or {}, context=context)


def test_the_form(wechat):
    answer = request(wechat, "GET")
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in answer["body"]


def test_signing_up_twice_gives_the_same_number(wechat):
    one, two = (request(wechat, "POST", {"name": "小明", "phone": " 13800001234 "}) for _ in range(2))
    assert "小明，报名成功！" in one["body"]
    assert one == two


@pytest.mark.parametrize(
    ("form", "note"),
    [
        ({}, "请填写姓名"),
        ({"name": "小" * 21, "phone": "13800001234"}, "最多 20 个字"),
        ({"name": "小明", "phone": "1380000123"}, "手机号格式不正确"),
        ({"name": "小明", "phone": "１３８００００１２３４"}, "手机号格式不正确"),
        ({"name": "小明", "phone": ["13800001234"]}, "手机号格式不正确"),
    ],
)
def test_what_is_filled_in_wrong(wechat, form, note):
    answer = request(wechat, "POST", form)
    assert answer["statusCode"] == 400
    assert note in answer["body"]


def test_a_name_is_no_html(wechat):
    body = request(wechat, "POST", {"name": "<b>x</b>", "phone": "13800001234"})["body"]
    assert "<b>" not in body
    assert "&lt;b&gt;x&lt;/b&gt;" in body


def test_other_methods(wechat):
    answer = request(wechat, "DELETE")
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET, POST")
