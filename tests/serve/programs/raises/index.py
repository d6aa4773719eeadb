import sys

import cloudpy as cloud

SECRET = "s3cr3t-value"


async def main(event, context):
    kind = event.get("kind")
    if kind == "raise":
        raise ValueError("about the user " + SECRET)
    if kind == "cloud":
        raise cloud.CloudSDKError(-501001, "openapi.a.b:fail")
    if kind == "exit":
        sys.exit(3)
    if kind == "unsendable":
        return {"at": {1, 2}}
    if kind == "bad header":
        return {"statusCode": 200, "headers": {"X-A": "1\r\nSet-Cookie: stolen=1"}, "body": "x"}
    if kind == "bad name":
        return {"statusCode": 200, "headers": {"X A:": "1"}, "body": "x"}
    if kind == "bad status":
        return {"statusCode": 99, "headers": {}, "body": "x"}
    if kind == "response":
        return event["response"]
    return {"context": {name: context[name] for name in event.get("names", [])}}


def blocking(event, context):
    if event.get("kind") == "exit":
        sys.exit(3)
    return {"fine": True}
