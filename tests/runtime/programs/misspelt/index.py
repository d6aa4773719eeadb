import json


def mian(event, context):
    return json.dumps(event)


class Helper:
    pass
