class Greeter:
    async def __call__(self, event, context):
        return {"hello": event["name"]}


main = Greeter()
