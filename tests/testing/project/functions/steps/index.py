import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
calls = 0


async def main(event, context):
    global calls
    calls += 1
    try:
        result = await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})
    except cloud.CloudSDKError as err:
        return err
    return {"steps": result["dataList"][0]["json"], "calls": calls}
