"""Sends a subscribe message."""

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> object:
    send = cloud.openapi.subscribeMessage.send
    data = {"thing1": {"value": event["goods"]}, "time2": {"value": "2026-01-01 08:00"}}
    await send({"touser": event["to"], "templateId": "t", "page": "index", "data": {"thing1": {"value": "x"}}})  # right
    await send(touser=event["to"], templateId="t", data={"thing1": {"value": "x"}})  # right
    print((await cloud.openapi.subscribeMessage.getTemplateList())["data"][0]["priTmplId"].upper())  # right
    await send(tuser=event["to"], templateId="t", data={"thing1": {"value": "x"}})  # wrong: touser
    await send(tuser="o", templateId="t", data={"thing1": {"value": "x"}})  # wrong: tuser
    await send(touser="o", templateId="t", data={}, pag=event["page"])  # wrong: page
    await send(templateId="t", data={"thing1": {"value": "x"}})  # wrong: touser (unnamed by mypy)
    await send({"tuser": "o", "templateId": "t", "data": {}})  # wrong: tuser (unnamed by mypy)
    await send({"touser": "o", "data": {"thing1": {"value": "x"}}})  # wrong: templateId (unnamed by mypy)
    await send(touser="o", templateId="t", data={"thing1": {"valu": "x"}})  # wrong: valu
    await send(touser="o", templateId=7, data={})  # wrong: templateId (unnamed by mypy)
    return data
