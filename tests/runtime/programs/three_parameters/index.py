async def main(event, context, callback):
    return event
