# A WSGI application behind an event, in the manner of serverless adapters for Flask.
import io
import sys
from urllib.parse import urlencode

from app import app


def main_handler(event, context):
    body = (event.get("body") or "").encode()
    environ = {
        "REQUEST_METHOD": event["httpMethod"],
        "PATH_INFO": event["path"],
        "QUERY_STRING": urlencode(event["queryString"]),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": event["headers"].get("content-type", ""),
        "SERVER_NAME": "service",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": event["requestContext"]["sourceIp"],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in event["headers"].items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    result = {"isBase64Encoded": False}

    def start_response(status, headers, exc_info=None):
        result["statusCode"] = int(status.split()[0])
        result["headers"] = dict(headers)

    result["body"] = b"".join(app(environ, start_response)).decode()
    return result
