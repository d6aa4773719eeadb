class Greeter:
    def greet(self, event, context):
        return {"hello": event["name"]}


main = Greeter().greet
