"""init(validate=True): what is wrong with the parameters is told before anything is sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cloudpy
import cloudpy.sync

# Nobody listens there: a call that is sent ends in a TransportError, not in the error that is wanted.
NOWHERE: dict[str, Any] = {
    "env": "e", "config": None, "serviceUrl": "http://127.0.0.1:1/admin", "secretId": "i", "secretKey": "k",
}  # fmt: skip


def test_a_mistake_is_told_in_both_faces() -> None:
    wanted = "parameter 'cloudidList' is missing; got 'cloudIdList'; did you mean 'cloudidList'?"
    with pytest.raises(cloudpy.CloudSDKError) as caught:
        cloudpy.sync.createNewInstance(validate=True, **NOWHERE).openapi.cloudbase.getOpenData({"cloudIdList": ["x"]})
    assert wanted in caught.value.errMsg
    assert caught.value.errCode == -1

    async def call() -> None:
        await cloudpy.createNewInstance(validate=True, **NOWHERE).openapi.cloudbase.getOpenData(cloudIdList=["x"])

    with pytest.raises(cloudpy.CloudSDKError) as caught:
        asyncio.run(call())
    assert wanted in caught.value.errMsg


@pytest.mark.parametrize("params", [{"cloudidList": ["x"]}, {"cloudid_list": ["x"], "openid": "o"}])
def test_what_is_right_is_sent(params: dict[str, Any]) -> None:
    with pytest.raises(cloudpy.TransportError):
        cloudpy.sync.createNewInstance(validate=True, **NOWHERE).openapi.cloudbase.getOpenData(params)


def test_names_of_the_wire_are_checked_without_case_conversion() -> None:
    openapi = cloudpy.sync.createNewInstance(validate=True, **NOWHERE).openapi(convertCase=False)
    with pytest.raises(cloudpy.TransportError):
        openapi.cloudbase.getOpenData({"cloudid_list": ["x"]})
    with pytest.raises(cloudpy.CloudSDKError, match="did you mean 'cloudid_list'"):
        openapi.cloudbase.getOpenData({"cloudidList": ["x"]})


def test_an_api_that_no_contract_knows_is_called_all_the_same() -> None:
    with pytest.raises(cloudpy.TransportError):
        cloudpy.sync.createNewInstance(validate=True, **NOWHERE).openapi.brand.newAPI({"anything": 1})


def test_it_is_off_by_default() -> None:
    with pytest.raises(cloudpy.TransportError):
        cloudpy.sync.createNewInstance(**NOWHERE).openapi.cloudbase.getOpenData({"cloudIdList": ["x"]})
