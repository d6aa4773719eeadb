"""What users write, right and wrong: a type checker has to report each line marked so, and no other.

Read by test_typing.py, never imported.
"""

# pyright: strict

from __future__ import annotations

import asyncio
import pathlib
from typing import Any

import cloudpy as cloud
import cloudpy.sync

openapi = cloud.openapi
blocking = cloudpy.sync.openapi

photo = b"\x89PNG"
event: dict[str, Any] = {}


async def right() -> None:
    await cloud.openapi.cloudbase.getOpenData({"cloudidList": ["a", "b"]})  # 1
    opened = await openapi.cloudbase.getOpenData(cloudidList=["a"], openid="o")  # 2
    print(opened["dataList"][0]["json"]["data"], opened["errCode"] + 1)  # 3
    code = await openapi.wxacode.getUnlimited(scene="id=1", width=280, lineColor={"r": 0, "g": 0, "b": 0})  # 4
    with open("code.jpg", "wb") as file:
        file.write(code["buffer"])  # 5
    media: str = (
        await openapi.customerServiceMessage.uploadTempMedia(
            type="image", media={"contentType": "image/png", "value": photo}
        )
    )["mediaId"]  # 6
    await openapi.subscribeMessage.send({"touser": "o", "templateId": media, "data": {"thing1": {"value": "x"}}})  # 7
    await openapi.logistics.getAllDelivery()  # 8
    await openapi(appid="wx1").officialAccount.user.getInfo(openid="o", somethingNewer=1)  # 9
    await openapi({"timeout": 3.0}).security.msgSecCheck(content=event["text"])  # 10
    answer = await openapi(convertCase=False).cloudbase.getOpenData({"cloudid_list": ["a"]})  # 11
    print(answer["data_list"])
    await openapi.not_known.yet.deeper({"any": 1}, thing=2)  # 12
    await openapi.cloudbase.notKnownYet(thing=2)  # 13
    tasks = [
        asyncio.create_task(openapi.wxacode.get(path="a")),
        asyncio.create_task(openapi.wxacode.get({"path": "b"})),
    ]  # 14
    print([len(each["buffer"]) for each in await asyncio.gather(*tasks)])
    await openapi.ad.addUserAction({"whatever": []})  # 15
    await openapi.officialAccount.card.update.updateBoardingPass({"code": "c", "class": "A"})  # 16
    await openapi.officialAccount.card.update(cardId="c")  # 17
    told = await cloud.callFunction({"name": "f", "data": {"a": 1}, "timeout": 3, "retryOptions": {"retries": 1}})
    print(told["result"], (await cloud.callFunction(name="f"))["errMsg"].upper())
    print((await cloud.getOpenData(list=["a"]))["list"][0]["cloudID"])
    placed = await cloud.cloudPay(appid="wx1").queryOrder(subMchId="1", outTradeNo="o")
    print(placed["errCode"], await cloud.cloudPay.notKnown({"a": 1}))
    print(cloud.signature(type="midas", params=["a"], secret="s").params)


def right_blocking() -> None:
    phone = blocking.phonenumber.getPhoneNumber(code="c")
    print(phone["phoneInfo"]["phoneNumber"].strip())  # 18
    page = blocking.officialAccount.user.getList()
    print(range(page["total"]), page["data"]["openid"][0].upper())  # 19
    blocking(appid="wx1", timeout=1).uniformMessage.send(
        touser="o", mpTemplateMsg={"appid": "wx2", "templateId": "t", "data": {"first": {"value": "v"}}}
    )  # 20


async def wrong() -> None:
    await openapi.cloudbase.getOpenData({"cloudIdList": ["a"]})  # wrong: key
    await openapi.cloudbase.getOpenData({})  # wrong: missing
    await openapi.cloudbase.getOpenData({"cloudidList": "a"})  # wrong: text for a list
    await openapi.cloudbase.getOpenData({"cloudidList": ["a", 1]})  # wrong: element
    await openapi.wxacode.getUnlimited(scene="x", pages="p")  # wrong: keyword
    await openapi.wxacode.getUnlimited(scene=1)  # wrong: type of a keyword
    await openapi.wxacode.getUnlimited(page="p")  # wrong: missing keyword
    await openapi.wxacode.getUnlimited(scene="x", lineColor={"r": 0, "g": 0, "blue": 0})  # wrong: nested key
    await openapi.security.imgSecCheck(media={"contentType": "image/png", "value": "text"})  # wrong: text for bytes
    await openapi.subscribeMessage.send({"touser": "o", "templateId": "t", "data": {"thing1": "x"}})  # wrong: map value
    print((await openapi.urllink.generate(path="p"))["url_link"])  # wrong: key of a result
    count: int = (await openapi.urllink.generate(path="p"))["urlLink"]  # wrong: type of a result
    print(openapi.urllink.generate(path="p")["urlLink"])  # wrong: no await
    print((await openapi.wxacode.get(path="p"))["data"], count)  # wrong: a file has no such key


