"""What the local database costs: ``python -m benchmarks.database [--gateway]``. Medians; on an otherwise idle machine.

100,000 documents of about 180 bytes in a folder. Aims: get by id 20 µs, filter of 1 % 60 ms, group 0.4 s, reopen 2 s,
200 MB. With --gateway also one document, 100 documents and an insertion through `cloudpy gateway`, for the Node package
and both Python APIs in one run; the aim is a Python `doc.get` that is faster than Node's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cloudpy.local.database import Engine, Query

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = 100_000
BATCH = 1000
GATEWAY_ROUNDS = 5

Row = tuple[str, float, str, "float | None"]

PYTHON = """
import {imports} time, json, statistics
import {module} as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
{define} main():
    todos = cloud.database().collection("bench")
    found = {{}}
    for name, call, count in (
        ("doc.get", lambda: todos.doc("d500").get(), 300),
        ("where", lambda: todos.where({{"n": {{"$gte": 100}}}}).get(), 100),
        ("add", lambda: todos.add(data={{"n": -1, "text": "x" * 100}}), 300),
    ):
        times = []
        for _ in range(count):
            begun = time.perf_counter()
            {wait}call()
            times.append(time.perf_counter() - begun)
        found[name] = statistics.median(times)
    print(json.dumps(found))
{run}
"""
CLIENTS = {
    "cloudpy async": PYTHON.format(
        imports="asyncio,", module="cloudpy", define="async def", wait="await ", run="asyncio.run(main())"
    ),
    "cloudpy sync": PYTHON.format(imports="", module="cloudpy.sync", define="def", wait="", run="main()"),
}
NODE = """
const cloud = require("wx-server-sdk");
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const todos = cloud.database().collection("bench");
const calls = [
  ["doc.get", () => todos.doc("d500").get(), 300],
  ["where", () => todos.where({ n: cloud.database().command.gte(100) }).get(), 100],
  ["add", () => todos.add({ data: { n: -1, text: "x".repeat(100) } }), 300],
];
(async () => {
  const found = {};
  for (const [name, call, count] of calls) {
    const times = [];
    for (let turn = 0; turn < count; turn++) {
      const begun = process.hrtime.bigint();
      await call();
      times.push(Number(process.hrtime.bigint() - begun) / 1e9);
    }
    found[name] = times.sort((a, b) => a - b)[count >> 1];
  }
  console.log(JSON.stringify(found));
})();
"""


def median(call: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of one call, the median of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def document(number: int, chance: random.Random) -> dict[str, object]:
    return {
        "_id": f"d{number}",
        "n": number,
        "group": f"g{number % 100}",
        "price": chance.random() * 1000,
        "title": f"number {number} of many",
        "owner": {"id": number % 1000, "tags": [number % 7, number % 11]},
        "done": number % 2 == 0,
    }


def engine_rows(folder: str) -> list[Row]:
    """Measure one engine over a folder."""
    chance = random.Random(1)
    engine = Engine(folder)
    engine.create("c")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    for start in range(0, DOCUMENTS, BATCH):
        engine.insert("c", [document(number, chance) for number in range(start, start + BATCH)])
    rows: list[Row] = [("insert all, a thousand at once", time.perf_counter() - begun, "s", None)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ids = [f"d{chance.randrange(DOCUMENTS)}" for _ in range(1000)]

    def each(call: Callable[[str], object]) -> float:
        return median(lambda: [call(identifier) for identifier in ids]) / len(ids) * 1e6

    group = [{"$group": {"_id": "$group", "n": {"$sum": 1}, "total": {"$sum": "$price"}}}]
    rows += [
        ("get by id", each(lambda own: engine.find("c", Query({"_id": own}), limit=1)), "µs", 20),
        ("filter of 1 %", median(lambda: engine.find("c", Query({"n": {"$lt": 1000}}))) * 1e3, "ms", 60),
        ("filter of 1 %, nested", median(lambda: engine.find("c", Query({"owner.id": {"$lt": 10}}))) * 1e3, "ms", None),
        ("sort all, take 20", median(lambda: engine.find("c", Query({}), order={"price": -1}, limit=20), 3), "s", None),
        ("group into 100", median(lambda: engine.aggregate("c", group), 3), "s", 0.4),
        ("update of one", each(lambda own: engine.update("c", Query({"_id": own}), {"$inc": {"n": 1}})), "µs", None),
        ("add of one", each(lambda own: engine.insert("c", [{"n": 1}])), "µs", None),
    ]
    for _ in range(4):  # an index is made on the way
        engine.find("c", Query({"group": "g5"}))
    rows.append(
        ("equality with an index, 1 %", median(lambda: engine.find("c", Query({"group": "g5"}))) * 1e3, "ms", None)
    )
    engine.close()
    begun = time.perf_counter()
    engine = Engine(folder)
    rows.append(("reopen", time.perf_counter() - begun, "s", 2))
    engine.close()
    rows.append(("memory of the process", memory, "MB", 200))
    rows.append(("… of it before the documents", before, "MB", None))
    synced = Engine(f"{folder}-synced", sync=True)
    synced.create("c")
    rows.append(
        ("add of one, waiting for the disk", median(lambda: synced.insert("c", [{"n": 1}]), 200) * 1e6, "µs", None)
    )
    synced.close()
    return rows


def gateway_rows(folder: str) -> list[Row]:
    """Measure the same three calls through one gateway, from Node and from Python in turn."""
    gateway = subprocess.Popen(
        [sys.executable, "-m", "cloudpy", "gateway", "--json", "--database", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=os.path.dirname(folder),
        text=True,
    )
    assert gateway.stdout is not None
    try:
        variables = json.loads(gateway.stdout.readline())["env"]
        environment = {**os.environ, **variables, "NODE_PATH": str(ROOT / "tests" / "peer" / "node_modules")}
        commands = {"wx-server-sdk 4.0.2": ["node", "-e", NODE]}
        commands |= {name: [sys.executable, "-c", text] for name, text in CLIENTS.items()}
        figures: dict[tuple[str, str], list[float]] = {}
        for turn in range(GATEWAY_ROUNDS + 1):
            for name, command in commands.items():
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
                for call, seconds in json.loads(done.stdout.splitlines()[-1]).items():
                    if turn:  # the first round warms up
                        figures.setdefault((call, name), []).append(seconds * 1e3)
        return [(f"{call}, {name}", statistics.median(times), "ms", None) for (call, name), times in figures.items()]
    finally:
        gateway.terminate()
        gateway.wait()
        gateway.stdout.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.database", description=__doc__)
    parser.add_argument("--gateway", action="store_true", help="measure through the gateway, too")
    arguments = parser.parse_args()
    print(f"{DOCUMENTS} documents, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| | measured | aim |\n|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        rows = engine_rows(os.path.join(folder, "engine"))
        if arguments.gateway:
            shared = os.path.join(folder, "gateway")
            engine = Engine(os.path.join(shared, "local"))
            engine.create("bench")
            engine.insert("bench", [document(number, random.Random(1)) for number in range(1000)])
            engine.close()
            rows += gateway_rows(shared)
        for name, value, unit, aim in rows:
            figure = f"{value:.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.1f}"
            print(f"| {name} | {figure} {unit} | {f'{aim:g} {unit}' if aim else ''} |")


if __name__ == "__main__":
    main()
