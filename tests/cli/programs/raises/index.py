def deeper(event):
    return event["missing"]


async def main(event, context):
    return deeper(event)
