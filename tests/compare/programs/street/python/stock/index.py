import time

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
served = 0


async def main(event, context):
    global served
    if event.get("item") == "glass":
        raise Exception("it broke")
    served += 1
    seen = cloud.getWXContext()
    found = await cloud.openapi.security.msgSecCheck(content=event.get("item") or "nothing")
    return {
        "left": 7,
        "served": served,
        "OPENID": seen["OPENID"],
        "SOURCE": seen["SOURCE"],
        "now": int(time.time() * 1000),
        "errCode": found["errCode"],
        "picture": bytes([1, 2]),
    }
