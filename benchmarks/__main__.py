"""The Node package, cloudpy and bare clients side by side in one run: ``python -m benchmarks [--write]``.

Each contestant is a process of its own against one constant server, in turn, round after round. Prints the medians.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

from .charts import bar_chart
from .report import ROOT, Figures, constant_server, machine, medians, write_image, write_section

CONTESTANTS = {
    "wx-server-sdk 4.0.2": "wx_server_sdk.js",
    "… on a laptop": "wx_server_sdk.js laptop",
    "cloudpy async": "cloudpy_async.py",
    "cloudpy sync": "cloudpy_sync.py",
    "bare aiohttp": "aiohttp_bare.py",
    "bare http.client": "http_client_bare.py",
}
# (contestant, figure, compared with, at least or at most, ratio); "first" is the first result, "first bare" the first
# result without bytecode.
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


def one(script: str, url: str, sequence: int, together: int, without_bytecode: bool = False) -> Figures:
    """Return the figures of one process: seconds to its first result, calls/s, peak memory in MB."""
    file, _, where = script.partition(" ")
    path = str(ROOT / "benchmarks" / "contestants" / file)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PEER": str(ROOT / "tests" / "peer"), "WHERE": where}
    command = ["node", path] if file.endswith(".js") else [sys.executable, path]
    if where:  # many times slower: fewer calls are enough
        sequence, together = max(50, sequence // 20), max(50, together // 1000 * 50)
    with tempfile.TemporaryDirectory() as empty:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the first round leaves the bytecode of this checkout
        if without_bytecode:
            environment |= {"PYTHONDONTWRITEBYTECODE": "x", "PYTHONPYCACHEPREFIX": empty}
        start = time.perf_counter()
        child = subprocess.Popen(
            [*command, url, str(sequence), str(together)], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert child.stdout is not None
        figures: Figures = {}
        for line in child.stdout:
            name, _, value = line.partition(" ")
            figures[name.strip()] = float(value) if value else time.perf_counter() - start
        child.stdout.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"{script} ended with {child.returncode}")
        figures["memory"] = usage.ru_maxrss / 1024
        return figures


def imports(module: str) -> float:
    """Return the seconds of processor time that importing `module` adds to a bare Python."""
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
    """Return the median figures of each contestant, under "kept" with bytecode and under "bare" without."""
    with constant_server() as url:
        kept: dict[str, list[Figures]] = {name: [] for name in CONTESTANTS}
        bare: dict[str, list[Figures]] = {name: [] for name in CONTESTANTS}
        for turn in range(rounds + 1):
            for name, script in CONTESTANTS.items():
                figures = one(script, url, sequence, together)
                if turn:  # the first round warms up
                    kept[name].append(figures)
                    bare[name].append(one(script, url, 50, 50, without_bytecode=True))
    return {"kept": medians(kept), "bare": medians(bare)}


def table(found: dict[str, dict[str, Figures]], rounds: int) -> str:
    """Return the figures and the ratios as Markdown."""
    lines = [
        machine(rounds),
        "",
        "| | calls/s in sequence | calls/s, 50 at once | first result, s | … without bytecode | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, figures in found["kept"].items():
        without = found["bare"][name]["first"]
        lines.append(
            f"| {name} | {figures['sequence']:.0f} | {figures['together']:.0f} | {figures['first']:.2f}"
            f" | {without:.2f} | {figures['memory']:.0f} |"
        )
    lines += ["", "| ratio | aim | got | |", "|---|---:|---:|---|"]
    for contestant, figure, against, sense, aim in AIMS:
        bytecode, name = ("bare", "first") if figure == "first bare" else ("kept", figure)
        ratio = found[bytecode][contestant][name] / found[bytecode][against][name]
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


def charts(found: dict[str, dict[str, Figures]]) -> str:
    """Write the charts, and return the lines that show them."""
    names = [name for name in CONTESTANTS if not name.startswith("…")]
    rates = {name: (found["kept"][name]["sequence"], found["kept"][name]["together"]) for name in names}
    firsts = {name: (found["kept"][name]["first"], found["bare"][name]["first"]) for name in names}
    calls = bar_chart("Calls per second", ("one at a time", "50 at once"), rates)
    first = bar_chart("Seconds to the first result", ("with bytecode", "without"), firsts, 2)
    return (
        f"![Calls per second]({write_image('calls', calls)})\n\n"
        f"![Seconds to the first result]({write_image('first-result', first)})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="3 at least")
    parser.add_argument("--sequence", type=int, default=2000, metavar="CALLS")
    parser.add_argument("--together", type=int, default=5000, metavar="CALLS")
    parser.add_argument("--write", action="store_true", help="write its section of performance.md and its charts")
    options = parser.parse_args()
    rounds = max(3, options.rounds)
    found = measure(rounds, options.sequence, options.together)
    text = table(found, rounds)
    print(text)
    if options.write:
        write_section("figures", f"{charts(found)}\n\n{text}")


if __name__ == "__main__":
    main()
