"""Servers of functions side by side in one run: ``python -m benchmarks.serve [--write]``.

Each contestant is started again for each round, in turn; another process sends POST requests with 17 bytes of JSON over
eight kept connections. Contestants that are not installed are named and skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from .charts import bar_chart
from .report import ROOT, Figures, machine, medians, write_image, write_section

BODY = b'{"name": "world"}'
CONNECTIONS = 8
REQUEST = (
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    + BODY
)
PROGRAMS = {
    "index.py": "async def main(event, context):\n    return {'hello': event['name']}\n",
    "blocking.py": "def main(event, context):\n    return {'hello': event['name']}\n",
    # the twins for the other two, each as its own documents have it
    "main.py": "async def main(request):\n    event = await request.json()\n    return {'hello': event['name']}\n",
    "index.js": "exports.main = async (event, context) => ({hello: event.name})\n",
    "package.json": '{"name": "bench", "version": "1.0.0", "main": "index.js"}\n',
}
_OURS, _BLOCKING = "cloudpy serve", "cloudpy serve, sync handler"
# (contestant, figure, compared with, at least or at most, ratio)
AIMS = [
    (_OURS, "rate", "tcb-ff", ">=", 1.15),
    (_OURS, "rate", "functions-framework (aio)", ">=", 1.7),
    (_OURS, "p99", "tcb-ff", "<=", 1.0),
    (_OURS, "p99", "functions-framework (aio)", "<=", 1.0),
    (_BLOCKING, "rate", _OURS, ">=", 0.75),
    (_OURS, "first", "functions-framework (aio)", "<=", 0.85),
]


class Caller(asyncio.Protocol):
    """One connection: send a request, wait for the whole response, note the time, repeat."""

    def __init__(self, until: float, times: list[float], done: asyncio.Future[None]) -> None:
        self._until, self._times, self._done = until, times, done
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self._pending += data
        head = self._pending.find(b"\r\n\r\n")
        if head < 0:
            return
        headers = self._pending[:head].lower()
        assert headers.startswith(b"http/1.1 200"), self._pending[:200]
        length = headers.index(b"content-length:")
        if len(self._pending) < head + 4 + int(headers[length + 15 :].split(b"\r\n", 1)[0]):
            return
        self._pending = b""
        now = time.perf_counter()
        self._times.append(now - self._sent)
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


async def call(port: int, seconds: float) -> Figures:
    """Return the requests/s, and the ms within which half and 99 of 100 have a response."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    start = time.perf_counter()
    ends: list[asyncio.Future[None]] = []
    for _ in range(CONNECTIONS):
        done: asyncio.Future[None] = loop.create_future()
        ends.append(done)
        await loop.create_connection(lambda done=done: Caller(start + seconds, times, done), "127.0.0.1", port)
    await asyncio.gather(*ends)
    took = time.perf_counter() - start
    times.sort()
    return {
        "rate": len(times) / took,
        "p50": times[len(times) // 2] * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
    }


def contestants(arguments: argparse.Namespace) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return name -> command, with PORT in it, and environment."""
    serve = [sys.executable, "-m", "cloudpy", "serve", ".", "--port", "PORT", "--production"]
    found: dict[str, tuple[list[str], dict[str, str]]] = {
        "cloudpy serve": (serve, {}),
        "cloudpy serve, sync handler": ([*serve, "--handler", "blocking.main"], {}),
        "cloudpy, as packaged (no click)": (
            [sys.executable, "-c", "from cloudpy.runtime.serve import serve; serve(port=PORT, production=True)"],
            {"PYTHONPATH": str(ROOT)},
        ),
    }
    framework = arguments.functions_framework or shutil.which("functions-framework")
    if framework:
        options = ["--target", "main", "--source", "main.py", "--host", "127.0.0.1", "--port", "PORT", "--asgi"]
        found["functions-framework (aio)"] = ([framework, *options], {})
    else:
        print("functions-framework is not installed here: left out (--functions-framework PATH)")
    tcb = arguments.tcb_ff or ROOT / "tests" / "peer" / "node_modules" / ".bin" / "tcb-ff"
    if Path(tcb).exists():
        options = ["--source", ".", "--target", "main", "--port", "PORT", "--logEventContext=false"]
        found["tcb-ff"] = (["node", str(tcb), *options], {"NODE_ENV": "production"})
    else:
        print("tcb-ff is not in tests/peer: left out (--tcb-ff PATH)")
    return found


def one(command: list[str], environment: Mapping[str, str], folder: str, seconds: float) -> Figures:
    """Return the figures of one start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.replace("PORT", str(port)) for part in command]
    # Logs are written, as in production, and not read.
    with open(os.path.join(folder, "log"), "wb") as log:
        start = time.perf_counter()
        server = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            while not _answers(port):
                if server.poll() is not None or time.perf_counter() - start > 60:
                    raise SystemExit(f"{command[0]} does not serve:\n{Path(folder, 'log').read_text()[-2000:]}")
                time.sleep(0.002)
            first = time.perf_counter() - start
            load = [sys.executable, "-m", "benchmarks.serve", "--call", str(port), "--seconds"]
            subprocess.run([*load, "1"], cwd=ROOT, capture_output=True, check=True)  # warms up
            spent = _processor(server.pid)
            done = subprocess.run([*load, str(seconds)], cwd=ROOT, capture_output=True, check=True)
            figures: Figures = json.loads(done.stdout)
            spent = (_processor(server.pid) - spent) / (figures["rate"] * seconds) * 1e6
            return {"first": first, **figures, "memory": _memory(server.pid), "spent": spent}
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(REQUEST)
            return connection.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def _processor(pid: int) -> float:
    """Return the seconds of processor time that the process group has used."""
    ticks = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.getpgid(int(process.name)) == pid:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:  # it ended meanwhile
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Return the resident MB of the largest process of the group: the worker, where there is a supervisor."""
    most = 0.0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.getpgid(int(process.name)) == pid:
                status = (process / "status").read_text()
                most = max(most, int(status.partition("VmRSS:")[2].split()[0]) / 1024)
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return most


def table(rounds: dict[str, list[Figures]]) -> str:
    """Return the medians as Markdown, and which aims they meet."""
    lines = [
        machine(len(next(iter(rounds.values())))),
        "",
        "| | first 200, s (least) | requests/s | p50, ms | p99, ms | memory of a worker, MB | processor, µs each |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    found = medians(rounds)
    for name, figures in found.items():
        least = min(one["first"] for one in rounds[name])
        lines.append(
            f"| {name} | {figures['first']:.2f} ({least:.2f}) | {figures['rate']:.0f} | {figures['p50']:.1f}"
            f" | {figures['p99']:.1f} | {figures['memory']:.0f} | {figures['spent']:.0f} |"
        )
    lines += ["", "| ratio | aim | got | |", "|---|---:|---:|---|"]
    for contestant, figure, against, sense, aim in AIMS:
        if against in found:
            ratio = found[contestant][figure] / found[against][figure]
            met = ratio >= aim if sense == ">=" else ratio <= aim
            sign = "≥" if sense == ">=" else "≤"
            lines.append(
                f"| {contestant} : {against}, {figure} | {sign} {aim} | {ratio:.2f} | {'met' if met else 'not met'} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write its section of performance.md and its chart")
    parser.add_argument("--functions-framework", metavar="PATH")
    parser.add_argument("--tcb-ff", metavar="PATH")
    parser.add_argument("--call", type=int, metavar="PORT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.call:
        print(json.dumps(asyncio.run(call(arguments.call, arguments.seconds))))
        return
    found = contestants(arguments)
    rounds: dict[str, list[Figures]] = {name: [] for name in found}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in PROGRAMS.items():
            Path(folder, name).write_text(text)
        for _ in range(max(1, arguments.rounds)):
            for name, (command, environment) in found.items():
                rounds[name].append(one(command, environment, folder, arguments.seconds))
    text = table(rounds)
    print(text)
    if arguments.write:
        rows = {name: (figures["rate"],) for name, figures in medians(rounds).items()}
        image = write_image("serving", bar_chart("Requests per second on one worker", ("requests/s",), rows))
        write_section("serving", f"![Requests per second]({image})\n\n{text}")


if __name__ == "__main__":
    main()
