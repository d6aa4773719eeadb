"""Looks up a parcel."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> list[str]:
    logistics = cloud.openapi.logistics
    companies = await logistics.getAllDelivery()  # right
    path = await logistics.getPath({"deliveryId": "SF", "waybillId": "1", "orderId": "o"})  # right
    print(companies["data"][0]["deliveryName"].upper(), path["pathItemNum"] + 1)  # right
    await logistics.getPath(deliveryId="SF", waybilId="1", orderId="o")  # wrong: waybilId
    await logistics.getAllDelivery({"page": 1})  # wrong: page
    return [item["actionMsg"] for item in path["pathItemList"]]  # right
