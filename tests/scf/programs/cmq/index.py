def main_handler(event, context):
    assert list(event) == ["Records"], event
    return [{"tags": record["CMQ"]["msgTag"], "body": record["CMQ"]["msgBody"]} for record in event["Records"]]
