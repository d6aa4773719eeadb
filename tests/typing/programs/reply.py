"""Answers a message of a user."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.PushMessage, context: cloud.Context) -> str:
    send = cloud.openapi.customerServiceMessage.send
    await send({"touser": event["FromUserName"], "msgtype": "text", "text": {"content": "hello"}})  # right
    media = await cloud.openapi.customerServiceMessage.uploadTempMedia(
        type="image", media={"contentType": "image/png", "value": b"..."}
    )
    await send(touser=event["FromUserName"], msgtype="image", image={"mediaId": media["mediaId"]})  # right
    print(event["fromUserName"])  # wrong: fromUserName
    await send(touser="o", msgtype="image", image={"mediaID": "m"})  # wrong: mediaID (unnamed by mypy)
    await cloud.openapi.customerServiceMessage.setTyping(touser="o", comand="Typing")  # wrong: comand
    return event.get("Content", "success")  # right
