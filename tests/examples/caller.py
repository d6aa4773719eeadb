"""The same as caller.js, for a handler in Python."""

import json
import sys
from pathlib import Path

from cloudpy.runtime import Place, Runner, encode, loader

folder, events, results = sys.argv[1:]
with Place(folder) as place, Runner() as runner:
    handler = loader(place)
    found = [encode(runner.invoke(handler, event, {})) for event in json.loads(Path(events).read_text("utf-8"))]
Path(results).write_text(f"[{', '.join(found)}]", "utf-8")
