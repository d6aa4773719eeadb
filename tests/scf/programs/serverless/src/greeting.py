import os


def hello(event, context):
    return [os.environ["GREETING"], os.environ.get("TOKEN"), context["time_limit_in_ms"]]
