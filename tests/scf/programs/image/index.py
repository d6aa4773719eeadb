import base64


def main_handler(event, context):
    sent = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    return {
        "isBase64Encoded": True,
        "statusCode": 200,
        "headers": {"Content-Type": "image/png"},
        "body": base64.b64encode(sent[::-1]).decode(),
    }
