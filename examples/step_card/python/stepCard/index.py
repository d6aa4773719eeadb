"""Makes a card of a user's steps (微信运动) with a mini-program code on it, and tells the user when it is there."""

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
async def main(event, context):
    openid = cloud.getWXContext()["OPENID"]

    # 1. open data: the steps behind the CloudID that the mini program sent
    run = (await cloud.getOpenData({"list": [event["runCloudID"]]}))["list"][0]
    if run.get("errCode"):
        return {"errCode": run["errCode"], "errMsg": "步数已过期，请重新授权"}
    steps = sum(day["step"] for day in run["data"]["stepInfoList"])

    # 2. another cloud function knows the levels
    level = (await cloud.callFunction({"name": "stepLevel", "data": {"steps": steps}}))["result"]

    # 3. a mini-program code (小程序码), kept in the cloud storage
    code = await cloud.openapi.wxacode.getUnlimited({"scene": f"from={openid[-8:]}", "page": "pages/card/index"})
    file = await cloud.uploadFile({"cloudPath": f"cards/{openid}.png", "fileContent": code["buffer"]})

    # 4. a subscribe message (订阅消息); a user who did not subscribe gets none, and still has the card
    told = True
    try:
        await cloud.openapi.subscribeMessage.send(
            {
                "touser": openid,
                "templateId": event["templateId"],
                "page": "pages/card/index",
                "data": {"number1": {"value": str(steps)}, "phrase2": {"value": level["name"]}},
            }
        )
    except cloud.CloudSDKError as err:
        if err.errCode != 43101:
            raise
        told = False
    return {"steps": steps, "level": level["name"], "fileID": file["fileID"], "told": told}
