"""The modules that the first call loads, and why: ``python -m benchmarks.first_call`` prints a table for each API.

Milliseconds are those of ``-X importtime``, without the modules that a module imports itself: the least of some fresh
processes, with bytecode and where Python may keep none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter

ROUNDS = 7
PROGRAMS = {
    "cloudpy": """
import asyncio
import cloudpy as cloud
cloud.init(env="e", config=None, secretId="i", secretKey="k", serviceUrl={url!r})
async def main():
    await cloud.openapi.cloudbase.getOpenData({{"cloudidList": ["xxx"]}})
asyncio.run(main())
""",
    "cloudpy.sync": """
import cloudpy.sync as cloud
cloud.init(env="e", config=None, secretId="i", secretKey="k", serviceUrl={url!r})
cloud.openapi.cloudbase.getOpenData({{"cloudidList": ["xxx"]}})
""",
}
# What a module is loaded for, by the name of a package or module; the first that fits counts.
REASONS = {
    "cloudpy": "the client itself",
    "asyncio": "the event loop, and everything that `import asyncio` loads with it",
    "httptools": "reads HTTP responses",
    "json": "parameters and results",
    "hashlib": "the signature of a request",
    "hmac": "the signature of a request",
    "re": "JSON, case conversion, the gateway's address",
    "socket": "the connection",
    "typing": "httptools imports it",
    "collections": "re and socket import it",
    "contextvars": "the running invocation",
    "atexit": "closes the connections",
    "__future__": "annotations that are not evaluated",
}
PARTS = {
    "contextvars": ("contextvars", "_contextvars"),
    "json": ("json", "_json"),
    "hashlib": ("hashlib", "_hashlib", "_blake2"),
    "re": ("re", "_sre", "enum", "functools", "_functools", "types", "operator", "_operator", "copyreg"),
    "socket": ("socket", "_socket", "selectors", "select", "array", "errno", "math"),
    "typing": ("typing", "_typing", "contextlib"),
    "hmac": ("hmac", "warnings"),
    "collections": ("collections", "_collections", "_collections_abc", "keyword", "reprlib", "itertools"),
    "httptools": ("httptools", "cython_runtime", "_cython_3_3_0"),
}


def main() -> None:
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.server"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/admin"
        for api, program in PROGRAMS.items():
            print_table(api, program.format(url=url))
    finally:
        server.terminate()
        server.communicate()


def print_table(api: str, program: str) -> None:
    """Print a row for each group of modules."""
    cached, compiled = measured(program, bytecode=True), measured(program, bytecode=False)
    of_asyncio = measured("import asyncio", bytecode=True).keys() if api == "cloudpy" else set()
    counts: Counter[str] = Counter()
    sums: dict[str, list[float]] = {}
    for module, milliseconds in cached.items():
        name = group(module, of_asyncio)
        counts[name] += 1
        row = sums.setdefault(name, [0.0, 0.0])
        row[0] += milliseconds
        row[1] += compiled.get(module, milliseconds)
    print(f"\n| `{api}` | modules | ms | without bytecode, ms | why |\n|---|---:|---:|---:|---|")
    for name, (first, second) in sorted(sums.items(), key=lambda item: -item[1][1]):
        print(f"| `{name}` | {counts[name]} | {first:.1f} | {second:.1f} | {REASONS.get(name, '')} |")
    first, second = (sum(each[index] for each in sums.values()) for index in (0, 1))
    print(f"| all | {counts.total()} | {first:.1f} | {second:.1f} | |")


def group(module: str, of_asyncio: set[str]) -> str:
    """Return the row that a module belongs to."""
    top = module.partition(".")[0]
    if top == "cloudpy":
        return "cloudpy"
    if module in of_asyncio:
        return "asyncio"
    return next((name for name, tops in PARTS.items() if top in tops), top)


def measured(program: str, *, bytecode: bool) -> dict[str, float]:
    """Return the milliseconds of each module that `program` loads after Python's own start."""
    baseline = set(once("pass", bytecode))
    least: dict[str, float] = {}
    for _ in range(ROUNDS):
        for module, milliseconds in once(program, bytecode).items():
            if module not in baseline:
                least[module] = min(milliseconds, least.get(module, milliseconds))
    return least


def once(program: str, bytecode: bool) -> dict[str, float]:
    """Return the milliseconds of each module that one process loads."""
    with tempfile.TemporaryDirectory() as empty:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        if not bytecode:
            environ["PYTHONPYCACHEPREFIX"] = empty
        command = [sys.executable, *([] if bytecode else ["-B"]), "-X", "importtime", "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, env=environ, check=True)
    milliseconds = {}
    for line in done.stderr.splitlines():
        fields = line.removeprefix("import time:").split("|")
        if len(fields) == 3 and fields[0].strip().isdigit():
            milliseconds[fields[2].strip()] = int(fields[0]) / 1000
    return milliseconds


if __name__ == "__main__":
    main()
