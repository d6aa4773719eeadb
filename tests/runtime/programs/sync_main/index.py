def main(event, context):
    return {"hello": event["name"], "request": context["request_id"]}
