"""Node package, cloudpy and bare clients side by side in one run: ``python -m benchmarks [--write]``.

Every contestant is a process of its own against one constant server, in turn, round after round; the medians are
printed, and with --write kept in docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
MARKS = ("<!-- figures: begin -->", "<!-- figures: end -->")
CONTESTANTS = {
    "wx-server-sdk 4.0.2": "wx_server_sdk.js",
    "… on a laptop": "wx_server_sdk.js laptop",
    "cloudpy async": "cloudpy_async.py",
    "cloudpy sync": "cloudpy_sync.py",
    "bare aiohttp": "aiohttp_bare.py",
    "bare http.client": "http_client_bare.py",
}
# What is asked of each figure: (contestant, figure, against, at least or at most, ratio). "first" is the first result,
# "first bare" that without bytecode.
_NODE = "wx-server-sdk 4.0.2"
AIMS = [
    ("cloudpy async", "sequence", _NODE, ">=", 8.0),
    ("cloudpy async", "together", _NODE, ">=", 3.0),
    ("cloudpy async", "sequence", "… on a laptop", ">=", 6.0),
    ("cloudpy async", "together", "… on a laptop", ">=", 3.0),
    ("cloudpy async", "sequence", "bare aiohttp", ">=", 1.15),
    ("cloudpy async", "together", "bare aiohttp", ">=", 0.75),
    ("cloudpy sync", "sequence", "bare http.client", ">=", 1.0),
    ("cloudpy sync", "first", _NODE, "<=", 0.15),
    ("cloudpy sync", "first bare", _NODE, "<=", 0.7),
    ("cloudpy async", "first", _NODE, "<=", 0.3),
    ("cloudpy async", "first bare", _NODE, "<=", 1.0),
    ("cloudpy async", "memory", _NODE, "<=", 0.25),
    ("cloudpy sync", "memory", _NODE, "<=", 0.25),
]
Figures = dict[str, float]


def one(script: str, url: str, sequence: int, together: int, without_bytecode: bool = False) -> Figures:
    """The figures of one process: seconds to its first result, calls per second, peak memory in MB."""
    file, _, where = script.partition(" ")
    path = str(ROOT / "benchmarks" / "contestants" / file)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PEER": str(ROOT / "tests" / "peer"), "WHERE": where}
    command = ["node", path] if file.endswith(".js") else [sys.executable, path]
    if where:  # it is many times slower there: fewer calls tell as much
        sequence, together = max(50, sequence // 20), max(50, together // 1000 * 50)
    with tempfile.TemporaryDirectory() as empty:
        if without_bytecode:
            environment |= {"PYTHONDONTWRITEBYTECODE": "x", "PYTHONPYCACHEPREFIX": empty}
        begun = time.perf_counter()
        child = subprocess.Popen(
            [*command, url, str(sequence), str(together)], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert child.stdout is not None
        figures: Figures = {}
        for line in child.stdout:
            name, _, value = line.partition(" ")
            figures[name.strip()] = float(value) if value else time.perf_counter() - begun
        child.stdout.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"{script} ended with {child.returncode}")
        figures["memory"] = usage.ru_maxrss / 1024
        return figures


def imports(module: str) -> float:
    """Seconds of processor time that importing `module` adds to a bare Python."""
    least = []
    for code in ("pass", f"import {module}"):
        times = []
        for _ in range(15):
            pid = os.posix_spawn(sys.executable, [sys.executable, "-E", "-c", code], os.environ)
            usage = os.wait4(pid, 0)[2]
            times.append(usage.ru_utime + usage.ru_stime)
        least.append(min(times))
    return least[1] - least[0]


def measure(rounds: int, sequence: int, together: int) -> dict[str, dict[str, Figures]]:
    """Bytecode kept or not -> contestant -> median figures."""
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.server"], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}/admin"
    try:
        kept: dict[str, list[Figures]] = {name: [] for name in CONTESTANTS}
        bare: dict[str, list[Figures]] = {name: [] for name in CONTESTANTS}
        for turn in range(rounds + 1):
            for name, script in CONTESTANTS.items():
                figures = one(script, url, sequence, together)
                if turn:  # the first round warms the machine and the bytecode up
                    kept[name].append(figures)
                    bare[name].append(one(script, url, 50, 50, without_bytecode=True))
        return {"kept": _medians(kept), "bare": _medians(bare)}
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def _medians(rounds: dict[str, list[Figures]]) -> dict[str, Figures]:
    return {
        name: {figure: statistics.median(one[figure] for one in figures) for figure in figures[0]}
        for name, figures in rounds.items()
    }


def table(medians: dict[str, dict[str, Figures]], rounds: int) -> str:
    """The figures and the ratios as Markdown."""
    lines = [
        f"Medians of {rounds} rounds, Python {platform.python_version()}, {os.cpu_count()} cores.",
        "",
        "| | calls/s in sequence | calls/s, 50 at once | first result, s | … without bytecode | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, figures in medians["kept"].items():
        without = medians["bare"][name]["first"]
        lines.append(
            f"| {name} | {figures['sequence']:.0f} | {figures['together']:.0f} | {figures['first']:.2f}"
            f" | {without:.2f} | {figures['memory']:.0f} |"
        )
    lines += ["", "| ratio | aim | got | |", "|---|---:|---:|---|"]
    for contestant, figure, against, sense, aim in AIMS:
        bytecode, name = ("bare", "first") if figure == "first bare" else ("kept", figure)
        ratio = medians[bytecode][contestant][name] / medians[bytecode][against][name]
        met = ratio >= aim if sense == ">=" else ratio <= aim
        sign = "≥" if sense == ">=" else "≤"
        lines.append(
            f"| {contestant} : {against}, {figure} | {sign} {aim} | {ratio:.2f} | {'met' if met else 'not met'} |"
        )
    for module in ("cloudpy.sync", "cloudpy"):
        cost = imports(module) * 1000
        lines.append(
            f"| import {module}, ms over a bare Python | ≤ 30 | {cost:.0f} | {'met' if cost <= 30 else 'not met'} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sequence", type=int, default=2000, metavar="CALLS")
    parser.add_argument("--together", type=int, default=5000, metavar="CALLS")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/performance.md")
    arguments = parser.parse_args()
    text = table(measure(max(3, arguments.rounds), arguments.sequence, arguments.together), max(3, arguments.rounds))
    print(text)
    if arguments.write:
        page = PAGE.read_text("utf-8")
        head, _, rest = page.partition(MARKS[0])
        PAGE.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}", "utf-8")


if __name__ == "__main__":
    main()
