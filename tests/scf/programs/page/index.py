# A page of HTML with a counter, as demos for the API gateway have it.
import os

with open(os.path.join(os.path.dirname(__file__), "page.html"), encoding="utf-8") as file:
    html = file.read()


def main_handler(event, context):
    return {
        "isBase64Encoded": False,
        "statusCode": 200,
        "headers": {"Content-Type": "text/html; charset=utf-8"},
        "body": html.replace("{{who}}", event["queryString"].get("who", "you")),
    }
