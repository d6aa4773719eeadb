def main_handler(event, context):
    assert list(event) == ["Records"], event
    return [record["Ckafka"]["topic"] + ": " + record["Ckafka"]["msgBody"] for record in event["Records"]]