async def wrong_beside() -> None:
    await cloud.callFunction({"data": {}})  # wrong: no name
    await cloud.callFunction(name="f", timeout="3")  # wrong: seconds are a number
    await cloud.getOpenData({"list": [1]})  # wrong: ids are texts
    cloud.signature(type="other", params=[], secret="s")  # wrong: midas alone
    await cloud.cloudPay.closeOrder(subMchId="1")  # wrong: no number
    print(cloudpy.sync.getVoIPSign(groupId="g", timestamp=1, nonce="n")["sign"])  # wrong: it is called signature


async def wrong_blocking() -> None:
    await blocking.urllink.generate(path="p")  # wrong: nothing to await
    blocking.logistics.getAllDelivery({"page": 1})  # wrong: takes nothing
    blocking({"appId": "wx1"})  # wrong: option
    blocking(timeout="3")  # wrong: type of an option
    blocking(convert_case=False)  # wrong: name of an option
    blocking.urllink.generate({"path": "p"}, {"query": "q"})  # wrong: two dicts


def init_right() -> None:
    cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config={"permissions": {"openapi": []}}, timeout=3, retries=2)
    cloud.init({"env": "prod-1a2b", "traceUser": True})
    cloud.init(env={"storage": "files-1a2b", "default": cloud.DYNAMIC_CURRENT_ENV})
    cloudpy.sync.init(transport="https", access_token=lambda: {"access_token": "t", "expires_in": 7200})


def tokens_right() -> None:
    from cloudpy.stores import FileStore, RedisStore
    from cloudpy.tokens import ClassicToken, JsapiTicket, StableToken

    token = StableToken("wx1", "secret", store=RedisStore("redis://127.0.0.1"))
    cloud.init(transport="https", access_token=token)
    cloudpy.sync.init(transport="https", access_token=ClassicToken("wx1", "secret", store=FileStore("tokens.json")))
    print(token.get().upper(), JsapiTicket(token, type="wx_card").sign("https://a.cn")["signature"])
    StableToken("wx1", 7)  # wrong: type of the secret
    JsapiTicket(token, type="card")  # wrong: no such type


def watching_right() -> None:
    def told(record: cloud.CallRecord) -> None:
        print(record.api, record.duration + 1, record.error, record.errCode, record.attempts + record.request_size)

    remove = cloud.on_call(told)
    remove()
    cloudpy.sync.on_call(lambda record: print(record.request_id + record.server))
    cloud.logger().info({"a": [1]})
    cloudpy.sync.logger().error(content="text")


def watching_wrong() -> None:
    cloud.on_call("told")  # wrong: no function
    cloud.on_call(lambda record: record.result)  # wrong: no such attribute
    cloud.logger().debug({"a": 1})  # wrong: no such level
    cloud.logger().info("text")  # wrong: a dict is wanted


async def files_right(path: pathlib.Path) -> None:
    file_id = (await cloud.uploadFile({"cloudPath": "a", "fileContent": photo}))["fileID"]
    with path.open("rb") as file:
        await cloud.uploadFile(cloudPath="a", fileContent=file, onProgress=lambda sent, total: print(sent, total))
    print((await cloud.downloadFile(fileID=file_id))["fileContent"].decode())
    await cloud.downloadFile(fileID=file_id, to=path, timeout=30)
    listed = await cloud.getTempFileURL(fileList=[file_id, {"fileID": file_id, "maxAge": 60}])
    print([each["tempFileURL"].upper() for each in listed["fileList"] if not each["status"]])
    print(cloudpy.sync.deleteFile({"fileList": [file_id]})["fileList"][0]["errMsg"])
    theirs = await cloud.Cloud({"resourceAppid": "wx1", "resourceEnv": "e"}).init()
    await theirs.uploadFile(cloudPath="a", fileContent=path)
    cloudpy.sync.Cloud(resourceAppid="wx1", resourceEnv="e").init().deleteFile(fileList=[])
    cloud.Cloud().init(env="e")


async def files_wrong(path: pathlib.Path) -> None:
    await cloud.uploadFile(cloudPath="a", fileContent="text")  # wrong: neither bytes nor a file
    await cloud.uploadFile({"cloudpath": "a"})  # wrong: key
    await cloud.getTempFileURL(fileList=[{"fileID": "a"}])  # wrong: maxAge is missing
    print((await cloud.deleteFile(fileList=[]))["fileIDs"])  # wrong: key of a result
    print(cloud.downloadFile(fileID="a")["fileContent"])  # wrong: no await


def init_wrong() -> None:
    cloud.init(evn="prod")  # wrong: no such option
    cloud.init(timeout="3")  # wrong: seconds are a number
    cloudpy.sync.init(transport="http")  # wrong: https or cloudrun
