"""One, two and four workers under load, by wrk: ``python -m benchmarks.workers [--write]``.

``cloudpy serve --workers N`` beside the same function mounted with ``cloudpy.asgi`` under ``uvicorn --workers N`` and
under gunicorn with uvicorn's workers. wrk is a package of Debian and Homebrew.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .report import Figures, machine, medians, write_section

WORKERS = (1, 2, 4)
CONNECTIONS = 64
PROGRAMS = {
    "index.py": "async def main(event, context):\n    return {'hello': event['name']}\n",
    "program.py": "import cloudpy.asgi\nfrom index import main\n\napp = cloudpy.asgi.app(main)\n",
    "post.lua": (
        "wrk.method = 'POST'\nwrk.body = '{\"name\": \"world\"}'\nwrk.headers['Content-Type'] = 'application/json'\n"
    ),
}


def contestants(workers: int) -> dict[str, list[str]]:
    """Return name -> command, with PORT in it."""
    python = [sys.executable, "-m"]
    serve = [*python, "cloudpy", "serve", "--port", "PORT", "--production"]
    count = str(workers)
    return {
        f"cloudpy serve, {workers}": [*serve, "--workers", count],
        f"uvicorn, {workers}": [*python, "uvicorn", "program:app", "--port", "PORT", "--workers", count],
        f"gunicorn + uvicorn, {workers}": [
            *python, "gunicorn", "program:app", "--bind", "127.0.0.1:PORT", "--workers", count,
            "--worker-class", "uvicorn.workers.UvicornWorker", "--access-logfile", "log",
        ],
    }  # fmt: skip


def measure(command: list[str], folder: str, seconds: int) -> Figures:
    """Return requests/s, the ms of 99 of 100, and MB of all processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.replace("PORT", str(port)) for part in command]
    with open(os.path.join(folder, "log"), "wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            url = f"http://127.0.0.1:{port}/"
            wrk = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", "-s", "post.lua"]
            while subprocess.run([*wrk, "-d1s", url], cwd=folder, capture_output=True).returncode:
                if server.poll() is not None:
                    raise SystemExit(f"{' '.join(command)} does not start:\n{Path(folder, 'log').read_text()[-2000:]}")
                time.sleep(0.1)
            done = subprocess.run([*wrk, f"-d{seconds}s", url], cwd=folder, capture_output=True, text=True, check=True)
            if "Non-2xx" in done.stdout:
                raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
            return {**_read(done.stdout), "memory": _memory(server.pid)}
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _read(output: str) -> Figures:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    assert rate is not None
    assert late is not None, output
    return {"rate": float(rate[1]), "p99": float(late[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[late[2]]}


def _memory(group: int) -> float:
    """Return the proportional MB of a process group: shared pages count once."""
    total = 0.0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.getpgid(int(process.name)) == group:
                rollup = (process / "smaps_rollup").read_text()
                total += int(rollup.partition("\nPss:")[2].split()[0]) / 1024
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return total


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write its section of performance.md")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt-get install wrk, or brew install wrk")
    commands = {name: command for workers in WORKERS for name, command in contestants(workers).items()}
    rounds: dict[str, list[Figures]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in PROGRAMS.items():
            Path(folder, name).write_text(text)
        for _ in range(max(1, arguments.rounds)):
            for name, command in commands.items():
                rounds[name].append(measure(command, folder, arguments.seconds))
    lines = [
        machine(arguments.rounds),
        "",
        "| server, workers | requests/s | p99, ms | memory in all, MB |",
        "|---|---:|---:|---:|",
    ]
    for name, figures in medians(rounds).items():
        lines.append(f"| {name} | {figures['rate']:.0f} | {figures['p99']:.1f} | {figures['memory']:.0f} |")
    print("\n".join(lines))
    if arguments.write:
        write_section("workers", "\n".join(lines))


if __name__ == "__main__":
    main()
