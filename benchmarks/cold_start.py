"""The first result of packaged functions: ``python -m benchmarks.cold_start [--write]``.

`cloudpy package` packages two async functions: one returns at once, the other makes one call. Each starts in a process
of its own beside its Node twin, with bytecode and without, on a whole core and on a fifth of one: there the process
runs 20 of every 100 ms (SIGSTOP and SIGCONT). On a platform the standard library has bytecode; "without" is about the
package alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from cloudpy.package import bytecode
from cloudpy.package.build import PYTHONS

from .charts import bar_chart
from .report import ROOT, Figures, constant_server, machine, medians, write_image, write_section

PEER = ROOT / "tests" / "peer"
PERIOD, SHARE = 0.1, 0.2  # seconds, and the part of them in which the process runs
HELLO = """\
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    return {"hello": event["name"]}
"""
CALL = """\
import os

import cloudpy as cloud

cloud.init(env="bench-env", serviceUrl=os.environ["URL"], secretId="id", secretKey="key")


async def main(event, context):
    return await cloud.openapi.cloudbase.getOpenData(cloudidList=["xxx"])
"""
NODE = {
    "hello": "const cloud = require('wx-server-sdk')\n"
    "cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })\n"
    "exports.main = async (event) => ({ hello: event.name })\n",
    "call": "const cloud = require('wx-server-sdk')\n"
    "cloud.init({ env: 'bench-env', serviceUrl: process.env.URL, secretId: 'id', secretKey: 'key' })\n"
    "exports.main = async () => cloud.openapi.cloudbase.getOpenData({ cloudidList: ['xxx'] })\n",
}
FUNCTIONS = {"hello": HELLO, "call": CALL}
TITLES = {"hello": "returns at once", "call": "makes one call"}
START_PYTHON = "import cloudpy_entry; cloudpy_entry.main({'name': 'world'}, None); print('first', flush=True)"
START_NODE = "require('./index.js').main({ name: 'world' }).then(() => { console.log('first'); process.exit(0) })"


class Throttle:
    """Let a process run in SHARE of each PERIOD alone, until it has ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(PERIOD * SHARE):
                os.kill(self._pid, signal.SIGSTOP)
                self._ended.wait(PERIOD * (1 - SHARE))
                os.kill(self._pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


def first_result(command: list[str], folder: Path, variables: dict[str, str], *, throttled: bool) -> float:
    """Return the seconds from the start of the process to its first result."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        if throttled:
            with Throttle(process.pid):
                line = process.stdout.readline()
                seconds = time.perf_counter() - start
        else:
            line = process.stdout.readline()
            seconds = time.perf_counter() - start
    if line.strip() != b"first":
        raise SystemExit(f"{command[0]} in {folder} printed {line!r}")
    return seconds


def package(name: str, python: str, target: Path) -> float:
    """Package a function into the folder `target`, and return its MB."""
    source = target.parent / f"{name}-function"
    source.mkdir()
    (source / "index.py").write_text(FUNCTIONS[name], "utf-8")
    (source / "config.json").write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}', "utf-8")
    command = [sys.executable, "-m", "cloudpy", "package", str(source), "--target", "scf", "--python", python]
    done = subprocess.run([*command, "--out", str(target)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return size(target)


def size(folder: Path) -> float:
    """Return the MB of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def node_size() -> float:
    """Return the MB of wx-server-sdk and what it depends on."""
    root = PEER / "node_modules"
    needed: set[Path] = set()
    queue = [root / "wx-server-sdk"]
    while queue:
        folder = queue.pop()
        if folder in needed:
            continue
        needed.add(folder)
        for name in json.loads((folder / "package.json").read_text("utf-8")).get("dependencies", {}):
            nested = folder / "node_modules" / name
            queue.append(nested if nested.exists() else root / name)
    files = {
        path
        for folder in needed
        for path in folder.rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(folder).parts
    }
    return sum(path.stat().st_size for path in files) / 1e6


def interpreter() -> tuple[str, str]:
    """Return the version and the path of a Python that the platform has."""
    for version in (f"{sys.version_info[0]}.{sys.version_info[1]}", *PYTHONS["scf"]):
        path = bytecode.interpreter(version) if version in PYTHONS["scf"] else None
        if path:
            return version, path
    raise SystemExit(f"none of Python {', '.join(PYTHONS['scf'])} is installed here")


def measure(rounds: int, scratch: Path, url: str) -> tuple[dict[str, dict[str, Figures]], dict[str, float]]:
    """Return function -> contestant -> seconds on a whole core and on a fifth, and contestant -> MB."""
    version, python = interpreter()
    variables = {"PATH": os.environ["PATH"], "URL": url, "TENCENTCLOUD": "true"}
    contestants: dict[str, dict[str, tuple[list[str], Path, dict[str, str]]]] = {}
    sizes: dict[str, float] = {}
    for name in FUNCTIONS:
        compiled, source, node = (scratch / f"{name}-{kind}" for kind in ("compiled", "source", "node"))
        sizes["cloudpy, with bytecode"] = package(name, version, compiled)
        shutil.copytree(compiled, source, ignore=shutil.ignore_patterns("__pycache__"))
        sizes["cloudpy, without bytecode"] = size(source)
        node.mkdir()
        (node / "index.js").write_text(NODE[name], "utf-8")
        (node / "node_modules").symlink_to(PEER / "node_modules")
        command = [python, "-s", "-B", "-c", START_PYTHON]
        contestants[name] = {
            "cloudpy, with bytecode": (command, compiled, variables),
            "cloudpy, without bytecode": (command, source, variables),
            "wx-server-sdk 4.0.2": (["node", "-e", START_NODE], node, variables),
        }
    sizes["wx-server-sdk 4.0.2"] = node_size()
    figures: dict[str, dict[str, list[Figures]]] = {name: {one: [] for one in contestants[name]} for name in FUNCTIONS}
    for turn in range(rounds + 1):
        for name in FUNCTIONS:
            for contestant, (command, folder, environment) in contestants[name].items():
                seconds = {
                    core: first_result(command, folder, environment, throttled=core == "fifth")
                    for core in ("whole", "fifth")
                }
                if turn:  # the first round reads the files from the disk
                    figures[name][contestant].append(seconds)
    return {name: medians(figures[name]) for name in FUNCTIONS}, sizes


def table(found: dict[str, dict[str, Figures]], sizes: dict[str, float], rounds: int) -> str:
    """Return the figures as Markdown."""
    lines = [
        machine(rounds),
        "",
        "| | package, MB | returns at once, s | … on a fifth of a core | makes one call, s | … on a fifth of a core |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for contestant, megabytes in sizes.items():
        cells = [f"{found[name][contestant][core]:.2f}" for name in FUNCTIONS for core in ("whole", "fifth")]
        lines.append(f"| {contestant} | {megabytes:.1f} | {' | '.join(cells)} |")
    node = {name: found[name]["wx-server-sdk 4.0.2"] for name in FUNCTIONS}
    for contestant in list(sizes)[:2]:
        cells = [
            f"{found[name][contestant][core] / node[name][core]:.2f}"
            for name in FUNCTIONS
            for core in ("whole", "fifth")
        ]
        lines.append(f"| {contestant} : Node | | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write its section of performance.md and its chart")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, constant_server() as url:
        found, sizes = measure(options.rounds, Path(scratch), url)
    text = table(found, sizes, options.rounds)
    print(text)
    if options.write:
        rows = {
            f"{contestant.replace('cloudpy, ', '')}, {TITLES[name]}": (
                found[name][contestant]["whole"], found[name][contestant]["fifth"],
            )
            for name in FUNCTIONS
            for contestant in sizes
        }  # fmt: skip
        chart = bar_chart(
            "Seconds to the first result of a packaged function", ("a core", "a fifth of a core"), rows, 2
        )
        write_section("cold start", f"![First result]({write_image('cold-start', chart)})\n\n{text}")


if __name__ == "__main__":
    main()
