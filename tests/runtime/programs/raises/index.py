import cloudpy as cloud


def deeper(event):
    return event["missing"]


async def main(event, context):
    try:
        return deeper(event)
    except KeyError as error:
        raise ValueError("no good event") from error


async def through_the_sdk(event, context):
    cloud.openapi(1, 2, 3)  # a mistake that shows inside cloudpy
