"""Reads an identity card and a printed page."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> str:
    card = await cloud.openapi.ocr.idcard({"imgUrl": event["url"]})  # right
    page = await cloud.openapi.ocr.printedText(img={"contentType": "image/jpeg", "value": b"..."})  # right
    print(card["idNumber"])  # wrong: idNumber
    await cloud.openapi.ocr.idcard({"imgURL": event["url"]})  # wrong: imgURL
    await cloud.openapi.ocr.idcard(image={"contentType": "image/jpeg", "value": b"..."})  # wrong: image
    return card["name"] + page["items"][0]["text"]  # right
