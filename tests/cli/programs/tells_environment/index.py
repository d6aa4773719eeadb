import os

import cloudpy as cloud

at_import = {name: os.environ.get(name) for name in ("SCF_NAMESPACE", "SCF_FUNCTIONNAME", "WX_OPENID", "MY_OWN")}


def main(event, context):
    return {
        "event": event,
        "context": {key: value for key, value in context.items() if key not in ("environment", "environ")},
        "wx": cloud.getWXContext(),
        "at_import": at_import,
        "in_main": {name: os.environ.get(name) for name in at_import},
        "trigger": os.environ["TRIGGER_SRC"],
        "foreign": os.environ.get("TENCENTCLOUD_SESSIONTOKEN"),
        "folder": os.getcwd(),
    }
