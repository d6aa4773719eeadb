"""A stand-in for the platform's Python bootstrap: ``python bootstrap.py FILE.FUNCTION``, in the package's folder.

It knows nothing of cloudpy. It loads the handler, then for each line {"event", "context"} on its input copies
``context["environ"]`` into the process, calls the handler, awaits nothing, and writes one line for what came of it.
"""

import importlib
import json
import os
import sys

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
sys.path.append(os.getcwd())
file, _, function = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(file), function)
for line in sys.stdin:
    job = json.loads(line)
    for pair in filter(None, job["context"]["environ"].split(";")):
        name, _, value = pair.partition("=")
        os.environ[name] = value
    try:
        told = {"result": json.dumps(handler(job["event"], job["context"]), ensure_ascii=False)}
    except Exception as error:
        import traceback

        told = {"errorMessage": repr(error), "stackTrace": traceback.format_exc()}
    told["modules"] = sorted(sys.modules)
    answers.write(json.dumps(told) + "\n")
    answers.flush()
