"""The port of ../desk_node."""

import base64
import math
import random
from datetime import datetime, timezone

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

served = 0


async def main(event, context):
    global served
    served += 1
    action = event.get("action")
    if action == "who":
        return who(event)
    if action == "check":
        return await check(event)
    if action == "picture":
        return await picture(event)
    if action == "notify":
        return await notify(event)
    if action == "code":
        return await code(event)
    if action == "steps":
        return await steps(event)
    if action == "page":
        return page(event)
    raise Exception(f"no such action: {action}")


def who(event):
    context = cloud.getWXContext()
    found = {
        "openid": context["OPENID"],
        "appid": context["APPID"],
        "nickname": event.get("nickname") or "guest",
        "served": served,
        "at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "lucky": math.floor(random.random() * 1000),
    }
    if context.get("UNIONID"):
        found["unionid"] = context["UNIONID"]
    return found


async def check(event):
    openid = cloud.getWXContext()["OPENID"]
    try:
        answer = await cloud.openapi.security.msgSecCheck(
            content=event["text"], openid=openid, scene=event.get("scene") or 2, version=2
        )
        return {"ok": answer["result"]["suggest"] == "pass", "label": answer["result"]["label"]}
    except cloud.CloudSDKError as err:
        if err.errCode == 87014:
            return {"ok": False, "label": None}
        raise


async def picture(event):
    value = base64.b64decode(event["base64"])
    await cloud.openapi.security.imgSecCheck(media={"contentType": "image/png", "value": value})
    uploaded = await cloud.openapi.customerServiceMessage.uploadTempMedia(
        type="image", media={"contentType": "image/png", "value": value}
    )
    return {"mediaId": uploaded["mediaId"], "size": len(value), "head": value[:4]}


async def notify(event):
    failed = []
    for index, touser in enumerate(event["to"]):
        try:
            await cloud.openapi.subscribeMessage.send(
                touser=touser,
                templateId="T1",
                page=f"pages/ticket?id={event['id']}&n={index + 1}",
                data={"thing1": {"value": event["title"]}, "number2": {"value": len(event["to"])}},
            )
        except cloud.CloudSDKError as err:
            failed.append({"touser": touser, "code": err.errCode})
    if failed and len(failed) == len(event["to"]):
        raise Exception("nobody could be told")
    return {"sent": len(event["to"]) - len(failed), "failed": failed}


async def code(event):
    made = await cloud.openapi.wxacode.getUnlimited(scene=f"t={event['id']}", width=280)
    return {"type": made["contentType"], "image": made["buffer"], "scene": f"t={event['id']}"}


async def steps(event):
    answer = await cloud.openapi.cloudbase.getOpenData(cloudidList=[event["cloudID"]])
    found = answer["dataList"][0]["json"]
    if found.get("errCode"):
        return {"errCode": 403, "errMsg": "these are not your steps"}
    days = found["data"]["stepInfoList"]
    return {"total": sum(day["step"] for day in days), "days": len(days)}


def page(event):
    size = 3
    begin = (event["number"] - 1) * size
    names = event["items"][begin : begin + size]
    return {
        "list": [{"place": begin + index + 1, "name": name} for index, name in enumerate(names)],
        "more": begin + size < len(event["items"]),
        "next": None,
    }
