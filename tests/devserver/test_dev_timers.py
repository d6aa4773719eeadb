"""`cloudpy dev --timers` fires the timers of config.json at their times."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def config(cron: str) -> str:
    return json.dumps({"triggers": [{"name": "tick", "type": "timer", "config": cron}]})


def test_timers_fire_and_a_saved_config_counts(tmp_path: Path) -> None:
    function = tmp_path / "nightly"
    function.mkdir()
    (function / "index.py").write_text("def main(event, context):\n    return event['TriggerName']\n", "utf-8")
    (function / "config.json").write_text(config("0 2 * * *"), "utf-8")
    command = [sys.executable, "-m", "cloudpy", "dev", str(tmp_path), "--port", "0", "--timers", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    fired: list[Any] = []
    problems: list[str] = []
    for text in process.stdout:
        line = json.loads(text)
        if line["log"] == "problem":  # then it is saved with seven fields
            problems.append(line["text"])
            (function / "config.json").write_text(config("* * * * * * *"), "utf-8")
        if line["log"] == "invocation":
            fired.append(line)
        if len(fired) == 3:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    (problem,) = problems
    assert problem.startswith("nightly: a timer will not fire: triggers[0].config must have seven fields")
    assert {("nightly", "timer")} == {(one["function"], one["how"]) for one in fired}
