"""Handlers with annotated events and contexts. Read by the type checkers of test_typing.py, never imported."""

# pyright: strict

from __future__ import annotations

import cloudpy as cloud
import cloudpy.sync


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> object:
    user = cloud.getWXContext()
    print(event["anything"]["nested"], context["request_id"].upper(), context["time_limit_in_ms"] + 1)
    return {"openid": user["OPENID"].strip(), "unionid": user.get("UNIONID"), "source": user["SOURCE"]}


@cloudpy.sync.function
def daily(event: cloud.TimerEvent, context: cloud.Context) -> str:
    return event["TriggerName"].upper() + event["Time"]


@cloud.function
async def http(event: cloud.HttpEvent, context: cloud.Context) -> dict[str, object]:
    page = event["queryStringParameters"].get("page", "1")
    return {"statusCode": 200, "body": page.upper(), "isBase64Encoded": event["isBase64Encoded"]}


@cloudpy.sync.function
def push(event: cloudpy.sync.PushMessage, context: cloudpy.sync.Context) -> str:
    print(event["FromUserName"].upper(), event.get("Content", "").upper(), event["CreateTime"] + 1)
    return "success"


async def uses() -> str:
    print(await main({"cloudID": "a"}, context()))
    return daily({"Type": "Timer", "TriggerName": "daily", "Time": "", "Message": ""}, context()).upper()


def context() -> cloud.Context:
    raise NotImplementedError


def wrong(event: cloud.TimerEvent, message: cloud.PushMessage, request: cloud.HttpEvent, call: cloud.Context) -> None:
    print(event["triggerName"])  # wrong: key
    print(event["Time"] + 1)  # wrong: text and number
    print(message["fromUserName"])  # wrong: key
    print(request["body"].decode())  # wrong: str has no decode
    print(request["method"])  # wrong: key
    print(call["requestId"])  # wrong: key
    print(call["memory_limit_in_mb"].upper())  # wrong: int has no upper
    print(cloud.getWXContext()["OPEN_ID"])  # wrong: key
    print(cloudpy.sync.getWXContext()["openid"])  # wrong: key
    print(cloud.getWXContext()["APPID"].startwith("wx"))  # wrong: method
