import base64
import gzip
import json


def main_handler(event, context):
    assert list(event) == ["clslogs"], event
    logs = json.loads(gzip.decompress(base64.b64decode(event["clslogs"]["data"])))
    return {"topic": logs["topic_name"], "lines": [record["content"] for record in logs["records"]]}
