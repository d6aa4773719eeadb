"""Checks what users submit."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> bool:
    user = cloud.getWXContext()
    check = cloud.openapi.security.msgSecCheck
    text = await check({"content": event["text"], "version": 2, "scene": 1, "openid": user["OPENID"]})  # right
    await cloud.openapi.security.imgSecCheck(media={"contentType": "image/png", "value": b"..."})  # right
    await check({"contents": event["text"]})  # wrong: contents (unnamed by mypy)
    await check(content=event["text"], opnid="o")  # wrong: opnid
    print(user["OPEN_ID"])  # wrong: OPEN_ID
    return text["result"]["suggest"] == "pass"  # right
