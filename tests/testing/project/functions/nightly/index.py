import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


def main(event, context):
    sent = []
    for openid in ("o-1", "o-2"):
        try:
            cloud.openapi.subscribeMessage.send(
                touser=openid, templateId="t", data={"time1": {"value": event["Time"]}}, page="pages/index"
            )
        except cloud.CloudSDKError as err:
            if err.errCode != 43101:
                raise
        else:
            sent.append(openid)
    return {"sent": sent, "who": cloud.getWXContext().get("OPENID")}
