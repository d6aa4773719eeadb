"""``cloudpy dev`` whose history already has 10,000 invocations: run as a program."""

from __future__ import annotations

import json
import time

from cloudpy.cli import main
from cloudpy.devserver import cloud as module
from cloudpy.devserver.invocation import Invocation

COUNT = 10_000


class FilledCloud(module.LocalCloud):
    """Fills its history when it is connected."""

    def connect(self) -> None:
        super().connect()
        now = time.time()
        for number in range(COUNT):
            name = f"f{number % 60:02}"
            one = Invocation(f"id-{number}", name, f"o-{number % 7}", event={"number": number})
            one.started = now - (COUNT - number) / 10
            self.history.begin(one)
            one.kind, one.text = "result", json.dumps({"number": number})
            if number % 50 == 0:
                one.kind, one.text = "raised", f"Traceback\nValueError: {number}"
            one.ms = number % 100
            self.history.end(one)
        self.history.flush(60.0)


if __name__ == "__main__":
    module.LocalCloud = FilledCloud  # type: ignore[misc]
    main()
