"""Makes a code that opens a page, and keeps it."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> str:
    code = await cloud.openapi.wxacode.getUnlimited(scene="id=1", page="pages/index/index", width=430)  # right
    await cloud.openapi.wxacode.get({"path": "index", "lineColor": {"r": 0, "g": 0, "b": 0}})  # right
    kept = await cloud.uploadFile(cloudPath="codes/1.jpg", fileContent=code["buffer"])  # right
    print(code["data"])  # wrong: data
    await cloud.openapi.wxacode.getUnlimited(scene="id=1", pages="index")  # wrong: pages
    await cloud.openapi.wxacode.getUnlimited(page="index")  # wrong: scene (unnamed by mypy)
    await cloud.openapi.wxacode.get(path="a", lineColor={"r": 0, "g": 0, "blue": 0})  # wrong: blue (unnamed by mypy)
    return kept["fileID"]
