"""Calls another function, and answers a timer."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.TimerEvent, context: cloud.Context) -> str:
    told = await cloud.callFunction({"name": "other", "data": {"a": 1}, "timeout": 3})  # right
    await cloud.callFunction(name="other", data={"day": event["Time"]})  # right
    await cloud.callFunction("other", {"a": 1})  # wrong: name
    await cloud.callFunction(name="other", dat={"a": 1})  # wrong: dat
    await cloud.callFunction(data={"a": 1})  # wrong: name (unnamed by mypy)
    await cloud.callFunction({"nam": "other"})  # wrong: nam (unnamed by mypy)
    print(event["triggerName"], context["request_id"].upper())  # wrong: triggerName
    print(context["requestId"])  # wrong: requestId
    return str(told["result"]) + event["TriggerName"]  # right
