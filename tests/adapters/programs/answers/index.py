import cloudpy as cloud


@cloud.function
async def main(event, context):
    return answer(event)


async def undecorated(event, context):
    return answer(event)


async def all_of_them(event, context):
    return [await undecorated(one, context) for one in event["events"]]


def answer(event):
    kind = event.get("kind") if isinstance(event, dict) else None
    if kind == "bytes":
        return {"photo": b"\x00\xff"}
    if kind == "tuple":
        return {"pair": (1, 2)}
    if kind == "cloud error":
        return cloud.CloudSDKError(-604101, "openapi.a.b:fail no permission")
    if kind == "nothing":
        return None
    if kind == "user":
        return {"openid": cloud.getWXContext().get("OPENID")}
    return {"seen": event}
