"""The Node process with the published package in it, called from Python."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.peer.tagging import tag

_HERE = Path(__file__).parent
PINNED = "4.0.2"
_ADVICE = "Run `make peer` (it needs Node) and try again; these tests are never skipped."


class PeerError(Exception):
    """The Node side cannot be asked; this is never a reason to skip a test."""


class Peer:
    """One long-lived process; every method is one line to it and one line back."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None:
            raise PeerError(f"There is no `node` on the PATH. {_ADVICE}")
        if not (_HERE / "node_modules" / "wx-server-sdk").is_dir():
            raise PeerError(f"tests/peer/node_modules has no wx-server-sdk. {_ADVICE}")
        self._process = subprocess.Popen(
            [node, "driver.js"],
            cwd=_HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={},  # the variables of a call are the test's own, not those of the machine
            bufsize=1 << 16,
        )
        version = self._read()["ready"]
        if version != PINNED:
            raise PeerError(f"tests/peer/node_modules has wx-server-sdk {version}, not {PINNED}. {_ADVICE}")
        self.variables: dict[str, str] = {}

    def stop(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self.variables:
            self._ask(op="variables", variables=variables)
            self.variables = dict(variables)

    def module(self, id: str) -> None:
        """A fresh copy of the package that nobody has initialised."""
        self._ask(op="module", id=id)

    def instance(self, id: str, options: Any) -> dict[str, Any]:
        """`createNewInstance(options)`; with None it is called without an argument."""
        return self._ask(op="instance", id=id, options=None if options is None else tag(options))

    def account(self, id: str, options: Any) -> dict[str, Any]:
        """`new Cloud(options)` and its `init()`."""
        return self._ask(op="account", id=id, options=tag(options))

    def walk(self, id: str, *steps: Any) -> dict[str, Any]:
        """Follow names and calls from an instance: a text is a property, a list is a call with these arguments."""
        return self._ask(op="walk", id=id, steps=[step if isinstance(step, str) else tag(step) for step in steps])

    def echo(self, value: Any) -> Any:
        """The value as the driver reads and writes it."""
        return self._ask(op="echo", value=tag(value))["result"]

    def _ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerError(f"The Node process ended with code {self._process.wait()}; its stderr says why.")
        answer: dict[str, Any] = json.loads(line)
        return answer
