import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    try:
        found = []
        for at, name in enumerate(event.get("names") or ["stock"]):
            data = {"item": event["item"], "at": at} if "item" in event else {"at": at}
            found.append((await cloud.callFunction(name=name, data=data))["result"])
        return found
    except cloud.CloudSDKError as error:
        return {"errMsg": error.errMsg}
