"""A stand-in for the platform's Python bootstrap: one event after the other, nothing awaited, json.dumps.

Started as ``python bootstrap.py FOLDER FILE.FUNCTION``; lines of ``{"event", "context"}`` on standard input, and of
``{"result"}`` or the platform's error object on standard output. The environment's pairs go into os.environ and stay.
"""

import importlib
import json
import os
import sys
import traceback

folder, name = sys.argv[1:]
sys.path.append(folder)
os.chdir(folder)
file, function = name.split(".")
handler = getattr(importlib.import_module(file), function)
for line in sys.stdin:
    job = json.loads(line)
    context = job["context"]
    for key, value in json.loads(context.get("environment") or "{}").items():
        os.environ[key] = value
    try:
        told = {"result": json.loads(json.dumps(handler(job["event"], context), ensure_ascii=False))}
    except Exception:
        told = {
            "errorCode": -1,
            "errorMessage": "user code exception caught",
            "requestId": context["request_id"],
            "stackTrace": traceback.format_exc(),
            "statusCode": 430,
        }
    print(json.dumps(told), flush=True)
