"""The same as caller.js, for a handler in Python."""

import json
import sys
from pathlib import Path

from cloudpy.runtime import FunctionDir, Runner, encode, load

folder, events, results = sys.argv[1:]
with FunctionDir(folder) as directory, Runner() as runner:
    handler = load(directory)
    found = [encode(runner.invoke(handler, event, {})) for event in json.loads(Path(events).read_text("utf-8"))]
Path(results).write_text(f"[{', '.join(found)}]", "utf-8")
