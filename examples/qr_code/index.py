import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
async def main(event, context):
    scene = event.get("scene", "")
    # WeChat's own limit; told here, it reads better than 40129
    if not 1 <= len(scene) <= 32:
        return {"ok": False, "tip": "参数 scene 须为 1 到 32 个字符"}
    try:
        code = await cloud.openapi.wxacode.getUnlimited(
            {
                "scene": scene,  # onLoad(query) of the page finds it in query.scene
                "page": event.get("page", "pages/index/index"),
                "width": 280,
                "checkPath": True,
            }
        )
    except cloud.CloudSDKError as err:
        tip = "页面不存在，或小程序还没有发布" if err.errCode == 41030 else "小程序码生成失败，请稍后再试"
        return {"ok": False, "errCode": err.errCode, "tip": tip}
    # the mini program gets the bytes as {"type": "Buffer", "data": [...]}, as from Node
    return {"ok": True, "contentType": code["contentType"], "image": code["buffer"]}
