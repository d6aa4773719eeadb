async def answer(event):
    return {"hello": event["name"]}


def main(event, context):
    return answer(event)
