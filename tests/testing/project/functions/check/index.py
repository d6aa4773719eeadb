import cloudpy as cloud

wechat = cloud.createNewInstance(env=cloud.DYNAMIC_CURRENT_ENV, retries=1)


async def main(event, context):
    who = wechat.getWXContext()["OPENID"]
    found = await wechat.openapi.security.msgSecCheck(content=event["text"], version=2, scene=1, openid=who)
    return found["result"]["suggest"] == "pass"
