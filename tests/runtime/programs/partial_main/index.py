from functools import partial


async def greet(greeting, event, context):
    return {greeting: event["name"]}


main = partial(greet, "hello")
