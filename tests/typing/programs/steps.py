"""Opens the data behind CloudIDs."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> object:
    opened = await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})  # right
    direct = await cloud.getOpenData(list=[event["cloudID"]])  # right
    print(opened.dataList)  # wrong: dataList
    print(cloud.openapi.cloudbase.getOpenData(cloudidList=["a"])["dataList"])  # wrong: Coroutine
    await cloud.openapi.cloudbase.getOpenData(cloudIdList=["a"])  # wrong: cloudIdList
    await cloud.openapi.cloudbase.getOpenData({"cloudidList": "a"})  # wrong: list
    return opened["dataList"][0]["json"]["data"], direct["list"]  # right
