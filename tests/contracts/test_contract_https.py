"""The HTTPS form: each parameter at its place under its name, and back again."""

from __future__ import annotations

import pytest

from cloudpy import contracts
from cloudpy.contracts import HttpsRequest, at_path, camel_params, https_request, wire_reply

PHOTO = {"contentType": "image/png", "value": b"x"}


def test_query_and_body() -> None:
    request = https_request("cloudbase.getOpenData", {"openid": "o", "cloudidList": ["a"]})
    assert HttpsRequest("POST", "/wxa/getopendata", {"openid": "o"}, {"cloudid_list": ["a"]}) == request


def test_a_get_has_its_parameters_in_the_query() -> None:
    request = https_request("officialAccount.user.getInfo", {"openid": "o", "somethingNewer": 1})
    assert HttpsRequest("GET", "/cgi-bin/user/info", {"openid": "o", "something_newer": 1}) == request


def test_a_file_makes_a_form() -> None:
    upload = https_request(
        "officialAccount.material.addMaterial", {"type": "video", "media": PHOTO, "title": "t", "xY": 1}
    )
    assert upload is not None
    assert ({"type": "video"}, {}, {"title": "t", "x_y": 1}, {"media": PHOTO}) == (
        upload.query,
        upload.body,
        upload.form,
        upload.files,
    )


def test_names_with_capitals_at_every_level() -> None:
    params = {"goodsInfo": {"coverImgUrl": "u", "price2": 1, "newer": {"aB": 1}}}
    request = https_request("liveBroadcast.goodsAdd", params)
    assert request is not None
    assert {"goodsInfo": {"coverImgUrl": "u", "price2": 1, "newer": {"a_b": 1}}} == request.body
    snake = https_request("liveBroadcast.goodsAdd", {"goods_info": {"cover_img_url": "u"}})
    assert snake is not None
    assert {"goodsInfo": {"coverImgUrl": "u"}} == snake.body
    sms = https_request("cloudbase.describeSmsRecords", {"EnvId": "e"})
    assert sms is not None
    assert {"EnvId": "e"} == sms.body


def test_without_case_conversion_names_are_taken_as_given() -> None:
    request = https_request("liveBroadcast.getPushUrl", {"roomId": 1}, convert_case=False)
    assert request is not None
    assert {"roomId": 1} == request.query
    request = https_request("cloudbase.getOpenData", {"openid": "o", "cloudid_list": [{"aB": 1}]}, convert_case=False)
    assert request is not None
    assert ({"openid": "o"}, {"cloudid_list": [{"aB": 1}]}) == (request.query, request.body)


def test_an_unknown_api_has_no_https_form() -> None:
    assert https_request("not.known", {}) is None
    assert {"aB": 1} == camel_params("not.known", {"a_b": 1})
    assert {"a_b": 1} == wire_reply("not.known", {"aB": 1})


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", contracts.names())
def test_there_and_back(name: str) -> None:
    contract = contracts.get(name)
    assert contract is not None
    assert name in at_path(contract.path)
    if contract.example_params is None:
        return
    request = https_request(name, contract.example_params)
    assert request is not None
    assert (contract.method or "POST", contract.path) == (request.method, request.path)
    wire = {**request.query, **request.body, **request.form, **request.files}
    assert contract.example_params == camel_params(name, wire)
    assert [] == contracts.check_params(name, wire, convert_case=False)
    assert set(wire) == {each.wire for each in contract.parameters if each.name in contract.example_params}


def test_a_reply_on_the_wire() -> None:
    reply = {"dataList": [{"cloudId": "a", "json": {"cloudID": "a", "data": {}}}], "errCode": 0, "errMsg": "ok"}
    assert {
        "data_list": [{"cloud_id": "a", "json": {"cloudID": "a", "data": {}}}],
        "errcode": 0,
        "errmsg": "ok",
    } == wire_reply("cloudbase.getOpenData", reply)
    assert {"priTmplId": "p"} == wire_reply("subscribeMessage.addTemplate", {"priTmplId": "p"})


def test_aliases_share_a_path() -> None:
    assert ("officialAccount.newtmpl.addTemplate", "subscribeMessage.addTemplate") == at_path(
        "/wxaapi/newtmpl/addtemplate"
    )
    assert () == at_path("/nothing/here")
