import json


def main_handler(event, context):
    if "requestContext" not in event.keys():
        return {"code": 410, "errorMsg": "event is not come from api gateway"}
    if event["httpMethod"] == "GET":
        return {"name": event["queryString"].get("name"), "id": event["pathParameters"].get("id")}
    body = json.loads(event["body"])
    return {
        "isBase64Encoded": False,
        "statusCode": 201,
        "headers": {"Content-Type": "application/json", "X-Agent": event["headers"]["user-agent"]},
        "body": json.dumps({"created": body["name"], "by": event["requestContext"]["sourceIp"]}),
    }
