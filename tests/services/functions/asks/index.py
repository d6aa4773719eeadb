import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    try:
        called = await cloud.callFunction({"name": event["call"], "data": event.get("data", {})})
    except cloud.CloudSDKError as error:
        return {"failed": error.errCode, "why": error.errMsg, "me": cloud.getWXContext()["SOURCE"]}
    return {"got": called["result"], "me": cloud.getWXContext()["SOURCE"]}
