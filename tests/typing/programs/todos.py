"""Keeps a list in the database, and options of the SDK."""

import cloudpy as cloud

cloud.init({"env": cloud.DYNAMIC_CURRENT_ENV, "timeout": 5})  # right
cloud.init(env="prod", timout=5)  # wrong: timout
cloud.init({"enw": "prod"})  # wrong: enw


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> object:
    todos = cloud.database(throwOnNotFound=False).collection("todos")  # right
    await todos.add(data={"title": event["title"], "done": False})  # right
    await todos.add({"dta": {"title": event["title"]}})  # wrong: dta (unnamed by mypy)
    await todos.add(dta={"title": event["title"]})  # wrong: dta
    cloud.database(enw="prod")  # wrong: enw
    cloud.openapi(appId="wx1")  # wrong: appId
    return (await todos.where({"done": False}).limit(10).get())["data"]  # right
