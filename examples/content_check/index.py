import asyncio

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

MAX_IMAGE = 1024 * 1024  # bytes: what imgSecCheck takes
FORUM = 3  # scene: 1 profile, 2 comment, 3 forum, 4 social log


@cloud.function
async def main(event, context):
    """Whether a post may be published: its text and, when there is one, its picture."""
    # wx.cloud.callFunction sends an ArrayBuffer as {"type": "Buffer", "data": [...]}
    image = bytes(event["image"]["data"]) if event.get("image") else b""
    if len(image) > MAX_IMAGE:
        return {"ok": False, "tip": "图片太大，请压缩到 1 MB 以内"}
    try:
        # both at once: the time limit of the function is short
        text_is_fine, image_is_fine = await asyncio.gather(check_text(event["text"]), check_image(image))
    except cloud.CloudSDKError as err:
        # not checked is not published
        return {"ok": False, "errCode": err.errCode, "tip": "内容安全检测暂时不可用，请稍后再试"}
    if not text_is_fine:
        return {"ok": False, "tip": "文字含有违规内容，请修改后再发布"}
    if not image_is_fine:
        return {"ok": False, "tip": "图片含有违规内容，请更换后再发布"}
    return {"ok": True, "tip": "可以发布"}


async def check_text(text):
    checked = await cloud.openapi.security.msgSecCheck(
        {"content": text, "version": 2, "scene": FORUM, "openid": cloud.getWXContext()["OPENID"]}
    )
    return checked["result"]["suggest"] == "pass"  # else review, or risky


async def check_image(image):
    if not image:
        return True
    try:
        # a file is uploaded: its type and its bytes. security.mediaCheckAsync is the newer one; it takes an address,
        # and answers later, by message push
        await cloud.openapi.security.imgSecCheck({"media": {"contentType": "image/png", "value": image}})
    except cloud.CloudSDKError as err:
        if err.errCode == 87014:  # risky content
            return False
        raise
    return True
