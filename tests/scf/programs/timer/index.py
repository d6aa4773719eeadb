import datetime


def main_handler(event, context):
    if "TriggerName" not in event:
        return {"errorCode": 410, "errorMsg": "event is not come from timer"}
    assert set(event) == {"Type", "TriggerName", "Time", "Message"}, event
    at = datetime.datetime.strptime(event["Time"], "%Y-%m-%dT%H:%M:%SZ")
    return {"trigger": event["TriggerName"], "year": at.year, "message": event["Message"]}
