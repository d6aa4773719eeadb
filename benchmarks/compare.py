"""This checkout beside another one, in one run: ``python -m benchmarks.compare BASE_DIR``.

Interleaved rounds with the same interpreter and libraries: calls/s of both APIs against the constant server, processor
time to import them, and requests/s of ``cloudpy serve``. Exit code 1 when a figure is worse by more than --tolerance.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import serve
from .report import ROOT, Figures, constant_server, machine

CONTESTANTS = {"async": "cloudpy_async.py", "sync": "cloudpy_sync.py"}
IMPORTS = ("cloudpy", "cloudpy.sync")
_CHECK = "import pathlib, cloudpy; print(pathlib.Path(cloudpy.__file__).resolve().parents[1])"


def environment(checkout: Path) -> dict[str, str]:
    """Return the environment in which Python imports cloudpy from `checkout`.

    Raises:
        SystemExit: it does not.
    """
    variables = {**os.environ, "PYTHONPATH": str(checkout)}
    found = subprocess.run([sys.executable, "-c", _CHECK], env=variables, capture_output=True, text=True).stdout.strip()
    if Path(found or "?") != checkout:
        raise SystemExit(f"Python does not import cloudpy from {checkout}, but from {found or 'nowhere'}")
    return variables


def import_time(module: str, variables: dict[str, str]) -> float:
    """Return the ms of processor time of a process that imports `module`."""
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", f"import {module}"], variables)
    usage = os.wait4(pid, 0)[2]
    return (usage.ru_utime + usage.ru_stime) * 1000


def calls(url: str, variables: dict[str, str], sequence: int, together: int) -> Iterator[tuple[str, float]]:
    """Yield the calls/s of both APIs."""
    for name, script in CONTESTANTS.items():
        path = ROOT / "benchmarks" / "contestants" / script
        command = [sys.executable, str(path), url, str(sequence), str(together)]
        done = subprocess.run(command, env=variables, check=True, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            figure, _, value = line.partition(" ")
            if value:
                yield f"{name}, {'one at a time' if figure == 'sequence' else '50 at once'}, calls/s", float(value)


def served(variables: dict[str, str], seconds: float) -> float:
    """Return the requests/s of ``cloudpy serve``."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "index.py").write_text(serve.PROGRAMS["index.py"], "utf-8")
        command = [sys.executable, "-m", "cloudpy", "serve", ".", "--port", "PORT", "--production"]
        return serve.one(command, variables, folder, seconds)["rate"]


def measure(checkouts: dict[str, dict[str, str]], options: argparse.Namespace) -> dict[str, list[Figures]]:
    """Return checkout -> the figures of each round."""
    rounds: dict[str, list[Figures]] = {name: [] for name in checkouts}
    with constant_server() as url:
        for turn in range(options.rounds + 1):
            order = list(checkouts) if turn % 2 else list(reversed(checkouts))
            for name in order:
                variables = checkouts[name]
                figures = dict(calls(url, variables, options.sequence, options.together))
                for module in IMPORTS:
                    times = [import_time(module, variables) for _ in range(7)]
                    figures[f"import {module}, ms of processor time"] = min(times)
                if not options.no_serve:
                    figures["serve, requests/s"] = served(variables, options.seconds)
                if turn:  # the first round writes the bytecode
                    rounds[name].append(figures)
    return rounds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("base", type=Path, metavar="BASE_DIR", help="another checkout, such as a git worktree")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sequence", type=int, default=2000, metavar="CALLS")
    parser.add_argument("--together", type=int, default=3000, metavar="CALLS")
    parser.add_argument("--seconds", type=float, default=2.0, help="of load on serve, in each round")
    parser.add_argument("--no-serve", action="store_true", help="leave serve out")
    parser.add_argument("--tolerance", type=float, default=3.0, metavar="PERCENT")
    options = parser.parse_args()
    base = options.base.resolve()
    os.chdir(tempfile.gettempdir())  # Python looks for modules in the current folder first
    checkouts = {"base": environment(base), "here": environment(ROOT)}
    rounds = measure(checkouts, options)
    print(machine(options.rounds), "\n")
    print("| | base | here | better by |\n|---|---:|---:|---:|")
    worse = []
    for figure in rounds["base"][0]:
        base, here = (statistics.median(one[figure] for one in rounds[name]) for name in ("base", "here"))
        gain = (here / base if figure.endswith("/s") else base / here) * 100 - 100
        print(f"| {figure} | {base:.1f} | {here:.1f} | {gain:+.1f} % |")
        if gain < -options.tolerance:
            worse.append(figure)
    print(f"\nWorse by more than {options.tolerance:g} %: {', '.join(worse) or 'nothing'}")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
