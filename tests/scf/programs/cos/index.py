import os.path


def main_handler(event, context):
    results = []
    for record in event["Records"]:
        bucket = record["cos"]["cosBucket"]
        prefix = "/" + str(bucket["appid"]) + "/" + bucket["name"] + "/"
        key = record["cos"]["cosObject"]["key"].replace(prefix, "", 1)
        results.append(
            {
                "bucket": bucket["name"] + "-" + str(bucket["appid"]),
                "key": key,
                "suffix": os.path.splitext(key)[1],
                "event": record["event"]["eventName"],
            }
        )
    assert "userInfo" not in event
    return results
