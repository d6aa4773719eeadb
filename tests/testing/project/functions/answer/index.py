def main(event, context):
    if "MsgType" in event:
        return "success"
    return {"statusCode": 200, "headers": {}, "body": event["httpMethod"] + " " + event["path"]}
